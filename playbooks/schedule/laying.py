"""Laying slots: each slot of a job becomes a row, once, whoever's clock ticks and however late."""

import datetime as dt
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.person import SYSTEM
from playbooks.plan import Plan
from playbooks.schedule.job import DueSlots, JobRow, due_slots
from situation.state.store import audit
from situation.state.tables import Job, JobSlot

CLOCK = "clock"
"""Who asks for a slot that no person asked for."""

WENT_BACK = dt.timedelta(hours=1)
"""Slots laid so far ahead were laid by a clock that stood wrong."""


def is_behind(session: Session, jobs: Iterable[JobRow], plan: Plan, now: dt.datetime) -> bool:
    """Tell whether any job lacks its row or a slot; reads alone."""
    kept = _kept(session)
    return any(_is_behind(kept.get(job.name), job, plan, now) for job in jobs)


def lay(session: Session, jobs: Iterable[JobRow], plan: Plan, now: dt.datetime) -> int:
    """Lay the slots of all jobs that are due and not laid yet; return how many. Repeatable.

    A job that is new begins now. One that is paused lays nothing.
    """
    kept = _kept(session)
    behind = [job for job in jobs if _is_behind(kept.get(job.name), job, plan, now)]
    return sum(_lay(session, job, plan, now) for job in behind)


def _kept(session: Session) -> Mapping[str, Job]:
    return {row.name: row for row in session.scalars(sa.select(Job))}


def _is_behind(kept: Job | None, job: JobRow, plan: Plan, now: dt.datetime) -> bool:
    if kept is None:
        return True
    if kept.paused_at is not None:
        return False
    return kept.laid_until > now + WENT_BACK or bool(
        due_slots(job, kept.laid_until, now, plan).slots
    )


def _lay(session: Session, job: JobRow, plan: Plan, now: dt.datetime) -> int:
    # Held, so that who pauses it just now and this clock come one after the other.
    kept = session.get(Job, job.name, with_for_update=True, populate_existing=True)
    if kept is None:
        session.add(Job(name=job.name, laid_until=now, pause_reason=""))
        return 0
    if kept.paused_at is not None:
        return 0
    if kept.laid_until > now + WENT_BACK:
        _move(session, job, now)
        return 0
    due = due_slots(job, kept.laid_until, now, plan)
    there = sa.select(JobSlot.slot).where(JobSlot.job == job.name, JobSlot.slot.in_(due.slots))
    laid = set(session.scalars(there))
    session.add_all(_row(job, slot, now) for slot in due.slots if slot not in laid)
    if due.slots:
        _move(session, job, due.slots[-1])
    _tell_left_out(session, job, due, now)
    return len(due.slots) - len(laid)


def _move(session: Session, job: JobRow, until: dt.datetime) -> None:
    # By statement: the version of the row counts what people do to it.
    session.execute(sa.update(Job).where(Job.name == job.name).values(laid_until=until))


def _row(job: JobRow, slot: dt.datetime, now: dt.datetime) -> JobSlot:
    return JobSlot(
        job=job.name,
        slot=slot,
        state="due",
        asked_by=CLOCK,
        laid_at=now,
        next_try_at=now,
        outcome={},
    )


def _tell_left_out(session: Session, job: JobRow, due: DueSlots, now: dt.datetime) -> None:
    if due.left_out:
        count = due.left_out
        audit(session, now, SYSTEM.name, "job.leave_out", kind="job", object_id=job.name, n=count)
