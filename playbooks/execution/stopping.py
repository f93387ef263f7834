"""Stopping: a person ends a run, with or without taking back what it contained."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.execution.course.inverse import has_to_take_back
from playbooks.execution.course.walk import Walk
from playbooks.execution.house import House
from playbooks.execution.machine import RUN
from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.revision import as_seen
from playbooks.text import typed
from situation.faults import Malformed
from situation.state.tables import PlaybookRun


def stop_run(
    session: Session,
    house: House,
    run_id: str,
    *,
    undo: bool,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> PlaybookRun:
    """Stop a run and those below it; nothing more of it begins.

    What is under way outside ends by itself and is recorded. With `undo` the run is compensating
    until everything is taken back, then stopped. Raise `Refusal` with code `illegal` for one that
    has ended, `Malformed` without a reason.
    """
    run = as_seen(session, PlaybookRun, run_id, expected_version)
    if run.state != RUN.initial:
        raise Refusal("illegal", f"it is {run.state}", where=run_id)
    why = typed(reason, "reason")
    if not why:
        raise Malformed("is needed", where="reason")
    walk = Walk(session, house, run, by=by.name, now=now)
    if undo and has_to_take_back(session, run):
        walk.compensate("stopped", why)
    else:
        walk.end("stop", why)
    return run
