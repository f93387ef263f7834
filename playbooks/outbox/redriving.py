"""Re-driving: dead letters are sent again when a person says so."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.person import Person
from situation.faults import Conflict
from situation.state.store import audit
from situation.state.tables import Delivery

TIME = dt.timedelta(days=1)
"""How long a delivery is tried from now on, at least."""

_STATES = ("dead", "skipped")


def redrive(
    session: Session, delivery_ids: Sequence[str], *, by: Person, now: dt.datetime
) -> list[Delivery]:
    """Put dead or skipped deliveries back among the pending ones; their attempts stay counted.

    They keep their id, so a receiver that has one knows it. Raise `Conflict` where one of them is
    neither dead nor skipped, or not there.
    """
    rows = sa.select(Delivery).where(Delivery.id.in_(delivery_ids)).with_for_update()
    found = {row.id: row for row in session.scalars(rows)}
    wrong = [one for one in delivery_ids if one not in found or found[one].state not in _STATES]
    if wrong:
        raise Conflict("only what is dead or skipped can be sent again", where=", ".join(wrong))
    for row in found.values():
        before, row.state = row.state, "pending"
        row.next_try_at, row.give_up_at = now, max(row.give_up_at, now + TIME)
        row.dead_at = row.digest_id = None
        audit(
            session,
            now,
            by.name,
            "delivery.redrive",
            kind=row.object_kind,
            object_id=row.object_id,
            delivery=row.id,
            recipient=row.recipient,
            channel=row.channel,
            before=before,
        )
    return [found[one] for one in dict.fromkeys(delivery_ids)]
