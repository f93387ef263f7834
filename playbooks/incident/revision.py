"""What every change of an incident has: the row as its reader saw it, and a line of the audit."""

import datetime as dt
from typing import TypeVar

from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.text import typed
from situation.faults import Conflict, Malformed
from situation.state.store import audit
from situation.state.tables import GradeChange, Incident, Report, RunningClock, Task

Kept = TypeVar("Kept", Incident, Report, RunningClock, Task, GradeChange)


def found(session: Session, kind: type[Kept], key: str | int) -> Kept:
    """Return a row by its key; raise `Conflict` if there is none."""
    row = session.get(kind, key)
    if row is None:
        raise Conflict(f"there is no such {kind.__tablename__}", where=str(key))
    return row


def as_seen(session: Session, kind: type[Kept], key: str | int, expected_version: int) -> Kept:
    """Return a row that nobody changed since `expected_version`.

    Raise `Refusal` with code `stale` if somebody did, `Conflict` if there is none.
    """
    row = found(session, kind, key)
    if row.version != expected_version:
        raise Refusal("stale", "somebody else changed it meanwhile", where=str(key))
    return row


def the_incident(session: Session, incident_id: str) -> Incident:
    """Return an incident that a form names; raise `Malformed` if there is none."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise Malformed("there is no such incident", where="incident_id")
    return incident


def given(reason: str, *, at_least: int = 1, where: str) -> str:
    """Return a reason without blanks around it; raise `Refusal` with code `reason` if short.

    Raise `Malformed` where `playbooks.text.typed` does.
    """
    plain = typed(reason, "reason")
    if len(plain) < at_least:
        raise Refusal("reason", f"a reason of at least {at_least} characters is due", where=where)
    return plain


def note(
    session: Session,
    incident: Incident,
    action: str,
    *,
    by: Person,
    now: dt.datetime,
    **detail: object,
) -> None:
    """Write the audit line of a change of an incident, with the role of who made it."""
    said = {"role": by.role, **detail}
    audit(session, now, by.name, action, kind="incident", object_id=incident.id, **said)
