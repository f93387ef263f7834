"""The figures of a report on the scan: what lies where, and what is not put right.

Of marks of secrecy there is a number and no more.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.data_map import (
    DepartmentRow,
    MapRow,
    cells,
    classes,
    data_map,
    places,
)
from playbooks.finding.listing import MOST, FindingFilter, count, findings
from playbooks.finding.machine import UNSETTLED
from playbooks.finding.rule import RULES
from situation.state.tables import DataFinding, ScanRun


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """Findings of one rule in the time of the report; `open` and `overdue` are those of now."""

    rule: str
    opened: int
    closed: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFigures:
    """What a report says. `department` is empty for the whole city.

    `worst` are the gravest findings that are not put right; `more` others are left out.
    """

    department: str
    since: dt.datetime
    until: dt.datetime
    made_at: dt.datetime
    runs: int
    seen: int
    octets: int
    departments: tuple[DepartmentRow, ...]
    classes: tuple[MapRow, ...]
    places: tuple[MapRow, ...]
    rules: tuple[RuleLine, ...]
    worst: tuple[DataFinding, ...]
    more: int
    marks: int


def figures(
    session: Session,
    *,
    department: str = "",
    since: dt.datetime,
    until: dt.datetime,
    now: dt.datetime,
    most: int = 100,
) -> ScanFigures:
    """Return the figures of a time, with at most so many of the gravest findings."""
    found = cells(session, department=department)
    wanted = FindingFilter(departments=(department,) if department else ())
    worst = findings(session, wanted, limit=min(most, MOST)).rows
    runs, seen, octets = _runs(session, department, since, until)
    return ScanFigures(
        department=department,
        since=since,
        until=until,
        made_at=now,
        runs=runs,
        seen=seen,
        octets=octets,
        departments=tuple(data_map(session, now, department=department)),
        classes=tuple(classes(found)),
        places=tuple(places(found)),
        rules=tuple(_rules(session, department, since, until, now)),
        worst=worst,
        more=count(session, wanted) - len(worst),
        marks=sum(cell.marks for cell in found),
    )


def _runs(
    session: Session, department: str, since: dt.datetime, until: dt.datetime
) -> tuple[int, int, int]:
    mine = [ScanRun.department == department] if department else []
    total = sa.select(
        sa.func.count(), sa.func.sum(ScanRun.seen), sa.func.sum(ScanRun.octets)
    ).where(ScanRun.started_at >= since, ScanRun.started_at < until, *mine)
    runs, seen, octets = session.execute(total).one()
    return int(runs), int(seen or 0), int(octets or 0)


def _rules(
    session: Session, department: str, since: dt.datetime, until: dt.datetime, now: dt.datetime
) -> Iterator[RuleLine]:
    mine = [DataFinding.department == department] if department else []
    is_open = DataFinding.state.in_(UNSETTLED)
    opened = sa.and_(DataFinding.first_seen_at >= since, DataFinding.first_seen_at < until)
    closed = sa.and_(DataFinding.closed_at >= since, DataFinding.closed_at < until)
    late = sa.and_(is_open, DataFinding.due_at < now)
    wanted = sa.select(
        DataFinding.rule, *(_number(each) for each in (opened, closed, is_open, late))
    ).where(*mine)
    by_rule = {rule: counts for rule, *counts in session.execute(wanted.group_by(DataFinding.rule))}
    for rule in [*RULES, *sorted(by_rule.keys() - RULES.keys())]:
        if rule in by_rule:
            numbers = map(int, by_rule[rule])
            yield RuleLine(
                rule=rule,
                **dict(zip(("opened", "closed", "open", "overdue"), numbers, strict=True)),
            )


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
