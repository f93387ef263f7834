"""Flows put together from their records: a record holds only what was added since the last."""

import polars as pl

FLOW_ID = "citywatch.flow.id"
OUT_PAYLOAD = "citywatch.flow.forward.payload_bytes"
IN_PAYLOAD = "citywatch.flow.backward.payload_bytes"
SYN = "citywatch.flow.forward.flags.syn"

SESSION_COLUMNS = (
    "@timestamp", "event.id", "event.start", "event.end", "source.ip", "destination.ip",
    "destination.port", "network.transport", FLOW_ID, "source.packets", "destination.packets",
    OUT_PAYLOAD, IN_PAYLOAD, SYN,
)  # fmt: skip
"""Columns that `merge` needs."""

_SUMMED = ("source.packets", "destination.packets", OUT_PAYLOAD, IN_PAYLOAD, SYN)


def merge(frame: pl.DataFrame, *more: str) -> pl.DataFrame:
    """Return one row a flow, ordered by start, then id.

    `event.start` is the first and `event.end` the last of its records, counts are summed,
    `event.id` is that of the first record, `seconds` the duration; of the columns `more` the
    first value is kept. A count that no record knows, as of an exporter that sees one direction,
    stays null: 0 would say that nobody answered.
    """
    kept = [name for name in _SUMMED if name in frame.columns]
    ordered = frame.unique("event.id").sort("event.start", "event.id")
    merged = ordered.group_by(FLOW_ID, maintain_order=True).agg(
        pl.col("@timestamp", "event.id").first(),
        pl.col("event.start").min(),
        pl.col("event.end").max(),
        pl.col("source.ip", "destination.ip", "destination.port", "network.transport").first(),
        pl.col(more).first(),
        *(_sum(name) for name in kept),
    )
    return merged.with_columns(
        ((pl.col("event.end") - pl.col("event.start")).dt.total_nanoseconds() / 1e9).alias(
            "seconds"
        )
    ).sort("event.start", FLOW_ID)


def _sum(name: str) -> pl.Expr:
    counts = pl.col(name)
    return pl.when(counts.count() > 0).then(counts.sum()).alias(name)
