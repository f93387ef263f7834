"""Recording: what came of a try becomes the delivery's state, in one transaction."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.incident.tasks import finish_task, open_task, task_id_of
from playbooks.outbox.claim import BATCH, is_free
from playbooks.outbox.outcome import Outcome
from playbooks.outbox.retry import next_try
from playbooks.person import SYSTEM
from situation.state.store import audit
from situation.state.tables import ChannelPace, Contact, Delivery, DeliveryAttempt, Task

TASK_KIND = "deliver_failed"
"""Kind of the task that a dead letter opens."""

_GAVE_UP = "the time for it ran out"
_ANSWER_BY = dt.timedelta(hours=1)
_SHORTEST_REST = 5.0


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a delivery: which bucket it drew from, what came of it, how long it took."""

    delivery_id: str
    bucket: str
    outcome: Outcome
    latency_ms: int


def record(session: Session, tried: Try, owner: str, now: dt.datetime) -> str:
    """Write down a try; return the state of the delivery after it.

    A worker whose lease went to another one still tells of a success, but of nothing else.
    """
    delivery = session.get_one(Delivery, tried.delivery_id, with_for_update=True)
    outcome = tried.outcome
    session.add(
        DeliveryAttempt(
            delivery_id=delivery.id,
            at=now,
            outcome="refused" if outcome.kind == "gone" else outcome.kind,
            status=outcome.status,
            latency_ms=tried.latency_ms,
            error=outcome.error,
        )
    )
    if delivery.state != "pending" or (outcome.kind != "delivered" and delivery.owner != owner):
        return delivery.state
    delivery.lease_until = None
    _apply(session, delivery, tried, now)
    return delivery.state


def _apply(session: Session, delivery: Delivery, tried: Try, now: dt.datetime) -> None:
    outcome = tried.outcome
    if outcome.kind == "limited":
        _rest(session, delivery, tried, now)
        return
    delivery.attempts += 1
    delivery.last_error = outcome.error
    if outcome.kind == "delivered":
        _arrive(session, delivery, now)
    elif outcome.kind == "again":
        due = next_try(delivery.id, delivery.attempts, now, outcome.wait_seconds)
        delivery.next_try_at = due
    else:
        bury(session, delivery, outcome.error, now)
    if outcome.kind == "gone":
        _retire(session, delivery, now)


def give_up(session: Session, owner: str, now: dt.datetime) -> int:
    """Make dead letters of what may no longer be sent; return how many."""
    late = sa.select(Delivery).where(
        Delivery.state == "pending",
        Delivery.digest_id.is_(None),
        Delivery.give_up_at <= now,
        is_free(owner, now),
    )
    found = session.scalars(late.limit(BATCH).with_for_update(skip_locked=True)).all()
    for delivery in found:
        bury(session, delivery, delivery.last_error or _GAVE_UP, now)
    return len(found)


def bury(session: Session, delivery: Delivery, error: str, now: dt.datetime) -> None:
    """Make a dead letter of a delivery and of what travels inside it; a person takes over."""
    for one in (delivery, *_inside(session, delivery)):
        one.state, one.dead_at, one.last_error, one.lease_until = "dead", now, error, None
        _note(session, one, "delivery.dead", now, error=error)
        number = str(one.payload.get("number", ""))
        open_task(
            session,
            kind=TASK_KIND,
            object_kind=one.object_kind,
            object_id=one.object_id,
            key=one.id,
            title_zh=f"{number} 未能送达{one.recipient}（{one.channel}），请改用其他方式告知",
            title_en=f"{number} did not reach {one.recipient} by {one.channel}; tell them",
            due_at=now + _ANSWER_BY,
            drill_id=one.drill_id,
            now=now,
        )


def _arrive(session: Session, delivery: Delivery, now: dt.datetime) -> None:
    for one in (delivery, *_inside(session, delivery)):
        one.state = "delivered" if one is delivery else "digested"
        one.delivered_at, one.lease_until = now, None
        _note(session, one, "delivery.deliver", now)
        task = session.get(Task, task_id_of(TASK_KIND, one.object_kind, one.object_id, one.id))
        if task is not None and task.state == "open":
            finish_task(session, task.id, by=SYSTEM, now=now)


def _rest(session: Session, delivery: Delivery, tried: Try, now: dt.datetime) -> None:
    # It was surely not taken, so it counts as never sent and may still join a digest.
    until = now + dt.timedelta(seconds=max(tried.outcome.wait_seconds, _SHORTEST_REST))
    delivery.owner, delivery.next_try_at = None, until
    delivery.last_error = tried.outcome.error
    row = session.get(ChannelPace, tried.bucket, with_for_update=True)
    if row is not None:
        row.blocked_until, row.tokens, row.counted_at = until, 0.0, until


def _retire(session: Session, delivery: Delivery, now: dt.datetime) -> None:
    """Take an address that is no more from the directory, and bury what waits for it."""
    if not delivery.address or delivery.drill_id is not None:
        return
    waiting = sa.select(Delivery).where(
        Delivery.state == "pending",
        Delivery.digest_id.is_(None),
        Delivery.channel == delivery.channel,
        Delivery.address == delivery.address,
    )
    for one in session.scalars(waiting):
        bury(session, one, "gone", now)
    for contact in session.scalars(sa.select(Contact)):
        if contact.addresses.get(delivery.channel) == delivery.address:
            kept = {k: v for k, v in contact.addresses.items() if k != delivery.channel}
            contact.addresses, contact.updated_at = kept, now
            said = {"department": contact.department, "name": contact.name}
            _note(session, delivery, "contact.retire", now, **said)


def _inside(session: Session, delivery: Delivery) -> Iterable[Delivery]:
    inside = sa.select(Delivery).where(
        Delivery.digest_id == delivery.id, Delivery.state == "pending"
    )
    return session.scalars(inside.order_by(Delivery.created_at, Delivery.id)).all()


def _note(
    session: Session, delivery: Delivery, action: str, now: dt.datetime, **said: object
) -> None:
    audit(
        session,
        now,
        SYSTEM.name,
        action,
        kind=delivery.object_kind,
        object_id=delivery.object_id,
        delivery=delivery.id,
        recipient=delivery.recipient,
        channel=delivery.channel,
        **said,
    )
