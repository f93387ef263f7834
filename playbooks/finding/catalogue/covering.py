"""Which entry of a catalogue covers a resource: the most exact pattern that fits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.catalogue.label import is_intact
from playbooks.finding.catalogue.pattern import matches, weight
from situation.content.declared import Declared, Opening
from situation.content.grade import DataGrade
from situation.state.tables import CatalogueEntry


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The entries of a department that may cover resources of one target, the most exact first."""

    entries: tuple[tuple[str, Declared], ...] = ()

    def covering(self, path: str) -> Declared | None:
        """Return what is declared of a path; None where nothing covers it."""
        fitting = (declared for pattern, declared in self.entries if matches(pattern, path))
        return next(fitting, None)


def declarations(
    session: Session, department: str, target: str, *, key: bytes | None = None
) -> Callable[[str], Declared | None]:
    """Return what answers for each path of a target from memory; the most exact pattern wins.

    `key` is the tool's; with it each entry says whether its label fits.
    """
    return open_catalogue(session, department, target, key=key).covering


def open_catalogue(
    session: Session, department: str, target: str, *, key: bytes | None = None
) -> Catalogue:
    """Read the entries of a department for a target."""
    mine = sa.select(CatalogueEntry).where(
        CatalogueEntry.department == department, CatalogueEntry.target.in_(("", target))
    )
    rows = sorted(
        session.scalars(mine),
        key=lambda row: (bool(row.target), weight(row.pattern), row.dataset),
        reverse=True,
    )
    return Catalogue(tuple((row.pattern, _declared(row, key)) for row in rows))


def covering(
    session: Session, department: str, target: str, path: str, *, key: bytes | None = None
) -> Declared | None:
    """Return what is declared of one resource; for many, open the catalogue once."""
    return open_catalogue(session, department, target, key=key).covering(path)


def _declared(row: CatalogueEntry, key: bytes | None) -> Declared:
    return Declared(
        dataset=row.dataset,
        grade=DataGrade(row.grade),
        opening=cast("Opening", row.opening),
        registered=row.registered,
        system=row.system,
        approved=row.approved,
        open_export=row.open_export,
        expected=frozenset(map(str, row.expected)),
        population=row.population,
        label_valid=key is None or is_intact(row, key),
    )
