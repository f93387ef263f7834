"""Sweeping: what changed for steps that wait, as functions that move one of them."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.execution import approval
from playbooks.execution.awaited import AWAITED, Awaited
from playbooks.execution.course.claim import BATCH, Place
from playbooks.execution.course.identity import DO, UNDO
from playbooks.execution.course.inverse import AFTER, has_to_take_back, is_undoing
from playbooks.execution.course.performing import LATE
from playbooks.execution.course.progress import step_of
from playbooks.execution.course.timing import within_of
from playbooks.execution.course.walk import Walk
from playbooks.execution.machine import RUN, STOPPABLE
from playbooks.execution.rendering import incident_of
from situation.state.tables import Approval, Incident, PlaybookRun, StepRun

WITHDRAWN = "withdrawn"
GONE = "the incident was withdrawn"

FindSteps = Callable[[Session], Sequence[Place]]
FindRuns = Callable[[Session], Sequence[str]]


def is_approval_due(session: Session, now: dt.datetime) -> bool:
    """Say whether somebody has to be reminded of an approval, or its time ran out."""
    due = sa.or_(Approval.deadline_at <= now, Approval.remind_at <= now)
    found = sa.select(Approval.id).where(Approval.state == approval.PENDING, due)
    return session.scalar(found.limit(1)) is not None


def answered(session: Session) -> Sequence[Place]:
    """Return the steps that nobody is asked about any more: it was decided, or is void."""
    pending = sa.select(Approval.step_run_id).where(Approval.state == approval.PENDING)
    wanted = sa.select(StepRun.run_id, StepRun.id).where(
        StepRun.state == "approval", StepRun.id.not_in(pending)
    )
    return [Place(*row) for row in session.execute(wanted.order_by(StepRun.id).limit(BATCH))]


def answer(walk: Walk, row: StepRun) -> None:
    """Move a step by what people said, or by nobody saying anything in time."""
    there = approval.standing(walk.session, row.id)
    if row.state != "approval" or (there is not None and there.state == approval.PENDING):
        return
    if there is not None and there.state == approval.REFUSED:
        walk.fail(row, "it was refused")
    elif there is not None and there.state == approval.EXPIRED:
        _expire(walk, row, there)
    else:
        step = step_of(walk.playbook, row.step_id)
        action = walk.house.actions.get(step.call.action) if step.call else None
        row.due_at = walk.now
        row.deadline_at = min(walk.now + within_of(step, action), walk.run.deadline_at)
        walk.move(row, "agree")


def _expire(walk: Walk, row: StepRun, there: Approval) -> None:
    walk.counts["expired"] += 1
    if there.on_timeout == "skip":
        walk.skip(row, "nobody agreed in time")
    else:
        walk.fail(row, "nobody agreed in time")


def changed(session: Session, kinds: Collection[str]) -> Sequence[Place]:
    """Return the steps that wait for a row of these kinds which is no longer open."""
    wanted = sa.select(StepRun).where(StepRun.state == "waiting", StepRun.awaits_kind.in_(kinds))
    rows = session.scalars(wanted.order_by(StepRun.opened_at, StepRun.id))
    return [Place(row.run_id, row.id) for row in rows if _look(session, row).state != "open"]


def change(walk: Walk, row: StepRun) -> None:
    """Move a step by what became of the row that it waits for."""
    if row.state != "waiting" or not row.awaits_kind:
        return
    found = _look(walk.session, row)
    if found.state == "failed" and _is_withdrawn(walk):
        # Its tasks were dropped with it: that is no failure of theirs.
        end_withdrawn(walk)
    elif found.state == "failed":
        walk.fail(row, found.reason)
    elif found.state == "done" and row.purpose == UNDO and row.awaits_kind == AFTER:
        row.awaits_kind = row.awaits_id = ""
        row.due_at = walk.now
        walk.move(row, "release")
    elif found.state == "done":
        row.outputs = {**row.outputs, **found.outputs}
        walk.finish(row)


def _look(session: Session, row: StepRun) -> Awaited:
    look = AWAITED.get(row.awaits_kind)
    if look is None:
        return Awaited("failed", reason=f"nothing is known of {row.awaits_kind}")
    return look(session, row.awaits_id)


def late(session: Session, now: dt.datetime) -> Sequence[Place]:
    """Return the steps whose time ran out. One that never began has not started its time."""
    begun = sa.and_(StepRun.state == "due", StepRun.purpose == DO, StepRun.attempts > 0)
    waits = sa.and_(StepRun.state.in_(("waiting", "approval")), StepRun.awaits_kind != AFTER)
    wanted = sa.select(StepRun.run_id, StepRun.id).where(
        sa.or_(begun, waits), StepRun.deadline_at <= now
    )
    return [Place(*row) for row in session.execute(wanted.order_by(StepRun.id).limit(BATCH))]


def expire(walk: Walk, row: StepRun) -> None:
    """Fail a step whose time ran out."""
    if row.state in STOPPABLE and row.deadline_at <= walk.now and row.awaits_kind != AFTER:
        walk.counts["expired"] += 1
        walk.fail(row, LATE, is_late=True)


def late_runs(session: Session, now: dt.datetime) -> Sequence[str]:
    """Return the runs whose time ran out."""
    wanted = sa.select(PlaybookRun.id).where(
        PlaybookRun.state == RUN.initial, PlaybookRun.deadline_at <= now
    )
    return session.scalars(wanted.order_by(PlaybookRun.id).limit(BATCH)).all()


def expire_run(walk: Walk) -> None:
    """Fail a run whose time ran out."""
    if walk.run.state == RUN.initial and walk.run.deadline_at <= walk.now:
        walk.counts["expired"] += 1
        walk.give_up(LATE)


def withdrawn(session: Session) -> Sequence[str]:
    """Return the runs that go on though their incident was withdrawn as none."""
    wanted = (
        sa.select(PlaybookRun.id)
        .join(Incident, Incident.id == PlaybookRun.incident_id)
        .where(PlaybookRun.state == RUN.initial, Incident.stage == WITHDRAWN)
    )
    return session.scalars(wanted.order_by(PlaybookRun.id).limit(BATCH)).all()


def end_withdrawn(walk: Walk) -> None:
    """Stop a run whose incident was withdrawn; what it contained is taken back."""
    if walk.run.state != RUN.initial:
        return
    if has_to_take_back(walk.session, walk.run):
        walk.compensate("stopped", GONE)
    else:
        walk.end("stop", GONE)


def _is_withdrawn(walk: Walk) -> bool:
    incident = incident_of(walk.session, walk.run)
    return incident is not None and incident.stage == WITHDRAWN


def taken_back(session: Session) -> Sequence[str]:
    """Return the runs that take back what they did."""
    wanted = sa.select(PlaybookRun.id).where(PlaybookRun.state == "compensating")
    return session.scalars(wanted.order_by(PlaybookRun.id)).all()


def end_taken_back(walk: Walk) -> None:
    """End a run that has taken back what it did."""
    if walk.run.state == "compensating" and not is_undoing(walk.session, walk.run):
        walk.end(f"end_{walk.run.ends_as}")
