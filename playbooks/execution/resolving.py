"""Resolving: a person says what became of a step in doubt, or has a failed one tried again."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.execution.course.identity import UNDO
from playbooks.execution.course.inverse import open_undo
from playbooks.execution.course.log import note_run
from playbooks.execution.course.performing import presume
from playbooks.execution.course.unsure import end_doubt
from playbooks.execution.course.walk import Walk
from playbooks.execution.house import House
from playbooks.execution.machine import OPEN, RUN, STEP
from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.revision import found, held
from playbooks.text import typed
from situation.state.tables import PlaybookRun, StepRun


def resolve_unsure(
    session: Session,
    house: House,
    step_run_id: str,
    *,
    happened: bool,
    remark: str,
    by: Person,
    now: dt.datetime,
) -> StepRun:
    """End the doubt about a step: it happened and is done, or it did not and is tried again.

    What happened can be taken back where its action knows how without an answer. Where the run
    has ended meanwhile, one that did not happen is cancelled. Raise `Refusal` with code
    `not_unsure` where nothing is in doubt, `Malformed` where the settings name no longer what
    the action needs.
    """
    walk, row = _held(session, house, step_run_id, by=by, now=now)
    if row.state != "unsure":
        raise Refusal("not_unsure", f"it is {row.state}", where=row.id)
    said = {"happened": happened, "remark": typed(remark, "remark")}
    end_doubt(walk, row, by=by)
    if happened:
        presume(walk, row)
        walk.finish(row, said)
    elif row.purpose == UNDO or walk.run.state == RUN.initial:
        _again(walk, row, said)
    else:
        walk.move(row, "cancel", said)
    return row


def retry_step(
    session: Session, house: House, step_run_id: str, *, by: Person, now: dt.datetime
) -> StepRun:
    """Have a failed step tried again; its run, if it failed by it, goes on from there.

    What the failure of the run cancelled is opened again with it. Raise `Refusal` with code
    `not_failed` where the step or its run did not fail, `undone` where what it did, or what was
    cancelled did, was taken back.
    """
    walk, row = _held(session, house, step_run_id, by=by, now=now)
    if row.state != "failed":
        raise Refusal("not_failed", f"it is {row.state}", where=row.id)
    if row.purpose == UNDO:
        done = found(session, StepRun, row.undoes or "")
        return open_undo(session, done, due_at=now, by=by.name, now=now, reason="again")
    run = walk.run
    if run.ends_as:
        raise Refusal("undone", "the run took back what it did", where=run.id)
    if run.state != "failed" or row.ended_at != run.ended_at:
        raise Refusal("not_failed", "the run did not fail by it", where=run.id)
    cancelled = _cancelled_with(session, run)
    if any(_is_taken_back(session, one, now) for one in (row, *cancelled)):
        raise Refusal("undone", "what it did was taken back; start it anew", where=run.id)
    _reopen(walk, row, cancelled)
    return row


def _is_taken_back(session: Session, row: StepRun, now: dt.datetime) -> bool:
    """Say whether the effect of a step was taken back, or is just now: its key is used up."""
    if row.undone_at is not None:
        return True
    undo = sa.select(StepRun).where(StepRun.undoes == row.id, StepRun.state.in_(OPEN))
    there = session.scalar(undo)
    return there is not None and (there.state != STEP.initial or there.due_at <= now)


def _reopen(walk: Walk, row: StepRun, cancelled: Sequence[StepRun]) -> None:
    run = walk.run
    run.state = RUN.after(run.state, "resume", where=run.id)
    run.deadline_at = walk.now + walk.playbook.within
    run.ended_at, run.outcome = None, ""
    note_run(walk.session, run, "resume", by=walk.by, now=walk.now, step=row.step_id)
    for one in cancelled:
        _revive(walk, one)
    _again(walk, row, {})


def _cancelled_with(session: Session, run: PlaybookRun) -> list[StepRun]:
    mine = sa.select(StepRun).where(
        StepRun.run_id == run.id, StepRun.state == "cancelled", StepRun.ended_at == run.ended_at
    )
    return list(session.scalars(mine.order_by(StepRun.opened_at, StepRun.id)))


def _revive(walk: Walk, row: StepRun) -> None:
    """Open a step again that ended with its run; a control step waits for its branches again."""
    if _has_branches(walk.session, row):
        walk.move(row, "revive")
    else:
        _again(walk, row, {})
    row.ended_at = None
    row.deadline_at = walk.run.deadline_at


def _has_branches(session: Session, row: StepRun) -> bool:
    below = sa.select(StepRun.id).where(
        StepRun.run_id == row.run_id, StepRun.scope.startswith(f"{row.id}/")
    )
    return session.scalar(below.limit(1)) is not None


def _again(walk: Walk, row: StepRun, said: dict[str, object]) -> None:
    walk.move(row, "repeat", said)
    row.attempts, row.due_at, row.ended_at = 0, walk.now, None
    # It has its whole time again.
    row.started_at = None
    row.awaits_kind = row.awaits_id = row.error = ""


def _held(
    session: Session, house: House, step_run_id: str, *, by: Person, now: dt.datetime
) -> tuple[Walk, StepRun]:
    run = held(session, PlaybookRun, found(session, StepRun, step_run_id).run_id)
    walk = Walk(session, house, run, by=by.name, now=now)
    return walk, held(session, StepRun, step_run_id)
