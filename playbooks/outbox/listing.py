"""What lies in the outbox, for the command line and the console."""

import urllib.parse
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Delivery, DeliveryAttempt

STATES = ("pending", "delivered", "digested", "dead", "skipped")


def deliveries(
    session: Session, *, state: str | None = None, limit: int = 100
) -> Sequence[Delivery]:
    """Return deliveries, the newest first; of one state, or of all."""
    rows = sa.select(Delivery).order_by(Delivery.created_at.desc(), Delivery.id).limit(limit)
    return session.scalars(rows if state is None else rows.where(Delivery.state == state)).all()


def attempts(session: Session, delivery_id: str) -> Sequence[DeliveryAttempt]:
    """Return the tries of a delivery, the first one first."""
    rows = sa.select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id)
    return session.scalars(rows.order_by(DeliveryAttempt.id)).all()


def counts(session: Session) -> dict[str, int]:
    """Return how many deliveries are in each state."""
    rows = sa.select(Delivery.state, sa.func.count()).group_by(Delivery.state)
    found: dict[str, int] = dict(session.execute(rows).all())
    return {state: found.get(state, 0) for state in STATES}


def shown_address(delivery: Delivery) -> str:
    """Return the address as people may see it: of a URL the host alone, its path is a key."""
    if "://" not in delivery.address:
        return delivery.address
    parts = urllib.parse.urlsplit(delivery.address)
    return f"{parts.scheme}://{parts.hostname or ''}/…"
