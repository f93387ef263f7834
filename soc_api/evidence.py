"""Evidence that is kept: the first packets behind each alert, as a small capture with its hash."""

import datetime as dt
import hashlib
import pathlib
from collections.abc import Sequence

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from sensors.slicing import WANTED_SCHEMA, slice_packets
from situation.events.dataset import FINDING, LOG, dataset_of
from situation.events.filter import In
from situation.events.store import EventStore, Query
from situation.state.store import StateStore, audit
from situation.state.tables import Alert, PacketSlice

ACTOR = "replay"
DAY = dt.timedelta(days=1)
_EVENT_COLUMNS = ("@timestamp", "event.end", *list(WANTED_SCHEMA)[1:6])


def keep_slices(
    state: StateStore,
    events: EventStore,
    files: Sequence[pathlib.Path],
    now: dt.datetime,
    *,
    drill_id: str | None,
    alert_ids: Sequence[str] | None = None,
    actor: str = ACTOR,
) -> int:
    """Keep a slice for each alert that has none and whose packets lie in `files`; return how many.

    A slice holds the first packets of the alert's evidence. It never changes once it is kept.
    `alert_ids` are those that are wanted, None for all. Raise `Conflict` if somebody else kept
    one meanwhile.
    """
    with state.reading() as session:
        alerts = _without_slice(session, drill_id, alert_ids)
    if not alerts:
        return 0
    wanted = pl.concat([pl.DataFrame(schema=WANTED_SCHEMA), *(_wanted(events, a) for a in alerts)])
    found = slice_packets(files, wanted)
    with state.transaction() as session:
        for alert_id, (packets, content) in found.items():
            digest = hashlib.sha256(content).hexdigest()
            row = PacketSlice(
                alert_id=alert_id,
                sha256=digest,
                packets=packets,
                content=content,
                created_at=now,
            )
            session.add(row)
            audit(
                session,
                now,
                actor,
                "alert.slice",
                kind="alert",
                object_id=alert_id,
                sha256=digest,
                packets=packets,
            )
    return len(found)


def kept_slice(session: Session, alert_id: str) -> PacketSlice | None:
    """Return the packets that are kept of an alert's evidence; None if none are."""
    return session.get(PacketSlice, alert_id)


def _without_slice(
    session: Session, drill_id: str | None, alert_ids: Sequence[str] | None
) -> Sequence[Alert]:
    mine = Alert.drill_id.is_(None) if drill_id is None else Alert.drill_id == drill_id
    # What a log or a scan of data tells has no packets.
    metered = Alert.evidence_dataset.not_in((LOG, FINDING))
    missing = PacketSlice.alert_id.is_(None)
    chosen = select(Alert).outerjoin(PacketSlice).where(mine, missing, metered)
    if alert_ids is not None:
        chosen = chosen.where(Alert.id.in_(alert_ids))
    return session.scalars(chosen.order_by(Alert.id)).all()


def _wanted(events: EventStore, alert: Alert) -> pl.DataFrame:
    """Return what the alert's evidence needs of the capture, one row an event."""
    query = Query(
        dataset_of(alert.evidence_dataset, alert.drill_id),
        min(alert.window_start, alert.first_seen) - DAY,
        max(alert.window_end, alert.last_seen) + DAY,
        where=In("event.id", tuple(str(event_id) for event_id in alert.evidence)),
    )
    found = list(events.scan(query, _EVENT_COLUMNS))
    if not found:
        return pl.DataFrame(schema=WANTED_SCHEMA)
    return (
        pl.concat(found)
        .with_columns(
            pl.lit(alert.id).alias("slice"),
            pl.col("@timestamp").alias("since"),
            pl.coalesce("event.end", "@timestamp").alias("until"),
        )
        .select(pl.col(name).cast(kind) for name, kind in WANTED_SCHEMA.items())
    )
