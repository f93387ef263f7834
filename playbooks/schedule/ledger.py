"""What people do with jobs: look at them, pause them, let them go on, have them run now."""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.plan import Plan
from playbooks.revision import as_seen
from playbooks.schedule.days import is_guessed
from playbooks.schedule.job import JobRow, next_slot, slots
from playbooks.text import typed
from situation.faults import Conflict
from situation.state.store import audit
from situation.state.tables import Job, JobSlot

State = Literal["waiting", "due", "running", "failing", "paused", "stale"]
"""waiting for its next slot; a slot is due; one runs; the last one failed; paused by a person;
no success for too long."""

MOST_COUNTED = 10_000
"""Slots that a pause skipped are counted up to here."""

_OPEN = ("due", "running")


@dataclass(frozen=True, slots=True)
class JobLine:
    """How a job stands. `age` is that of its last success, None before the first.

    `guessed` says that only the rule of the weekend knows the day of `next_slot`, as the holidays
    of its year are not published. `version` is 0 until a clock has seen the job.
    """

    job: JobRow
    state: State
    next_slot: dt.datetime | None
    guessed: bool
    last_success_at: dt.datetime | None
    age: dt.timedelta | None
    last_error: str
    is_stale: bool
    paused_at: dt.datetime | None
    paused_by: str | None
    pause_reason: str
    version: int


def listing(
    session: Session, jobs: Iterable[JobRow], plan: Plan, now: dt.datetime
) -> list[JobLine]:
    """Return how each job of the list stands, in the order of the list."""
    kept = {row.name: row for row in session.scalars(sa.select(Job))}
    return [_line(session, job, kept.get(job.name), plan, now) for job in jobs]


def history(session: Session, name: str, *, limit: int = 50) -> Sequence[JobSlot]:
    """Return the slots of a job, the newest first."""
    wanted = sa.select(JobSlot).where(JobSlot.job == name)
    return session.scalars(wanted.order_by(JobSlot.slot.desc()).limit(limit)).all()


def job_named(jobs: Iterable[JobRow], name: str) -> JobRow:
    """Return the job of that name; raise `Conflict` if the list has none."""
    found = next((job for job in jobs if job.name == name), None)
    if found is None:
        raise Conflict("there is no such job", where=name)
    return found


def found_job(session: Session, job: JobRow) -> Job:
    """Return what is kept of a job; raise `Conflict` until a clock has seen it."""
    row = session.get(Job, job.name)
    if row is None:
        raise Conflict("no clock has seen this job yet", where=job.name)
    return row


