"""Tables of what leaves after its change was committed."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonObject, Row


class OutboxMessage(Row):
    """A message to another part of the house, for example an alert's mirror."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_pending", "delivered_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    object_id: Mapped[str]
    payload: Mapped[JsonObject]
    created_at: Mapped[dt.datetime]
    delivered_at: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class Delivery(Row):
    """A message to one recipient by one channel, written with the change that it tells of.

    `state`: pending, delivered, digested (it left inside another one), dead, skipped (its channel
    is not set up, or a drill may not use it). A worker holds it while `lease_until` lies ahead.
    `id` is the idempotency key that the receiver sees.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("object_kind", "object_id", "recipient", "channel", "occasion"),
        Index("ix_delivery_due", "state", "next_try_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    drill_id: Mapped[str | None]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    occasion: Mapped[str]
    """Why it is sent: issue, remind_receipt, overdue ...; with the round where it can repeat."""
    recipient: Mapped[str]
    """Department or person by name."""
    channel: Mapped[str]
    """Name of a channel of the settings, or portal."""
    address: Mapped[str]
    """Where the channel sends it: mail address, phone number; empty where the channel knows."""
    payload: Mapped[JsonObject]
    """What the templates are filled from; never sensitive detail."""
    urgent: Mapped[bool]
    state: Mapped[str] = mapped_column(default="pending")
    digest_id: Mapped[str | None]
    """The delivery that carried it, if it was digested."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[dt.datetime]
    give_up_at: Mapped[dt.datetime]
    owner: Mapped[str | None]
    lease_until: Mapped[dt.datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime]
    delivered_at: Mapped[dt.datetime | None]
    dead_at: Mapped[dt.datetime | None]


class DeliveryAttempt(Row):
    """One try of a delivery: what came of it and how long it took. Never a secret."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (Index("ix_delivery_attempt", "delivery_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"))
    at: Mapped[dt.datetime]
    outcome: Mapped[str]
    """delivered, again, refused, limited."""
    status: Mapped[int | None]
    latency_ms: Mapped[int]
    error: Mapped[str] = mapped_column(default="")


class ChannelPace(Row):
    """The token bucket of a channel, shared by all workers."""

    __tablename__ = "channel_pace"

    channel: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    counted_at: Mapped[dt.datetime]
    blocked_until: Mapped[dt.datetime | None]
