"""Which rows of a part of a capture may belong to flows of the parts around it."""

import polars as pl

from sensors.meter.settings import MeterSettings

_ID, _COMMUNITY = "citywatch.flow.id", "network.community_id"
_REASON, _FINAL = "citywatch.flow.end_reason", "citywatch.flow.final"
_SECOND = 1_000_000_000


def _nanoseconds(seconds: float) -> pl.Expr:
    return pl.duration(nanoseconds=round(seconds * _SECOND))


def key_columns(settings: MeterSettings) -> list[str]:
    """Return the columns that tell the flows of one pair of endpoints from those of others."""
    vlans = ("network.vlan.id", "network.inner.vlan.id") if settings.vlan_in_key else ()
    tunnel = ("citywatch.flow.tunnel.id",) if settings.tunnel_in_key else ()
    return [_COMMUNITY, *vlans, *tunnel]


def divided(rows: pl.DataFrame, settings: MeterSettings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows at the borders of a part, and those that are what they are for good.

    At a border are the first flow of each pair of endpoints, if it is early enough; what was open
    or just closed at the end; what was cut, with all flows of its endpoints; and all records of
    flows that have several. `rows` are all of the part, whose number the settings have.
    """
    if rows.is_empty():
        return rows, rows
    longest = max(settings.tcp_idle_seconds, settings.udp_idle_seconds, settings.other_idle_seconds)
    start, end, reason = pl.col("event.start"), pl.col("event.end"), pl.col(_REASON)
    is_early = start <= start.min() + _nanoseconds(longest)
    is_first = pl.struct(key_columns(settings)).is_first_distinct()
    is_open = (reason == "end") | (
        reason.is_in(["fin", "rst"]) & (end >= end.max() - _nanoseconds(settings.linger_seconds))
    )
    cut = rows.filter(reason == "cut")[_COMMUNITY].unique()
    several = rows.filter(~pl.col(_FINAL))[_ID].unique()
    at_border = is_open if settings.part == 0 else is_open | (is_early & is_first)
    if len(cut):
        at_border = at_border | pl.col(_COMMUNITY).is_in(cut.implode())
    if len(several):
        at_border = at_border | pl.col(_ID).is_in(several.implode())
    mask = rows.select(at_border.alias("at_border"))["at_border"]
    return rows.filter(mask), rows.filter(~mask)
