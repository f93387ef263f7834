"""Suppressions: which alerts one hides, said alike for a row at hand and for the database."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Alert, Suppression

SUPPRESSED = "suppressed"
"""Status of an alert that a suppression hides."""


def in_force(session: Session, drill_id: str | None, now: dt.datetime) -> Sequence[Suppression]:
    """Return the suppressions of a drill, or of no drill, that hold `now`, the oldest first.

    They stay in force until the transaction ends, so that nothing is hidden by one that ended.
    """
    mine = Suppression.drill_id.is_(None) if drill_id is None else Suppression.drill_id == drill_id
    held = sa.and_(Suppression.since <= now, Suppression.until > now)
    wanted = sa.select(Suppression).where(mine, held, Suppression.ended_at.is_(None))
    in_order = wanted.order_by(Suppression.since, Suppression.id)
    return session.scalars(in_order.with_for_update(read=True)).all()


def hides(suppression: Suppression, alert: Alert) -> bool:
    """Tell whether an alert of the same drill, or of none, is of those that are hidden."""
    is_of_detector = suppression.detector in ("", alert.detector)
    return is_of_detector and suppression.host in (alert.host_ip, alert.source_ip)


def hidden(detector: str, host: str) -> sa.ColumnElement[bool]:
    """Return `hides` for the database; `detector` empty is any."""
    is_of_host = sa.or_(Alert.host_ip == host, Alert.source_ip == host)
    return sa.and_(is_of_host, Alert.detector == detector) if detector else is_of_host
