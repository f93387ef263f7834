"""What every change of an incident has: a reason where one is due, and a line of the audit."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.text import typed
from situation.faults import Malformed
from situation.state.store import audit
from situation.state.tables import Incident


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
