"""Jobs, plans and slots for tests of the schedule."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from playbooks.plan import Plan, load_plan
from playbooks.plan.response import HeightenedPeriod
from playbooks.schedule.job import JobRow
from playbooks.schedule.timing import Cron, Every, Timing
from situation.clock import CITY_ZONE
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Job, JobSlot, Task

PLAN = load_plan()
NOW = dt.datetime(2026, 3, 3, 4, 0, tzinfo=dt.UTC)
"""Noon of a Tuesday in the city."""

SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
DAILY = Cron("0 2 * * *")


def job(name: str = "upkeep", timing: Timing | None = None, **changed: object) -> JobRow:
    """Return a job: by the minute, unless another timing is given."""
    row: dict[str, object] = {"zh": "维护", "en": "Upkeep", "timing": timing or Every(60)}
    return JobRow(name=name, **(row | changed))  # type: ignore[arg-type]


def local(text: str) -> dt.datetime:
    """Return a time of the city's."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


def on_duty(*periods: tuple[str, str]) -> Plan:
    """Return the plan with periods of heightened duty."""
    source = PLAN.responses[0]
    rows = tuple(
        HeightenedPeriod(
            key=f"p{number}",
            zh="重要会议保障",
            en="Heightened duty",
            start=local(start),
            end=local(end),
            sla_factor=0.5,
            instrument=source.instrument,
            clause=source.clause,
            source=source.source,
            mark=source.mark,
            verified=source.verified,
        )
        for number, (start, end) in enumerate(periods)
    )
    return PLAN.model_copy(update={"heightened": rows})


def states(state: StateStore, name: str = "upkeep") -> list[tuple[dt.datetime, str]]:
    """Return the slots of a job with their states, in order."""
    wanted = sa.select(JobSlot).where(JobSlot.job == name).order_by(JobSlot.slot)
    with state.reading() as session:
        return [(row.slot, row.state) for row in session.scalars(wanted)]


def slot_of(state: StateStore, name: str = "upkeep") -> JobSlot:
    """Return the newest slot of a job."""
    wanted = sa.select(JobSlot).where(JobSlot.job == name).order_by(JobSlot.slot.desc())
    with state.reading() as session:
        return session.scalars(wanted).first() or JobSlot()


def kept(state: StateStore, name: str = "upkeep") -> Job:
    """Return what is kept of a job."""
    with state.reading() as session:
        return session.get_one(Job, name)


def audited(state: StateStore) -> list[tuple[str, Mapping[str, object]]]:
    """Return the audit lines about jobs, action and detail."""
    wanted = sa.select(AuditLine).where(AuditLine.object_kind == "job").order_by(AuditLine.number)
    with state.reading() as session:
        return [(line.action, line.detail) for line in session.scalars(wanted)]


def tasks(state: StateStore) -> list[Task]:
    """Return the tasks about jobs."""
    with state.reading() as session:
        return list(session.scalars(sa.select(Task).where(Task.object_kind == "job")))