def pause(
    session: Session,
    name: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Job:
    """Pause a job: it lays no slots, and what it laid and nobody began is skipped.

    Raise `Refusal` with code `paused` if it is, `reason_missing` without a reason, `stale` if
    somebody else changed it.
    """
    why = typed(reason, "reason")
    if not why:
        raise Refusal("reason_missing", "it needs a reason", where=name)
    job = as_seen(session, Job, name, expected_version)
    if job.paused_at is not None:
        raise Refusal("paused", "it is paused already", where=name)
    job.paused_at, job.paused_by, job.pause_reason = now, by.name, why
    skipped = session.execute(
        sa.update(JobSlot)
        .where(JobSlot.job == name, JobSlot.state == "due")
        .values(state="skipped", ended_at=now, error=f"paused: {why}")
    )
    count = skipped.rowcount  # type: ignore[attr-defined]
    _note(session, name, "pause", by=by, now=now, reason=why, skipped=count)
    return job


def resume(
    session: Session,
    job: JobRow,
    plan: Plan,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Job:
    """Let a paused job go on from now; its slots meanwhile are skipped and counted.

    Raise `Refusal` with code `not_paused` if it runs, `stale` if somebody else changed it.
    """
    kept = as_seen(session, Job, job.name, expected_version)
    if kept.paused_at is None:
        raise Refusal("not_paused", "it is not paused", where=job.name)
    missed = itertools.islice(slots(job, kept.laid_until, now, plan), MOST_COUNTED)
    count = sum(1 for _ in missed)
    kept.paused_at, kept.paused_by, kept.pause_reason, kept.laid_until = None, None, "", now
    _note(session, job.name, "resume", by=by, now=now, skipped=count)
    return kept


def run_now(session: Session, job: JobRow, *, by: Person, now: dt.datetime) -> JobSlot:
    """Ask for a turn of a job beside its slots, also of one that is paused.

    Raise `Refusal` with code `asked` while one that was asked for is not done.
    """
    waiting = sa.select(JobSlot.id).where(
        JobSlot.job == job.name, JobSlot.state.in_(_OPEN), JobSlot.asked_by != "clock"
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise Refusal("asked", "a turn that was asked for is not done yet", where=job.name)
    slot = JobSlot(
        job=job.name,
        slot=now,
        state="due",
        asked_by=by.name,
        laid_at=now,
        next_try_at=now,
        outcome={},
    )
    session.add(slot)
    session.flush()
    _note(session, job.name, "run", by=by, now=now, slot=now.isoformat())
    return slot


def _line(session: Session, job: JobRow, kept: Job | None, plan: Plan, now: dt.datetime) -> JobLine:
    newest = history(session, job.name, limit=1)
    last = _last_ended(session, job.name)
    success = kept.last_success_at if kept else None
    paused = kept is not None and kept.paused_at is not None
    coming = None if paused else next_slot(job, now, plan)
    stale = not paused and is_stale(session, job, success, plan, now)
    open_state = newest[0].state if newest and newest[0].state in _OPEN else "waiting"
    failing = last is not None and last.state == "failed"
    return JobLine(
        job=job,
        state=_state(open_state, paused=paused, stale=stale, failing=failing),
        next_slot=coming,
        guessed=coming is not None and is_guessed(job.days, coming, plan),
        last_success_at=success,
        age=now - success if success else None,
        last_error=_error(newest, last),
        is_stale=stale,
        paused_at=kept.paused_at if kept else None,
        paused_by=kept.paused_by if kept else None,
        pause_reason=kept.pause_reason if kept else "",
        version=kept.version if kept else 0,
    )


def is_stale(
    session: Session, job: JobRow, success: dt.datetime | None, plan: Plan, now: dt.datetime
) -> bool:
    """Tell whether the second slot since the last success is over by more than the grace.

    That is twice the interval, counted on the days of the job. Before the first success it is
    counted from the first slot.
    """
    since = success
    if since is None:
        since = session.scalar(sa.select(sa.func.min(JobSlot.slot)).where(JobSlot.job == job.name))
    if since is None:
        return False
    until = now - dt.timedelta(seconds=job.grace_seconds)
    return next(itertools.islice(slots(job, since, until, plan), 1, None), None) is not None


def _last_ended(session: Session, name: str) -> JobSlot | None:
    ended = sa.select(JobSlot).where(JobSlot.job == name, JobSlot.state.in_(("done", "failed")))
    return session.scalars(ended.order_by(JobSlot.slot.desc()).limit(1)).first()


def _error(newest: Sequence[JobSlot], last: JobSlot | None) -> str:
    if newest and newest[0].state in _OPEN and newest[0].error:
        return newest[0].error
    return last.error if last is not None and last.state == "failed" else ""


def _state(open_state: str, *, paused: bool, stale: bool, failing: bool) -> State:
    if paused:
        return "paused"
    if stale:
        return "stale"
    if failing:
        return "failing"
    return "running" if open_state == "running" else "due" if open_state == "due" else "waiting"


def _note(
    session: Session, name: str, act: str, *, by: Person, now: dt.datetime, **detail: object
) -> None:
    said = {"role": by.role, **detail}
    audit(session, now, by.name, f"job.{act}", kind="job", object_id=name, **said)
