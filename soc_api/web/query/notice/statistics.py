"""How departments keep to their notices over some months: ranking, months, the whole city."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from playbooks.notice.statistics import (
    DepartmentFigures,
    Figures,
    MonthFigures,
    by_department,
    by_month,
)
from soc_api.web.query.notice.ledger import month_span, recent_months

MONTHS_OFFERED = 24
USUAL_MONTHS = 3
_ADDED = (
    "issued", "signed", "signed_in_time", "answered", "answered_in_time", "closed", "returns",
    "repeats", "overdue_now",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole months of the city's calendar, `2026-01` to `2026-03`, both counted."""

    first: str
    last: str

    @property
    def begin(self) -> dt.datetime:
        """When it begins."""
        return month_span(self.first)[0]

    @property
    def end(self) -> dt.datetime:
        """When it ends."""
        return month_span(self.last)[1]


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month with how much its share of timely answers differs from that of the month before."""

    figures: MonthFigures
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsView:
    """What the page shows. `total` adds up the departments; `months` is newest first."""

    period: Period
    department: str
    departments: list[DepartmentFigures]
    total: Figures
    months: list[MonthLine]


def months_offered(now: dt.datetime) -> list[str]:
    """Return the months that can be asked for, this one first."""
    return recent_months(now, MONTHS_OFFERED)


def period_of(first: str, last: str, now: dt.datetime) -> Period:
    """Return the period asked for, the usual one for what is empty; ends are put in order."""
    offered = months_offered(now)
    last = last or offered[0]
    first = first or min(offered[USUAL_MONTHS - 1], last)
    return Period(first=min(first, last), last=max(first, last))


def statistics_view(
    session: Session, period: Period, *, department: str, drill_id: str | None
) -> StatisticsView:
    """Return the figures of a period, the months for one department where one is named."""
    departments = by_department(session, since=period.begin, until=period.end, drill_id=drill_id)
    months = by_month(
        session,
        since=period.begin,
        until=period.end,
        drill_id=drill_id,
        department=department or None,
    )
    return StatisticsView(
        period=period,
        department=department,
        departments=departments,
        total=total_of(departments),
        months=lines_of(months),
    )


def total_of(rows: Sequence[Figures]) -> Figures:
    """Return what can be added up of several figures; medians cannot."""
    return Figures(**{name: sum(getattr(row, name) for row in rows) for name in _ADDED})


def lines_of(months: Sequence[MonthFigures]) -> list[MonthLine]:
    """Return the months newest first, each beside the one before it."""
    lines = [
        MonthLine(row, row.answered_share - before.answered_share if before else None)
        for before, row in zip([None, *months], months, strict=False)
    ]
    return lines[::-1]
