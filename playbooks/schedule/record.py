"""What becomes of a slot: done, to be tried again, or failed for good, which somebody is told."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.incident.tasks import TASK, open_task
from playbooks.outbox.retry import next_try
from playbooks.person import SYSTEM
from playbooks.schedule.job import JobRow
from situation.clock import CITY_ZONE
from situation.state.store import audit
from situation.state.tables import Job, JobSlot, Task

FAILED = "job_failed"
"""Kind of the task to look after a job; one at a time for each."""

_LONGEST = 500


def done(
    session: Session, job: JobRow, row: JobSlot, outcome: Mapping[str, int], now: dt.datetime
) -> None:
    """Write down that a slot is done and what it did."""
    _end(row, "done", now)
    row.outcome, row.error = dict(outcome), ""
    # By statement: the version of the row counts what people do to it.
    session.execute(sa.update(Job).where(Job.name == job.name).values(last_success_at=now))
    if job.audited:
        _note(session, row, "job.done", now, **outcome)


def put_off(
    row: JobSlot, reason: str, now: dt.datetime, *, failures: int, wait_seconds: float
) -> None:
    """Let a slot be tried again later, after ever longer waits."""
    row.state, row.owner, row.lease_until = "due", None, None
    row.error = reason[:_LONGEST]
    row.next_try_at = next_try(f"{row.job}:{row.slot.isoformat()}", failures, now, wait_seconds)


def fail(session: Session, job: JobRow, row: JobSlot, reason: str, now: dt.datetime) -> None:
    """Give a slot up: a task for the desk and an audit line.

    While the task of an earlier one is open nobody is told again; the slot itself stays as failed.
    """
    _end(row, "failed", now)
    row.error = reason[:_LONGEST]
    if _is_told(session, job):
        return
    at = f"{row.slot.astimezone(CITY_ZONE):%m-%d %H:%M:%S}"
    open_task(
        session,
        kind=FAILED,
        object_kind="job",
        object_id=job.name,
        key=row.slot.isoformat(),
        title_zh=f"定时任务未能完成：{job.zh}（{at}）",
        title_en=f"A scheduled job failed: {job.en} ({at})",
        due_at=None,
        drill_id=None,
        now=now,
    )
    _note(session, row, "job.fail", now, reason=row.error, attempts=row.attempts)


def _end(row: JobSlot, state: str, now: dt.datetime) -> None:
    row.state, row.ended_at, row.owner, row.lease_until = state, now, None, None


def _is_told(session: Session, job: JobRow) -> bool:
    told = sa.select(Task.id).where(
        Task.kind == FAILED,
        Task.object_kind == "job",
        Task.object_id == job.name,
        Task.state == TASK.initial,
    )
    return session.scalar(told.limit(1)) is not None


def _note(session: Session, row: JobSlot, action: str, now: dt.datetime, **detail: object) -> None:
    said = {"slot": row.slot.isoformat(), "asked_by": row.asked_by, **detail}
    audit(session, now, SYSTEM.name, action, kind="job", object_id=row.job, **said)
