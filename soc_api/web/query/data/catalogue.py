"""The catalogue: what departments declare, against what the scan found there."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.catalogue.label import is_intact
from playbooks.finding.catalogue.pattern import matches, weight
from situation.state.tables import CatalogueEntry, ScannedResource
from soc_api.web.query.incident.grade import names_of

PAGE_ROWS = 50
MOST_PLACES = 1000
"""Places that are looked at for one entry, the gravest first; beyond it a page says `1,000+`."""
UNDECLARED_FROM = 3
"""Grade from which a place that nobody declared is worth a word (general 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """An entry with what was found where it says. `intact`: its label fits what it says."""

    row: CatalogueEntry
    by: str
    places: int
    found_grade: int
    intact: bool

    @property
    def capped(self) -> bool:
        """Whether there are more places than were looked at."""
        return self.places >= MOST_PLACES

    @property
    def is_low(self) -> bool:
        """Whether more was found than is declared."""
        return self.found_grade > self.row.grade


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePage:
    """One page of the catalogue; pages count from 1. `undeclared` are places by department."""

    lines: list[EntryLine]
    total: int
    page: int
    undeclared: list[tuple[str, int]]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_ROWS))

    @property
    def first(self) -> int:
        """Number of the first row of the page."""
        return (self.page - 1) * PAGE_ROWS + 1


def catalogue_page(
    session: Session, *, department: str, key: bytes | None, page: int
) -> CataloguePage:
    """Return page number `page` of the catalogue, of one department or of all.

    `key` is the tool's, to see whether labels are intact; None where it is not there yet.
    """
    mine = [CatalogueEntry.department == department] if department else []
    counted = sa.select(sa.func.count()).select_from(CatalogueEntry).where(*mine)
    total = session.scalar(counted) or 0
    page = max(1, min(page, -(-total // PAGE_ROWS)))
    query = (
        sa.select(CatalogueEntry)
        .where(*mine)
        .order_by(CatalogueEntry.department, CatalogueEntry.dataset)
        .offset((page - 1) * PAGE_ROWS)
        .limit(PAGE_ROWS)
    )
    rows = list(session.scalars(query))
    people = names_of(session, {row.declared_by for row in rows})
    return CataloguePage(
        lines=[_line(session, row, people, key) for row in rows],
        total=total,
        page=page,
        undeclared=_undeclared(session, department),
    )


def _line(
    session: Session, row: CatalogueEntry, people: Mapping[str, str], key: bytes | None
) -> EntryLine:
    grades = _grades(session, row)
    return EntryLine(
        row=row,
        by=people[row.declared_by],
        places=len(grades),
        found_grade=max(grades, default=0),
        intact=key is None or not row.label or is_intact(row, key),
    )


def _grades(session: Session, row: CatalogueEntry) -> list[int]:
    """Return the grades of the places that an entry covers, the gravest first."""
    prefix = row.pattern[: weight(row.pattern)[0]].lstrip("/")
    begins = (ScannedResource.path.startswith(each, autoescape=True) for each in _either(prefix))
    query = (
        sa.select(ScannedResource.path, ScannedResource.grade)
        .where(
            ScannedResource.department == row.department,
            ScannedResource.gone_at.is_(None),
            sa.or_(*begins),
        )
        .order_by(ScannedResource.grade.desc())
        .limit(MOST_PLACES)
    )
    if row.target:
        query = query.where(ScannedResource.target == row.target)
    found = session.execute(query).all()
    return [grade for path, grade in found if matches(row.pattern, path)]


def _either(prefix: str) -> tuple[str, str]:
    """Return the beginning of a path without a leading slash, and with one: both are the same."""
    return prefix, f"/{prefix}"


def _undeclared(session: Session, department: str) -> list[tuple[str, int]]:
    amount = sa.func.count().label("amount")
    query = (
        sa.select(ScannedResource.department, amount)
        .where(
            ScannedResource.gone_at.is_(None),
            ScannedResource.grade >= UNDECLARED_FROM,
            ScannedResource.declared_grade.is_(None),
        )
        .group_by(ScannedResource.department)
        .order_by(amount.desc(), ScannedResource.department)
    )
    if department:
        query = query.where(ScannedResource.department == department)
    return [(name, number) for name, number in session.execute(query).all()]
