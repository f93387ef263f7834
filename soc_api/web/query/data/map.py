"""The data map: a matrix of departments, places or classes by grade; its trend; the last scan."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

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
from playbooks.finding.tally import TrendDay, trend
from situation.clock import CITY_ZONE
from situation.content.kind import CLASS_NAMES
from situation.state.tables import ScanRun
from soc_api.web.query.data.scan import READ_ERROR, count_of
from soc_api.web.text import Text

Side = Literal["department", "place", "class"]
GRADES = (6, 5, 4, 3, 2, 1)
"""Columns of the matrix, the gravest first."""
ROWS_SHOWN = 12
TREND_DAYS = 30
GRAVE = 4
"""Grade from which the trend counts places (general 4)."""
_IMPORTANT, _CORE = 5, 6
_SOME, _MANY = 10, 40
"""Counts of general data from which a cell is drawn darker."""


@dataclass(frozen=True, slots=True)
class MapCell:
    """Places of one grade; `new` were first seen by the last scan."""

    grade: int
    amount: int
    new: int

    @property
    def shade(self) -> str:
        """Class of its ground: ink for important and core, three steps of general data by count."""
        if not self.amount:
            return "h0"
        if self.grade >= _IMPORTANT:
            return "h4" if self.grade == _CORE else "h3"
        return "" if self.amount < _SOME else "h1" if self.amount < _MANY else "h2"


@dataclass(frozen=True, slots=True)
class MapLine:
    """A row of the matrix. `others` is how many rows were folded into it, 0 for one of its own."""

    row: MapRow
    name: Text
    others: int = 0

    @property
    def cells(self) -> list[MapCell]:
        """Its cells, the gravest grade first."""
        row = self.row
        return [
            MapCell(grade, row.by_grade.get(grade, 0), row.new_by_grade.get(grade, 0))
            for grade in GRADES
        ]

    @property
    def open_findings(self) -> int:
        """Findings that are not put right; 0 where the row is no department."""
        return self.row.open_findings if isinstance(self.row, DepartmentRow) else 0

    @property
    def new_findings(self) -> int:
        """Findings that the last scan brought."""
        return self.row.new_findings if isinstance(self.row, DepartmentRow) else 0

    @property
    def new_places(self) -> int:
        """Places that the last scan saw first."""
        return sum(self.row.new_by_grade.values())

    @property
    def is_changed(self) -> bool:
        """Whether the last scan brought something new."""
        return bool(self.new_places or self.new_findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastScan:
    """The run that ended last: how much it saw, what was new, what it could not read."""

    run: ScanRun
    unreadable: int
    new_findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """The map. `total` counts every row, also those that are not shown."""

    lines: list[MapLine]
    total: MapLine
    rows: int
    changed: int
    last: LastScan | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One figure over the days: heights of its bars of 100, first, last and highest value."""

    name: str
    values: list[int] = field(default_factory=list)

    @property
    def bars(self) -> list[float]:
        """Heights of the bars, 100 for the highest."""
        most = max(self.values, default=0) or 1
        return [round(100 * value / most, 1) for value in self.values]

    @property
    def change(self) -> int:
        """By how much it is more than on the first day."""
        return self.values[-1] - self.values[0] if self.values else 0


def map_view(
    session: Session, now: dt.datetime, *, by: Side, changed: bool, whole: bool
) -> MapView:
    """Return the map by departments, places or classes; with `changed` what the last scan moved."""
    every = map_lines(session, now, by=by)
    moved = [line for line in every if line.is_changed]
    lines = moved if changed else every
    shown = lines if whole or len(lines) <= ROWS_SHOWN else _folded(lines)
    return MapView(
        lines=shown,
        total=MapLine(_sum(every), Text("", "")),
        rows=len(every),
        changed=len(moved),
        last=_last_scan(session),
    )


def map_lines(session: Session, now: dt.datetime, *, by: Side) -> list[MapLine]:
    """Return every row of the map."""
    if by == "department":
        return [MapLine(row, Text(row.name, row.name)) for row in data_map(session, now)]
    if by == "place":
        return [MapLine(row, Text(row.name, row.name)) for row in places(cells(session))]
    names = {key: Text(*both) for key, both in CLASS_NAMES.items()}
    return [
        MapLine(row, next((name for key, name in names.items() if key == row.name), Text("", "")))
        for row in classes(cells(session))
    ]


def curves(session: Session, now: dt.datetime, department: str) -> list[Curve]:
    """Return the trend of the last days: grave places, and findings that were not put right."""
    today = now.astimezone(CITY_ZONE).date()
    since = today - dt.timedelta(days=TREND_DAYS - 1)
    days = trend(session, since=since, until=today, department=department)
    return [
        Curve(name="grave", values=[_grave(day) for day in days]),
        Curve(name="open", values=[day.open_findings for day in days]),
    ]


def _grave(day: TrendDay) -> int:
    return sum(amount for grade, amount in day.by_grade.items() if grade >= GRAVE)


def _folded(lines: Sequence[MapLine]) -> list[MapLine]:
    shown, rest = lines[: ROWS_SHOWN - 1], lines[ROWS_SHOWN - 1 :]
    return [*shown, MapLine(_sum(rest), Text("", ""), len(rest))]


def _sum(lines: Sequence[MapLine]) -> DepartmentRow:
    total = DepartmentRow(name="")
    for line in lines:
        row = line.row
        for grade, amount in row.by_grade.items():
            total.by_grade[grade] = total.by_grade.get(grade, 0) + amount
        for grade, amount in row.new_by_grade.items():
            total.new_by_grade[grade] = total.new_by_grade.get(grade, 0) + amount
        total.persons += row.persons
        total.marks += row.marks
        total.open_findings += line.open_findings
        total.new_findings += line.new_findings
    return total


def _last_scan(session: Session) -> LastScan | None:
    query = sa.select(ScanRun).where(ScanRun.state == "done").order_by(ScanRun.ended_at.desc())
    run = session.scalars(query.limit(1)).first()
    if run is None:
        return None
    return LastScan(
        run=run,
        unreadable=sum(count_of(run, key) for key in run.counts if key.startswith(READ_ERROR)),
        new_findings=count_of(run, "findings opened"),
    )
