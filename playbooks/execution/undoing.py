"""Undoing: a person has taken back what a step, or a whole run, contained."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.execution.course.inverse import open_undos, undoable
from playbooks.execution.course.log import note_run
from playbooks.execution.house import House
from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.revision import found, held
from playbooks.text import typed
from situation.faults import Malformed
from situation.state.tables import PlaybookRun, StepRun


def undo_step(
    session: Session,
    house: House,  # noqa: ARG001 - as all acts on a run
    step_run_id: str,
    *,
    reason: str,
    by: Person,
    now: dt.datetime,
) -> StepRun:
    """Have a step taken back now; return the step that does it.

    An inverse that waits for its time comes sooner, one that failed is tried again. Raise
    `Refusal` with code `undone` where it was taken back, `nothing_to_undo` where nothing can be.
    """
    run = held(session, PlaybookRun, found(session, StepRun, step_run_id).run_id)
    row = held(session, StepRun, step_run_id)
    if row.undone_at is not None:
        raise Refusal("undone", "it was taken back before", where=row.id)
    if not row.undo:
        raise Refusal("nothing_to_undo", "it did nothing that can be taken back", where=row.id)
    return _undone(session, run, [row], reason=reason, by=by, now=now)[0]


def undo_run(
    session: Session,
    house: House,  # noqa: ARG001 - as all acts on a run
    run_id: str,
    *,
    reason: str,
    by: Person,
    now: dt.datetime,
) -> list[StepRun]:
    """Have everything taken back that a run, and those below it, contained, newest first.

    Return the steps that do it. Raise `Refusal` with code `nothing_to_undo` where there is none.
    """
    run = held(session, PlaybookRun, run_id)
    rows = undoable(session, run)
    if not rows:
        raise Refusal("nothing_to_undo", "it did nothing that can be taken back", where=run_id)
    return _undone(session, run, rows, reason=reason, by=by, now=now)


def _undone(
    session: Session,
    run: PlaybookRun,
    rows: list[StepRun],
    *,
    reason: str,
    by: Person,
    now: dt.datetime,
) -> list[StepRun]:
    why = typed(reason, "reason")
    if not why:
        raise Malformed("is needed", where="reason")
    note_run(session, run, "undo", by=by.name, now=now, steps=len(rows), reason=why)
    return open_undos(session, rows, by=by.name, now=now, reason=why)
