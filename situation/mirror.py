"""The mirror: alerts that changed on the desk, written beside the flows through the outbox.

The EventStore only appends, so each state of an alert is a document of its own, identified by
the alert's id and version; a repeat after a crash meets its first copy.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from situation.clock import Clock
from situation.events.dataset import ALERT, dataset_of
from situation.events.store import Batch, EventStore
from situation.fields import REST, frame_schema
from situation.state.store import StateStore
from situation.state.tables import Alert, OutboxMessage

TOPIC = "alert"
BATCH_SIZE = 500

_COLUMNS = (
    "@timestamp", "event.id", "event.kind", "event.dataset", "event.start", "event.end",
    "event.severity", "message", "rule.name", "rule.version", "threat.technique.id",
    "citywatch.alert.score", "citywatch.alert.subject", "citywatch.incident.id", "source.ip",
    "destination.ip", "citywatch.destination.asset", "citywatch.destination.department",
    "citywatch.drill.id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a run of the mirror did."""

    written: int
    rejected: int


def mirror_alerts(state: StateStore, events: EventStore, clock: Clock) -> Mirrored:
    """Write all waiting alerts into the EventStore; raise `Unavailable` when it is away.

    What could not be written stays in the outbox and is tried again by the next run.
    """
    written = rejected = 0
    while True:
        with state.reading() as session:
            messages = _waiting(session)
            alerts = _alerts(session, messages)
        if not messages:
            return Mirrored(written, rejected)
        for drill_id in sorted({alert.drill_id or "" for alert in alerts}):
            mine = [alert for alert in alerts if (alert.drill_id or "") == drill_id]
            name = f"outbox-{messages[0].id}-{messages[-1].id}"
            result = events.write(Batch(dataset_of(ALERT, drill_id or None), name, _frame(mine)))
            written += result.acked
            rejected += len(result.rejected)
        _mark_delivered(state, messages, clock.now())


def _waiting(session: Session) -> Sequence[OutboxMessage]:
    waiting = (
        select(OutboxMessage)
        .where(OutboxMessage.topic == TOPIC, OutboxMessage.delivered_at.is_(None))
        .order_by(OutboxMessage.id)
        .limit(BATCH_SIZE)
    )
    return session.scalars(waiting).all()


def _alerts(session: Session, messages: Sequence[OutboxMessage]) -> Sequence[Alert]:
    ids = {message.object_id for message in messages}
    return session.scalars(select(Alert).where(Alert.id.in_(ids)).order_by(Alert.id)).all()


def _mark_delivered(state: StateStore, messages: Sequence[OutboxMessage], at: dt.datetime) -> None:
    with state.transaction() as session:
        for message in messages:
            row = session.get_one(OutboxMessage, message.id)
            row.delivered_at = at
            row.attempts += 1


def _frame(alerts: Sequence[Alert]) -> pl.DataFrame:
    schema = {**frame_schema(_COLUMNS), REST: pl.String()}
    return pl.DataFrame([_row(alert) for alert in alerts], schema=schema, orient="row")


def _row(alert: Alert) -> tuple[object, ...]:
    rest = {"citywatch.alert.reasons": alert.reasons, "citywatch.alert.status": alert.status}
    return (
        alert.first_seen,
        f"{alert.id}-{alert.version}",
        "alert",
        dataset_of(ALERT, alert.drill_id),
        alert.window_start,
        alert.window_end,
        alert.severity,
        f"{alert.sentence_zh} / {alert.sentence_en}",
        alert.detector,
        str(alert.detector_version),
        alert.technique,
        alert.score,
        alert.subject,
        alert.incident_id,
        alert.source_ip,
        alert.destination_ip,
        alert.asset,
        alert.department,
        alert.drill_id,
        json.dumps(rest, ensure_ascii=False),
    )
