"""Old slots go: what is kept is enough to see how a job goes and what failed."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.schedule.job import JobRow
from situation.state.tables import JobSlot

KEPT = 500
"""Slots of each job that are kept, the newest."""

FAILURES = dt.timedelta(days=90)
"""How long those that failed are kept beside them."""


def trim(session: Session, jobs: Iterable[JobRow], now: dt.datetime) -> int:
    """Delete old slots that are over; return how many. Harmless to repeat."""
    return sum(_trim(session, job.name, now) for job in jobs)


def _trim(session: Session, name: str, now: dt.datetime) -> int:
    newest = sa.select(JobSlot.slot).where(JobSlot.job == name).order_by(JobSlot.slot.desc())
    last_kept = session.scalar(newest.offset(KEPT - 1).limit(1))
    if last_kept is None:
        return 0
    over = sa.or_(
        JobSlot.state.in_(("done", "skipped")),
        sa.and_(JobSlot.state == "failed", JobSlot.slot < now - FAILURES),
    )
    old = sa.delete(JobSlot).where(JobSlot.job == name, JobSlot.slot < last_kept, over)
    gone = session.execute(old)
    return int(gone.rowcount)  # type: ignore[attr-defined]
