"""Who did it and to whom, as log events of many kinds tell it."""

import polars as pl

from detect.detector import Windows

END_COLUMNS = (
    "@timestamp", "event.id", "source.ip", "destination.ip", "host.ip", "host.name",
    "citywatch.log.peer",
)  # fmt: skip
"""Columns that `told` needs."""

_EVIDENCE = 50
_NAME_LENGTH = 253
"""RFC 1035, 2.3.4, without the dots at the ends."""


def told(frame: pl.DataFrame, windows: Windows) -> pl.DataFrame:
    """Return each event once, in order of time, with its source and its victim.

    Added are `window`, `victim` (an address, else the name of the host that wrote the log),
    `victim.ip` (null where no address is known) and `pair`. Events without a source are left out.
    """
    events = frame.filter(
        pl.col("source.ip").is_not_null(), pl.col("@timestamp").is_not_null()
    ).unique("event.id")
    address = pl.coalesce("destination.ip", "host.ip")
    named = events.with_columns(
        pl.coalesce(address, host_name(), "citywatch.log.peer", pl.lit("?")).alias("victim"),
        # A relay may stand before the host: its address is the last resort.
        pl.coalesce(address, "citywatch.log.peer").alias("victim.ip"),
        windows.of().alias("window"),
    )
    pair = pl.concat_str("source.ip", pl.lit(">"), "victim").alias("pair")
    return named.with_columns(pair).sort("@timestamp", "event.id")


def host_name() -> pl.Expr:
    """Return the name of the host that wrote an event, no longer than a host's may be."""
    return pl.col("host.name").str.slice(0, _NAME_LENGTH)


def evidence() -> pl.Expr:
    """Return the ids of the first events of a group, which stand in order of time."""
    return pl.col("event.id").head(_EVIDENCE).alias("evidence")


def with_first(first: str | None, others: list[str] | None) -> tuple[str, ...]:
    """Return evidence that begins with its most telling event, if there is one."""
    lead = () if first is None else (first,)
    return (*lead, *(one for one in others or () if one != first))[:_EVIDENCE]
