"""The data map: how much of which grade and class lies where, and with whom.

Persons are added up over resources: who stands in two of them counts twice.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.machine import UNSETTLED
from playbooks.finding.verdict import classes_of
from situation.state.tables import DataFinding, ScannedResource, ScanRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Resources that are alike in all that the map tells apart; `classes` are bits.

    `new` were first seen by the last run over their target; `marks` hold marks of secrecy.
    """

    department: str
    zone: str
    target: str
    grade: int
    classes: int
    resources: int
    persons: int
    marks: int
    new: int


@dataclass(slots=True, kw_only=True)
class MapRow:
    """Cells that have a department, a place or a class in common; counts by grade."""

    name: str
    zone: str = ""
    by_grade: dict[int, int] = field(default_factory=dict)
    new_by_grade: dict[int, int] = field(default_factory=dict)
    persons: int = 0
    marks: int = 0

    @property
    def resources(self) -> int:
        """How many resources it counts."""
        return sum(self.by_grade.values())

    @property
    def highest(self) -> int:
        """The gravest grade among them."""
        return max(self.by_grade, default=0)

    def add(self, cell: Cell) -> None:
        """Count a cell."""
        self.by_grade[cell.grade] = self.by_grade.get(cell.grade, 0) + cell.resources
        if cell.new:
            self.new_by_grade[cell.grade] = self.new_by_grade.get(cell.grade, 0) + cell.new
        self.persons += cell.persons
        self.marks += cell.marks


@dataclass(slots=True, kw_only=True)
class DepartmentRow(MapRow):
    """A department on the map, with its findings that are not put right."""

    open_findings: int = 0
    new_findings: int = 0
    overdue_findings: int = 0

    @property
    def department(self) -> str:
        """Its name."""
        return self.name


def cells(session: Session, *, department: str = "") -> list[Cell]:
    """Return the cells of the city, or of one department."""
    mine = [ScannedResource.department == department] if department else []
    last = _last_runs()
    is_new = sa.case((ScannedResource.first_seen_at >= last.c.since, 1), else_=0)
    keys = (
        ScannedResource.department,
        ScannedResource.zone,
        ScannedResource.target,
        ScannedResource.grade,
        ScannedResource.classes,
    )
    wanted = (
        sa.select(
            *keys,
            sa.func.count(),
            sa.func.sum(ScannedResource.persons),
            sa.func.sum(sa.case((ScannedResource.marks > 0, 1), else_=0)),
            sa.func.sum(is_new),
        )
        .outerjoin(last, last.c.target == ScannedResource.target)
        .where(ScannedResource.gone_at.is_(None), *mine)
        .group_by(*keys)
    )
    return [
        Cell(
            department=name,
            zone=zone,
            target=target,
            grade=grade,
            classes=bits,
            resources=number,
            persons=int(persons),
            marks=int(marks),
            new=int(new),
        )
        for name, zone, target, grade, bits, number, persons, marks, new in session.execute(wanted)
    ]


def data_map(session: Session, now: dt.datetime, *, department: str = "") -> list[DepartmentRow]:
    """Return the departments with what they hold and what is not put right, the gravest first."""
    rows: dict[str, DepartmentRow] = {}
    for cell in cells(session, department=department):
        rows.setdefault(cell.department, DepartmentRow(name=cell.department)).add(cell)
    for name, counts in _findings(session, department, now).items():
        row = rows.setdefault(name, DepartmentRow(name=name))
        row.open_findings, row.new_findings, row.overdue_findings = counts
    return sorted(rows.values(), key=lambda row: (-row.highest, -row.open_findings, row.name))


def places(found: Iterable[Cell]) -> list[MapRow]:
    """Return the targets with what lies there, the gravest first.

    Where nothing but marks of secrecy lies, the name of a target could be a path to one: such
    cells are left out.
    """
    shown = (cell for cell in found if cell.marks < cell.resources)
    return _grouped(shown, lambda cell: [(cell.target, cell.zone)])


def classes(found: Iterable[Cell]) -> list[MapRow]:
    """Return the classes of data with the resources that hold them.

    A resource of several classes counts for each.
    """
    return _grouped(found, lambda cell: [(name, "") for name in classes_of(cell.classes)])


def _grouped(
    found: Iterable[Cell], keys: Callable[[Cell], Sequence[tuple[str, str]]]
) -> list[MapRow]:
    rows: dict[tuple[str, str], MapRow] = {}
    for cell in found:
        for name, zone in keys(cell):
            rows.setdefault((name, zone), MapRow(name=name, zone=zone)).add(cell)
    return sorted(rows.values(), key=lambda row: (-row.highest, -row.resources, row.name))


def _last_runs() -> sa.Subquery:
    started = sa.select(ScanRun.target, sa.func.max(ScanRun.started_at).label("since"))
    whole = started.where(ScanRun.state == "done", ScanRun.started_at.is_not(None))
    return whole.group_by(ScanRun.target).subquery()


def _findings(
    session: Session, department: str, now: dt.datetime
) -> Mapping[str, tuple[int, int, int]]:
    mine = [DataFinding.department == department] if department else []
    last = _last_runs()
    is_new = sa.case((DataFinding.first_seen_at >= last.c.since, 1), else_=0)
    is_late = sa.case((DataFinding.due_at < now, 1), else_=0)
    wanted = (
        sa.select(
            DataFinding.department, sa.func.count(), sa.func.sum(is_new), sa.func.sum(is_late)
        )
        .outerjoin(last, last.c.target == DataFinding.target)
        .where(DataFinding.state.in_(UNSETTLED), *mine)
        .group_by(DataFinding.department)
    )
    return {name: (int(n), int(new), int(late)) for name, n, new, late in session.execute(wanted)}
