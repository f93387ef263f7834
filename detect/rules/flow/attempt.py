"""Attempts in vain: what scans and sweeps are made of."""

import polars as pl

from detect.session import OUT_PAYLOAD, SESSION_COLUMNS, SYN, merge
from situation.events.filter import And, Eq, Filter, Or, Range

ATTEMPT_COLUMNS = (*SESSION_COLUMNS, "source.port")

IN_VAIN: Filter = Or(
    (
        And((Eq("network.transport", "tcp"), Eq(OUT_PAYLOAD, 0), Range(SYN, since=1))),
        And((Eq("network.transport", "udp"), Eq("destination.packets", 0))),
    )
)
"""Connections to which nothing was said, and datagrams that nobody answered."""

_FIRST_FREE_PORT = 1024
_TRACEROUTE = (33_434, 33_534)
_EVIDENCE = 50


def attempts(frame: pl.DataFrame, window: pl.Expr) -> pl.DataFrame:
    """Return TCP connections and unanswered datagrams, one row a flow.

    The column `window` is added, and `vain`: whether nothing came of it. Left out are datagrams
    from a service's own port, which are late answers, and those to the ports of traceroute.
    """
    # A later record of a long flow may hold no payload, so records are put together first.
    flows = merge(frame, "source.port")
    tcp = (pl.col("network.transport") == "tcp") & (pl.col(SYN) > 0)
    udp = (
        (pl.col("network.transport") == "udp")
        & (pl.col("destination.packets") == 0)
        & (pl.col("source.port") >= _FIRST_FREE_PORT)
        & ~pl.col("destination.port").is_between(*_TRACEROUTE)
    )
    vain = (pl.col("network.transport") != "tcp") | (pl.col(OUT_PAYLOAD) == 0)
    return flows.filter(tcp | udp).with_columns(window.alias("window"), vain.alias("vain"))


def evidence() -> pl.Expr:
    """Return the ids of the first events of a group, as many as a claim carries."""
    return pl.col("event.id").sort_by("event.start", "event.id").head(_EVIDENCE).alias("evidence")
