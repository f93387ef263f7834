"""Whether the jobs keep going: what the health page and the desk ask."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan import Plan
from playbooks.schedule.job import JobRow
from playbooks.schedule.ledger import JobLine, is_stale, listing
from situation.state.tables import Job


def stale(session: Session, jobs: Iterable[JobRow], plan: Plan, now: dt.datetime) -> list[JobLine]:
    """Return the jobs whose last success is older than two of their slots and their grace.

    A paused job is none of them: a person knows. Where all is well it asks little of the
    database, as the overview asks it each time.
    """
    kept = {row.name: row for row in session.scalars(sa.select(Job))}
    found = [job for job in jobs if _is_stale(session, job, kept.get(job.name), plan, now)]
    return listing(session, found, plan, now)


def _is_stale(
    session: Session, job: JobRow, kept: Job | None, plan: Plan, now: dt.datetime
) -> bool:
    if kept is None:
        return is_stale(session, job, None, plan, now)
    return kept.paused_at is None and is_stale(session, job, kept.last_success_at, plan, now)
