"""Suppressions on the desk: begun with their reason and their end, and taken back.

An alert that comes while one holds is hidden; nothing that stood there before is. Where one ends,
what it hid is open again, unless another one holds for it.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.person import Person
from situation.assets import UNKNOWN
from situation.mirror import TOPIC
from situation.state.store import audit, send
from situation.state.tables import Alert, Suppression
from situation.suppression import SUPPRESSED, hidden, hides, in_force

LOOK_BACK = dt.timedelta(days=30)
"""How far back a person is shown what a suppression would have hidden."""

OPEN = "open"
_GRAVE = 3


@dataclass(frozen=True, slots=True)
class WouldHide:
    """What a suppression would have hidden: alerts, of how many, and those of the gravest kind."""

    alerts: int
    of: int
    grave: int
    """Alerts of severity 3 and more among them."""
    departments: tuple[str, ...]
    """Departments that they belong to."""


def would_hide(
    session: Session, *, detector: str, host: str, drill_id: str | None, now: dt.datetime
) -> WouldHide:
    """Return what it would have hidden of the alerts that came within `LOOK_BACK`."""
    fits, count = hidden(detector, host), sa.func.count()
    recent = sa.and_(_of_drill(drill_id), Alert.created_at >= now - LOOK_BACK)
    counted = sa.select(count, count.filter(fits), count.filter(fits, Alert.severity >= _GRAVE))
    of, alerts, grave = session.execute(counted.where(recent)).one()
    whose = sa.select(Alert.department).where(recent, fits, Alert.department != UNKNOWN).distinct()
    departments = session.scalars(whose.order_by(Alert.department)) if alerts else ()
    return WouldHide(alerts=alerts, of=of, grave=grave, departments=tuple(departments))


def begin_suppression(session: Session, row: Suppression, *, by: Person) -> Suppression:
    """Let a suppression hold from its `since`; one that is there already is returned as it is."""
    there = session.get(Suppression, row.id)
    if there is not None:
        return there
    session.add(row)
    session.flush()
    said = {
        "host": row.host,
        "detector": row.detector,
        "until": row.until.isoformat(),
        "reason": row.reason,
    }
    _note(session, row, "suppression.begin", by=by, now=row.since, **said)
    return row


def end_suppression(session: Session, suppression_id: str, *, by: Person, now: dt.datetime) -> int:
    """End a suppression and open what it hid; return how many alerts. Harmless to repeat."""
    row = session.get(Suppression, suppression_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        return 0
    row.ended_at, row.ended_by = now, by.name
    session.flush()
    others = in_force(session, row.drill_id, now)
    opened = 0
    for alert in _hidden_by(session, row):
        other = next((one for one in others if hides(one, alert)), None)
        if other is not None:
            alert.suppression_id = other.id
            continue
        alert.status, alert.suppression_id, alert.updated_at = OPEN, None, now
        audit(
            session,
            now,
            by.name,
            "alert.surface",
            kind="alert",
            object_id=alert.id,
            suppression=row.id,
        )
        send(session, now, TOPIC, alert.id, {})
        opened += 1
    _note(session, row, "suppression.end", by=by, now=now, opened=opened)
    return opened


def _hidden_by(session: Session, row: Suppression) -> list[Alert]:
    mine = sa.and_(Alert.suppression_id == row.id, Alert.status == SUPPRESSED)
    return list(session.scalars(sa.select(Alert).where(mine).order_by(Alert.id)))


def _of_drill(drill_id: str | None) -> sa.ColumnElement[bool]:
    return Alert.drill_id.is_(None) if drill_id is None else Alert.drill_id == drill_id


def _note(
    session: Session,
    row: Suppression,
    action: str,
    *,
    by: Person,
    now: dt.datetime,
    **detail: object,
) -> None:
    said = {"role": by.role, "run": row.run_id, "owner": row.owner, **detail}
    audit(session, now, by.name, action, kind="suppression", object_id=row.id, **said)
