"""The daily report of a period of heightened duty, due even with nothing to report (零报告)."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.incident.tasks import open_task
from playbooks.plan import Plan
from playbooks.plan.response import HeightenedPeriod
from situation.clock import CITY_ZONE
from situation.state.tables import Task

KIND = "zero_report"


def open_zero_report(session: Session, plan: Plan, now: dt.datetime) -> Task | None:
    """Open the task of today's report, once, and return it; None where none is due today.

    A day is one of the city's. Its report is due at the time of the plan, if that lies within
    the period.
    """
    period = plan.heightened_at(now)
    due_at = _due(period, now) if period else None
    if period is None or due_at is None:
        return None
    day = f"{due_at.astimezone(CITY_ZONE):%Y-%m-%d}"
    return open_task(
        session,
        kind=KIND,
        object_kind="period",
        object_id=period.key,
        key=day,
        title_zh=f"{period.zh}：{day} 零报告",
        title_en=f"{period.en}: daily report of {day}, even with nothing to report",
        clause=f"{plan.instrument(period.instrument).zh}{period.clause}",
        due_at=due_at,
        drill_id=None,
        now=now,
    )


def _due(period: HeightenedPeriod, now: dt.datetime) -> dt.datetime | None:
    if period.daily_report_time is None:
        return None
    today = now.astimezone(CITY_ZONE).date()
    due_at = dt.datetime.combine(today, period.daily_report_time, CITY_ZONE)
    return due_at if period.start <= due_at <= period.end else None
