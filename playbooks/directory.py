"""The directory: departments and the people who are told, from a CSV or from the asset table.

Nothing is ever removed by an import; what a file does not name is only told.
"""

import datetime as dt
import pathlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.person import SYSTEM, Person
from playbooks.roster import Entry, Fault, read_roster
from situation.assets import UNKNOWN, Asset, Assets
from situation.state.store import audit
from situation.state.tables import Contact, Department

_PHONE = re.compile(r"^(?P<name>.*?)\s*(?P<phone>\+?[0-9][0-9 -]{4,})$")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. Names are `department` or `department/name/role`.

    `absent` is in the database but not in the file; it stays.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    faults: tuple[Fault, ...]
    absent: tuple[str, ...]


def department_of(session: Session, name: str) -> Department | None:
    """Return the department of that full name."""
    return session.get(Department, name)


def contacts_of(session: Session, department: str, roles: Sequence[str]) -> list[Contact]:
    """Return the contacts of a department in the order of `roles`, then by name."""
    found = sa.select(Contact).where(Contact.department == department, Contact.role.in_(roles))
    return sorted(session.scalars(found), key=lambda one: (roles.index(one.role), one.name))


def desk_contacts(session: Session) -> list[Contact]:
    """Return the contacts of the city's own duty desk, by name."""
    found = sa.select(Contact).where(Contact.role == "desk")
    return list(session.scalars(found.order_by(Contact.name, Contact.department)))


def import_directory(
    session: Session,
    source: pathlib.Path | bytes | str,
    *,
    channels: Collection[str] = (),
    by: Person,
    now: dt.datetime,
) -> ImportReport:
    """Take the good rows of a CSV file or of its content; the same file again changes nothing.

    `channels` are the names of the settings' channels: each may be a column with addresses.
    Raise `Malformed` where the whole is no such file, `Unavailable` where it cannot be read.
    """
    entries, faults = read_roster(source, channels)
    ledger = _Ledger(session, now)
    for entry in entries:
        ledger.take_department(entry.department, entry.unit)
    session.flush()
    for entry in entries:
        if entry.name:
            ledger.take_contact(entry)
    report = ImportReport(
        added=tuple(ledger.added),
        changed=tuple(ledger.changed),
        unchanged=ledger.unchanged,
        faults=tuple(faults),
        absent=_absent(session, ledger.seen),
    )
    if ledger.added or ledger.changed:
        _note(session, ledger, by, "directory.import", now)
    return report


def departments_from_assets(session: Session, assets: Assets, now: dt.datetime) -> int:
    """Add the departments that the asset table names and the directory lacks; return how many.

    The table's contact becomes the liaison of a department that is added.
    """
    ledger = _Ledger(session, now)
    known = set(session.scalars(sa.select(Department.name)))
    new = {row.department: row for row in reversed(assets.rows)}
    chosen = [row for name, row in sorted(new.items()) if name not in known | {UNKNOWN}]
    for asset in chosen:
        district = "" if asset.district == UNKNOWN else asset.district
        ledger.take_department(asset.department, {"district": district})
    session.flush()
    for asset in chosen:
        ledger.take_contact(_liaison(asset))
    if chosen:
        _note(session, ledger, SYSTEM, "directory.assets", now)
    return len(chosen)


def _liaison(asset: Asset) -> Entry:
    said = "" if asset.contact == UNKNOWN else asset.contact
    parts = _PHONE.match(said)
    name = (parts["name"] if parts else said) or asset.department
    unit = {"phone": parts["phone"] if parts else ""}
    return Entry(0, asset.department, {}, name, "liaison", unit, {})


class _Ledger:
    """Takes departments and contacts into the database and keeps account of it."""

    def __init__(self, session: Session, now: dt.datetime) -> None:
        self._session = session
        self._now = now
        self.added: list[str] = []
        self.changed: list[str] = []
        self.unchanged = 0
        self.seen: set[str] = set()

    def take_department(self, name: str, unit: Mapping[str, str]) -> None:
        """Add or change a department; what `unit` leaves empty stays as it is."""
        row = self._session.get(Department, name)
        is_new = row is None
        if row is None:
            row = Department(name=name, updated_at=self._now)
            self._session.add(row)
        self._count(name, row, {key: text for key, text in unit.items() if text}, is_new=is_new)

    def take_contact(self, entry: Entry) -> None:
        """Add or change a contact; what the entry leaves empty stays as it is."""
        row = self._session.scalar(
            sa.select(Contact).where(
                Contact.department == entry.department,
                Contact.name == entry.name,
                Contact.role == entry.role,
            )
        )
        is_new = row is None
        if row is None:
            key = {"department": entry.department, "name": entry.name, "role": entry.role}
            row = Contact(**key, addresses={}, updated_at=self._now)
            self._session.add(row)
        values: dict[str, object] = {key: text for key, text in entry.person.items() if text}
        values["addresses"] = {**row.addresses, **entry.addresses}
        self._count(name_of(row), row, values, is_new=is_new)

    def _count(
        self, name: str, row: Department | Contact, values: Mapping[str, object], *, is_new: bool
    ) -> None:
        # A department stands in many rows of a file; it is told of once.
        differing = {key: value for key, value in values.items() if getattr(row, key) != value}
        for key, value in differing.items():
            setattr(row, key, value)
        if differing:
            row.updated_at = self._now
        if is_new:
            self.added.append(name)
        elif differing and name not in (*self.added, *self.changed):
            self.changed.append(name)
        elif name not in self.seen:
            self.unchanged += 1
        self.seen.add(name)


def name_of(contact: Contact) -> str:
    """Return how a report names a contact."""
    return f"{contact.department}/{contact.name}/{contact.role}"


def _absent(session: Session, seen: Iterable[str]) -> tuple[str, ...]:
    rows = session.scalars(sa.select(Contact).order_by(Contact.department, Contact.id))
    names = [*session.scalars(sa.select(Department.name).order_by(Department.name))]
    return tuple(one for one in (*names, *map(name_of, rows)) if one not in set(seen))


def _note(session: Session, ledger: _Ledger, by: Person, action: str, now: dt.datetime) -> None:
    said = {"added": ledger.added, "changed": ledger.changed}
    audit(session, now, by.name, action, kind="directory", object_id="directory", **said)
