"""Declaring data sets and withdrawing them; in the caller's transaction, with an audit line."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import get_args

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.directory import department_of
from playbooks.finding.catalogue.label import label_of
from playbooks.finding.guard import of_city, reason_of
from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.revision import as_seen
from playbooks.text import typed
from situation.content.declared import Opening
from situation.content.grade import DataGrade
from situation.content.kind import KINDS
from situation.faults import Malformed
from situation.state.store import audit
from situation.state.tables import CatalogueEntry

OBJECT = "catalogue_entry"
"""Kind of object in the audit."""

OWN_KIND = "own:"
"""How the key of a kind begins that is the city's own pattern."""

_LONGEST = {"department": 200, "dataset": 200, "target": 100, "pattern": 1000}
_LONGEST_OTHER = 200
_REQUIRED = ("department", "dataset", "pattern")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is declared; fields as in `situation.content.declared.Declared`.

    `pattern` is a path with * and **, or the name of a table; `target` empty is any of the
    department.
    """

    department: str
    dataset: str
    grade: int
    pattern: str = "**"
    target: str = ""
    opening: str = ""
    registered: bool = False
    system: str = ""
    approved: str = ""
    open_export: bool = False
    expected: tuple[str, ...] = ()
    population: int | None = None


def declare(
    session: Session,
    given: Entry,
    *,
    key: bytes,
    by: Person,
    now: dt.datetime,
    expected_version: int | None = None,
) -> CatalogueEntry:
    """Declare a data set of a department, or change what is declared of it.

    `key` is the tool's, for the label. Raise `Malformed` with the field that is wrong, `Refusal`
    with code `stale` where it changed since `expected_version`, or is there already though no
    version was seen.
    """
    of_city(by, given.dataset)
    checked = _checked(session, given)
    row = _row(session, checked, expected_version)
    before = {name: getattr(row, name) for name in checked} if row.id else {}
    for name, value in checked.items():
        if before.get(name, _NOTHING) != value:
            setattr(row, name, value)
    row.declared_by, row.declared_at = by.name, now
    row.label = label_of(row, key)
    session.add(row)
    session.flush()
    changed = sorted(name for name, value in checked.items() if before.get(name) != value)
    _note(session, row, "declare", by, now, grade=row.grade, changed=changed)
    return row


def withdraw(
    session: Session,
    entry_id: int,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> None:
    """Take an entry out of the catalogue; raise `Conflict` if there is none."""
    of_city(by, str(entry_id))
    row = as_seen(session, CatalogueEntry, entry_id, expected_version)
    _note(session, row, "withdraw", by, now, reason=reason_of(reason, row.dataset))
    session.delete(row)


def found(session: Session, department: str, dataset: str) -> CatalogueEntry | None:
    """Return the entry of a data set, None where it is not declared."""
    wanted = sa.select(CatalogueEntry).where(
        CatalogueEntry.department == department, CatalogueEntry.dataset == dataset
    )
    return session.scalars(wanted).one_or_none()


_NOTHING = object()


def _row(
    session: Session, checked: dict[str, object], expected_version: int | None
) -> CatalogueEntry:
    there = found(session, str(checked["department"]), str(checked["dataset"]))
    if there is None:
        return CatalogueEntry()
    if there.version != expected_version:
        raise Refusal("stale", "it is declared already, or was changed", where=there.dataset)
    return as_seen(session, CatalogueEntry, there.id, expected_version)


def _checked(session: Session, given: Entry) -> dict[str, object]:
    said: dict[str, object] = {
        field.name: _plain(field.name, getattr(given, field.name)) for field in fields(given)
    }
    missing = next((name for name in _REQUIRED if not said[name]), None)
    if missing is not None:
        raise Malformed("is missing", where=missing)
    if given.grade not in set(DataGrade) - {DataGrade.NONE}:
        raise Malformed("is no grade from 1 to 6", where="grade")
    if given.opening not in get_args(Opening):
        raise Malformed(f"is none of {', '.join(get_args(Opening)[1:])}", where="opening")
    unknown = [key for key in given.expected if key not in KINDS and not key.startswith(OWN_KIND)]
    if unknown:
        raise Malformed(f"no such kind: {', '.join(unknown)}", where="expected")
    if given.population is not None and given.population < 1:
        raise Malformed("is no number of people", where="population")
    if department_of(session, str(said["department"])) is None:
        raise Malformed("there is no such department", where="department")
    return said


def _plain(name: str, value: object) -> object:
    if isinstance(value, str):
        return typed(value, name, longest=_LONGEST.get(name, _LONGEST_OTHER))
    return list(value) if isinstance(value, tuple) else value


def _note(
    session: Session,
    row: CatalogueEntry,
    act: str,
    by: Person,
    now: dt.datetime,
    **detail: object,
) -> None:
    audit(
        session,
        now,
        by.name,
        f"catalogue.{act}",
        kind=OBJECT,
        object_id=str(row.id),
        department=row.department,
        dataset=row.dataset,
        **detail,
    )
