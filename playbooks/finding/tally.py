"""The tally of a day, from which the trend of the data map is read."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.data_map import cells
from playbooks.finding.machine import UNSETTLED
from situation.clock import CITY_ZONE
from situation.state.tables import DataFinding, DataTally

Key = tuple[str, int]
"""Department and grade."""


@dataclass(slots=True)
class TrendDay:
    """What there was on a day, by grade."""

    day: dt.date
    by_grade: dict[int, int] = field(default_factory=dict)
    persons: int = 0
    open_findings: int = 0


def tally_day(session: Session, now: dt.datetime) -> int:
    """Write down what there is on the city's day of `now`; return how many rows that are.

    The last tally of a day stands.
    """
    day = now.astimezone(CITY_ZONE).date()
    resources: Counter[Key] = Counter()
    persons: Counter[Key] = Counter()
    for cell in cells(session):
        resources[cell.department, cell.grade] += cell.resources
        persons[cell.department, cell.grade] += cell.persons
    findings = _open_findings(session)
    keys = sorted(resources.keys() | findings.keys())
    session.execute(sa.delete(DataTally).where(DataTally.day == day))
    session.add_all(
        DataTally(
            day=day,
            department=department,
            grade=grade,
            resources=resources[department, grade],
            persons=persons[department, grade],
            open_findings=findings[department, grade],
        )
        for department, grade in keys
    )
    session.flush()
    return len(keys)


def trend(
    session: Session, *, since: dt.date, until: dt.date, department: str = ""
) -> list[TrendDay]:
    """Return the days that were tallied, both ends included, the oldest first."""
    mine = [DataTally.department == department] if department else []
    wanted = sa.select(DataTally).where(DataTally.day >= since, DataTally.day <= until, *mine)
    days: dict[dt.date, TrendDay] = {}
    for row in session.scalars(wanted.order_by(DataTally.day)):
        day = days.setdefault(row.day, TrendDay(row.day))
        day.by_grade[row.grade] = day.by_grade.get(row.grade, 0) + row.resources
        day.persons += row.persons
        day.open_findings += row.open_findings
    return list(days.values())


def _open_findings(session: Session) -> Counter[Key]:
    wanted = (
        sa.select(DataFinding.department, DataFinding.grade, sa.func.count())
        .where(DataFinding.state.in_(UNSETTLED))
        .group_by(DataFinding.department, DataFinding.grade)
    )
    return Counter({(name, grade): n for name, grade, n in session.execute(wanted)})
