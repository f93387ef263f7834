"""Claiming: a worker takes a slot under a lease, one of a job at a time, and nobody else has it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.schedule.job import JobRow
from playbooks.schedule.laying import CLOCK
from playbooks.schedule.record import fail
from situation.faults import Conflict
from situation.state.tables import Job, JobSlot

SUPERSEDED = "a newer one was due"
"""Why a slot was skipped."""

DIED = "the worker died or lost its lease each time"
"""Why a slot failed that nobody gave back."""

_OPEN = ("due", "running")


@dataclass(frozen=True, slots=True)
class Slot:
    """A turn of a job that a worker holds, its `attempt`-th, 1 or more."""

    id: int
    job: JobRow
    at: dt.datetime
    asked_by: str
    owner: str
    attempt: int


def is_due(session: Session, jobs: Mapping[str, JobRow], owner: str, now: dt.datetime) -> bool:
    """Tell whether a worker would find anything to do; reads alone."""
    return bool(_names(session, jobs, owner, now))


def claim(
    session: Session, jobs: Mapping[str, JobRow], owner: str, now: dt.datetime
) -> Slot | None:
    """Take the slot that waits longest, and return it; None where nothing is due.

    `owner` names one worker, the same after a restart: what it held when it died it takes back at
    once. Two workers that run at the same time must have two names.
    """
    for name in _names(session, jobs, owner, now):
        held = sa.select(Job).where(Job.name == name).with_for_update(skip_locked=True)
        # Who has the job's row just now lays or claims of it; the next look sees what is left.
        if session.scalar(held) is None or _runs(session, name, owner, now):
            continue
        slot = _chosen(session, jobs[name], owner, now)
        if slot is not None:
            return _hold(slot, jobs[name], owner, now)
    return None


def renew(session: Session, slot: Slot, now: dt.datetime) -> None:
    """Hold a slot for another lease; raise `Conflict` if it was lost meanwhile."""
    mine(session, slot).lease_until = now + _lease(slot.job)


def mine(session: Session, slot: Slot) -> JobSlot:
    """Return the row of a slot that is still held; raise `Conflict` if it was lost meanwhile."""
    row = session.get(JobSlot, slot.id, with_for_update=True)
    if row is None or (row.state, row.owner, row.attempts) != (
        "running",
        slot.owner,
        slot.attempt,
    ):
        raise Conflict("the lease was lost", where=f"{slot.job.name} {slot.at.isoformat()}")
    return row


def _names(
    session: Session, jobs: Mapping[str, JobRow], owner: str, now: dt.datetime
) -> Sequence[str]:
    due = (
        sa.select(JobSlot.job)
        .where(*_free(owner, now), JobSlot.job.in_(list(jobs)))
        .group_by(JobSlot.job)
        .order_by(sa.func.min(JobSlot.slot))
    )
    return session.scalars(due).all()


def _free(owner: str, now: dt.datetime) -> tuple["sa.ColumnElement[bool]", ...]:
    unheld = sa.or_(
        JobSlot.lease_until.is_(None), JobSlot.lease_until <= now, JobSlot.owner == owner
    )
    return JobSlot.state.in_(_OPEN), JobSlot.next_try_at <= now, unheld


def _runs(session: Session, name: str, owner: str, now: dt.datetime) -> bool:
    others = sa.select(JobSlot.id).where(
        JobSlot.job == name,
        JobSlot.state == "running",
        JobSlot.lease_until > now,
        JobSlot.owner != owner,
    )
    return session.scalar(others.limit(1)) is not None


def _chosen(session: Session, job: JobRow, owner: str, now: dt.datetime) -> JobSlot | None:
    wanted = sa.select(JobSlot).where(JobSlot.job == job.name, *_free(owner, now))
    asked = session.scalars(wanted.where(JobSlot.asked_by != CLOCK).order_by(JobSlot.slot)).first()
    if asked is not None:
        return _living(session, job, asked, now)
    newest_first = job.rule == "coalesce"
    order = JobSlot.slot.desc() if newest_first else JobSlot.slot
    slot = session.scalars(wanted.order_by(order).limit(1)).first()
    if slot is not None and newest_first:
        _supersede(session, slot, now)
    return _living(session, job, slot, now) if slot is not None else None


def _supersede(session: Session, newest: JobSlot, now: dt.datetime) -> None:
    """Skip what is older; the newest one goes on with its attempts, so that failures add up."""
    older = (
        JobSlot.job == newest.job,
        JobSlot.state.in_(_OPEN),
        JobSlot.asked_by == CLOCK,
        JobSlot.slot < newest.slot,
    )
    most = session.scalar(sa.select(sa.func.max(JobSlot.attempts)).where(*older))
    if most is not None:
        newest.attempts = max(newest.attempts, most)
        session.execute(
            sa.update(JobSlot)
            .where(*older)
            .values(state="skipped", ended_at=now, error=SUPERSEDED, owner=None, lease_until=None)
        )


def _living(session: Session, job: JobRow, slot: JobSlot, now: dt.datetime) -> JobSlot | None:
    if slot.attempts <= job.retries:
        return slot
    fail(session, job, slot, slot.error or DIED, now)
    return None


def _hold(row: JobSlot, job: JobRow, owner: str, now: dt.datetime) -> Slot:
    row.state, row.owner, row.lease_until = "running", owner, now + _lease(job)
    row.attempts, row.started_at = row.attempts + 1, now
    return Slot(row.id, job, row.slot, row.asked_by, owner, row.attempts)


def _lease(job: JobRow) -> dt.timedelta:
    return dt.timedelta(seconds=job.lease_seconds)
