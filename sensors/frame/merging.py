"""Rows of two parts of one capture become the rows of the whole.

The first part is metered as it is, the second with `MeterSettings.part`: the meter then cuts a TCP
flow wherever packets before the part might have ended it or turned it. Here the rules of the
kernel are gone through once more, over whole flows instead of packets, and what belongs together
is joined. Packets of both parts have to be in the order of time.

Exact, once interim records of a flow are merged: which flows there are, their ends, directions,
times, counts, sizes, gaps, flags, TTLs, checksums, initial sequence numbers, zero windows, reasons
and histories; the sums of squares within rounding. What one meter has to see as a whole is a lower
bound: `retransmitted` and `disordered` (with the letter t of the history) where a segment and its
repetition lie on both sides of the cut, and `rtt` is null where the handshake does. Flows that were
evicted are not joined. Columns of the asset table have to come later.
"""

from itertools import groupby
from typing import NamedTuple

import polars as pl

from sensors.decode.layout import CHECKSUMS
from sensors.frame.border import key_columns
from sensors.frame.chaining import Chain, Piece, Rules, added, is_turned
from sensors.frame.history import state_of
from sensors.meter.settings import MeterSettings

_ID, _OUTER_ID = "citywatch.flow.id", "citywatch.flow.tunnel.outer_id"
_REASON, _FINAL = "citywatch.flow.end_reason", "citywatch.flow.final"
_HISTORY, _STATE, _TOLD = (f"citywatch.flow.{name}" for name in ("history", "state", "told_by"))
_ISN, _RTT = "citywatch.flow.isn", "citywatch.flow.rtt"
_SECOND = 1_000_000_000
_DURATION = (pl.col("event.end") - pl.col("event.start")).dt.total_nanoseconds()
_WAYS = ("forward", "backward")
_PAIRS = (("source.", "destination."), (".forward.", ".backward."))
_SUMS = (".packets", ".bytes", "_bytes", ".sum", ".sum_squares", ".retransmitted", ".disordered",
         ".zero_windows")  # fmt: skip
_LEAST = ("@timestamp", "event.start")
_MIN, _MAX = (".min", "ward.first"), (".max", "ward.last", "event.end")
_FIRST_KNOWN = (
    "dns.question.name", "dns.question.type", "dns.response_code", "citywatch.dns.answers_count",
    "network.protocol", _ISN, _RTT,
)  # fmt: skip
"""Columns whose first value that is not null holds from then on."""


class Merged(NamedTuple):
    """Rows of the whole, and the flows that became part of another: `old` and `new` id."""

    flows: pl.DataFrame
    renamed: pl.DataFrame


_PIECE_COLUMNS = (
    _ID, "source.ip", "source.port", "network.transport", "event.start", "event.end", _HISTORY,
    _TOLD, _ISN, _REASON,
)  # fmt: skip


def _pieces(rows: pl.DataFrame, settings: MeterSettings) -> pl.DataFrame:
    """Return one row for each flow of either part, with the columns of a piece, in order."""
    return (
        rows.group_by(_ID, maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in key_columns(settings)),
            pl.col("part").first(),
            pl.col("source.ip").first(),
            pl.col("source.port").first(),
            pl.col("network.transport").first(),
            pl.col("event.start").min().dt.timestamp("ns"),
            pl.col("event.end").max().dt.timestamp("ns"),
            pl.col(_HISTORY).last().fill_null(""),
            pl.col(_TOLD).last(),
            pl.col(_ISN).drop_nulls().first(),
            pl.col(_REASON).last(),
        )
        .with_columns(key=pl.struct(key_columns(settings)).rank("dense").cast(pl.Int64))
        .sort("key", "part", _ID)
        .select(
            "key", _ID, "part", "source.ip", "source.port", "network.transport", "event.start",
            "event.end", _HISTORY, _TOLD, _ISN, _REASON,
        )
    )  # fmt: skip


def _nanoseconds(seconds: float) -> pl.Expr:
    return pl.lit(round(seconds * _SECOND), pl.Int64)


def _open_rows(first: pl.DataFrame, second: pl.DataFrame, settings: MeterSettings) -> pl.DataFrame:
    """Return what pieces are made of, of all keys with a flow that another may belong to."""
    longest = max(settings.tcp_idle_seconds, settings.udp_idle_seconds, settings.other_idle_seconds)
    is_closed = pl.col(_REASON).is_in(["fin", "rst"])
    linger = _nanoseconds(settings.linger_seconds)
    reach = pl.when(is_closed).then(linger).otherwise(_nanoseconds(longest))
    waited = pl.lit(second["event.start"].min()) - pl.col("event.end")
    reaches = waited.dt.total_nanoseconds() <= reach
    is_open = pl.col(_FINAL) & ~pl.col(_REASON).is_in(["idle", "evicted"])
    key = key_columns(settings)
    keys = pl.concat(
        [
            first.filter(reaches & is_open).select(key),
            second.filter(pl.col(_REASON) == "cut").select(key),
        ]
    ).unique()
    columns = {*key, *_PIECE_COLUMNS}
    return pl.concat(
        rows.select(columns, part=pl.lit(number)).join(
            keys, on=key, how="semi", nulls_equal=True, maintain_order="left"
        )
        for number, rows in enumerate((first, second))
    )


def _candidates(pieces: pl.DataFrame) -> pl.DataFrame:
    """Return the pieces that may belong together.

    They are the last one of the first part, the first one of the second, and what was cut there.
    """
    part, key, reason = pl.col("part"), "key", pl.col(_REASON)
    before = part.shift(1).over(key), reason.shift(1).over(key)
    after = part.shift(-1).over(key)
    is_border = pl.when(part == 0).then(after == 1).otherwise(before[0].fill_null(0) == 0)
    is_cut = (part == 1) & ((reason == "cut") | (before[1] == "cut"))
    return pieces.filter((is_border | is_cut).fill_null(value=False))


def _flipped(name: str) -> str:
    """Return the column that holds the same of the other direction."""
    for one, other in _PAIRS:
        for old, new in ((one, other), (other, one)):
            if (
                name.startswith(old)
                or f"citywatch.{old}" in name
                or (old[0] == "." and old in name)
            ):
                return name.replace(old, new)
    return name


def _links(chains: list[Chain]) -> pl.DataFrame:
    """Return for each flow the number of its chain, its place, and whether it is turned."""
    return pl.DataFrame(
        [
            (piece.identity, number, place, is_turned(piece, chain.leading))
            for number, chain in enumerate(chains)
            for place, piece in enumerate(chain.pieces)
        ],
        schema={_ID: pl.String, "chain": pl.Int64, "place": pl.Int64, "turned": pl.Boolean},
        orient="row",
    )


def _oriented(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of chains with source and destination of the whole flow.

    What ICMP has for ports are type and code of the first packet; they stay.
    """
    names = rows.columns
    is_icmp = pl.col("network.transport").is_in(["icmp", "ipv6-icmp"])
    turned = [
        pl.when(pl.col("turned") & ~is_icmp if name.endswith(".port") else pl.col("turned"))
        .then(pl.col(_flipped(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name in names
        if _flipped(name) != name
    ]
    return rows.with_columns(turned).sort("chain", "place", "event.start", maintain_order=True)


def _with_gap(rows: pl.DataFrame, view: str, first: str, last: str) -> pl.DataFrame:
    """Return rows whose gaps include the one from the piece before; a meter saw all others."""
    known = pl.col(last).is_not_null()
    before = pl.col(last).cum_max().forward_fill().shift(1).over("chain")
    piece = pl.when(known).then("place").forward_fill().shift(1).over("chain")
    gap = pl.when(known & (piece != pl.col("place"))).then(
        pl.max_horizontal(pl.col(first) - before, pl.duration(nanoseconds=0)).dt.total_nanoseconds()
    )
    prefix = f"citywatch.flow.{view}.iat"
    counted = gap.fill_null(0)
    return rows.with_columns(
        pl.min_horizontal(f"{prefix}.min", gap).alias(f"{prefix}.min"),
        pl.max_horizontal(f"{prefix}.max", gap).alias(f"{prefix}.max"),
        (pl.col(f"{prefix}.sum") + counted).alias(f"{prefix}.sum"),
        (pl.col(f"{prefix}.sum_squares") + counted.cast(pl.Float64) ** 2).alias(
            f"{prefix}.sum_squares"
        ),
    )


def _with_gaps(rows: pl.DataFrame) -> pl.DataFrame:
    rows = _with_gap(rows, "both", "event.start", "event.end")
    for way in _WAYS:
        rows = _with_gap(rows, way, f"citywatch.flow.{way}.first", f"citywatch.flow.{way}.last")
    return rows


def _known(name: str) -> pl.Expr:
    """Return what the flow was known to have so far."""
    column = pl.col(name)
    is_known = column.is_not_null().cum_max()
    return pl.when(is_known).then(column.drop_nulls().first()).over("chain").alias(name)


def _is_constant(name: str) -> bool:
    """Tell whether a column says the same in all rows of a flow: what its first packet did."""
    return _merge(name).meta.eq(pl.col(name).last()) and name not in (_HISTORY, *_FIRST_KNOWN)


def _course(rows: pl.DataFrame, chains: list[Chain], active: int) -> pl.DataFrame:
    """Return for each row the record that it goes to, and the history so far."""
    times = rows.select(
        "chain", "place", pl.col("event.start", "event.end").dt.timestamp("ns"),
        pl.col(_HISTORY).fill_null(""), "turned",
    ).iter_rows()  # fmt: skip
    found: list[tuple[int, str]] = []
    for number, of_chain in groupby(times, key=lambda row: row[0]):
        record, since, history, before, at = 0, None, "", "", 0
        for _, place, start, end, letters, turned in of_chain:
            if place != at:
                before, at = history, place
            if place == chains[number].turned_at and is_turned(
                chains[number].pieces[0], chains[number].leading
            ):
                before = added(before, "^")
            seen = letters if place == 0 else letters.replace("^", "")
            history = added(before, seen.swapcase() if turned else seen)
            since = start if since is None else since
            if end - since >= active and start != since:
                record, since = record + 1, start
            found.append((record, history))
    return pl.DataFrame(found, schema={"record": pl.Int64, "so_far": pl.String}, orient="row")


def _merge(name: str) -> pl.Expr:
    """Return how a column of several rows becomes that of one; what is left is alike in all."""
    column = pl.col(name)
    if name.endswith(_SUMS) or ".flags." in name:
        return column.sum()
    if name in _LEAST or name.endswith(_MIN):
        return column.min()
    if name.endswith(_MAX):
        return column.max()
    if name.endswith(".checksum"):
        return column.cast(pl.Enum(CHECKSUMS)).to_physical().max().alias(name)
    return column.last()


def _told(chains: list[Chain]) -> pl.DataFrame:
    """Return what is known of each chain as a whole."""
    return pl.DataFrame(
        [(number, c.pieces[0].identity, c.told, c.reason) for number, c in enumerate(chains)],
        schema={"chain": pl.Int64, "head": pl.String, "told": pl.String, "reason": pl.String},
        orient="row",
    )


def _joined(rows: pl.DataFrame, chains: list[Chain], active: int) -> pl.DataFrame:
    """Return the rows of chains, joined; `rows` has the columns of flows and of `_links`."""
    columns = [name for name in rows.columns if name not in ("part", "chain", "place", "turned")]
    rows = _with_gaps(_oriented(rows)).with_columns(
        *map(_known, _FIRST_KNOWN),
        *(pl.col(name).first().over("chain") for name in columns if _is_constant(name)),
    )
    course = _course(rows, chains, active)
    rows = rows.with_columns(course["record"], course["so_far"].alias(_HISTORY))
    merged = (
        rows.group_by("chain", "record", maintain_order=True)
        .agg(_merge(name) for name in columns)
        .join(_told(chains), on="chain", how="left", maintain_order="left")
        .with_columns(is_last=pl.col("record") == pl.col("record").max().over("chain"))
    )
    number = pl.col("record").map_elements(lambda value: f"-{value:08x}", return_dtype=pl.String)
    states = [
        state_of(history, transport)
        for history, transport in merged.select(_HISTORY, "network.transport").iter_rows()
    ]
    return merged.with_columns(
        pl.col("head").alias(_ID),
        (pl.col("head") + number).alias("event.id"),
        pl.col("told").alias(_TOLD),
        pl.col("is_last").alias(_FINAL),
        pl.when("is_last").then("reason").otherwise(pl.lit("active")).alias(_REASON),
        (pl.col("event.end") - pl.col("event.start"))
        .dt.total_nanoseconds()
        .alias("event.duration"),
        pl.col(_HISTORY).replace("", None),
        pl.Series(_STATE, states, dtype=pl.String),
        *(
            pl.col(name).replace_strict(dict(enumerate(CHECKSUMS)), return_dtype=pl.String)
            for name in columns
            if name.endswith(".checksum")
        ),
    ).select(columns)


def _ended(rows: pl.DataFrame, chains: list[Chain], last: int, rules: Rules) -> pl.DataFrame:
    """Return rows of flows that nothing was joined to, with the reasons of the whole."""
    reasons = {c.pieces[0].identity: c.reason for c in chains if c.reason != c.pieces[0].reason}
    waited = pl.lit(last) - pl.col("event.end").dt.timestamp("ns")
    tcp, udp, other = (rules.quiet(name) for name in ("tcp", "udp", ""))
    transport = pl.col("network.transport")
    quiet = pl.when(transport == "tcp").then(tcp).when(transport == "udp").then(udp)
    is_over = (pl.col(_REASON) == "end") & (waited > quiet.otherwise(other))
    reason = pl.when(is_over).then(pl.lit("idle")).otherwise(_REASON)
    if reasons:
        told = pl.col(_ID).replace_strict(reasons, default=None, return_dtype=pl.String)
        reason = pl.when(_FINAL).then(pl.coalesce(told, reason)).otherwise(_REASON)
    return rows.with_columns(reason.alias(_REASON))


def _with(rows: pl.DataFrame, links: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that stay as they are, and those of chains with their links."""
    is_linked = rows[_ID].is_in(links[_ID].implode())
    linked = rows.filter(is_linked).join(links, on=_ID, how="inner", maintain_order="left")
    return rows.filter(~is_linked), linked


def joined(
    first: pl.DataFrame,
    second: pl.DataFrame,
    settings: MeterSettings,
    last: int | None = None,
) -> Merged:
    """Return what two parts of one capture are as one; see the module for what is exact.

    Both have the columns of FLOW_SCHEMA, and all rows of their part, or all that
    `sensors.frame.border` finds at its border; then `last` is the time of the last packet. A flow
    over the cut has the id that the first part gave it; its records are put together as far as
    `active_seconds` allow.
    """
    none = pl.DataFrame(schema={"old": pl.String, "new": pl.String})
    if second.is_empty():
        return Merged(first, none)
    rules = Rules(settings)
    if last is None:
        last = int(second["event.end"].to_physical().to_numpy().max())
    pieces = _candidates(_pieces(_open_rows(first, second, settings), settings))
    by_key = groupby((Piece(*row) for row in pieces.iter_rows()), key=lambda piece: piece.key)
    chains = [chain for _, one in by_key for chain in rules.chains(list(one), last)]
    long = [chain for chain in chains if len(chain.pieces) > 1]
    links = _links(long)
    apart = [_with(rows, links) for rows in (first, second)]
    alone = [_ended(rows, chains, last, rules) for rows, _ in apart]
    together = pl.concat([rows for _, rows in apart])
    whole = pl.concat([*alone, _joined(together, long, rules.active).cast(first.schema)])
    heads = [c.pieces[0].identity for c in long for _ in c.pieces[1:]]
    olds = [piece.identity for c in long for piece in c.pieces[1:]]
    renamed = pl.DataFrame({"old": olds, "new": heads}, schema=none.schema)
    return Merged(renamed_in(whole, _OUTER_ID, renamed), renamed)


def renamed_in(rows: pl.DataFrame, column: str, renamed: pl.DataFrame) -> pl.DataFrame:
    """Return rows that name flows by the ids of the whole."""
    if renamed.is_empty() or rows[column].null_count() == len(rows):
        return rows
    return rows.with_columns(pl.col(column).replace(renamed["old"], renamed["new"]))


def merged(first: pl.DataFrame, second: pl.DataFrame, settings: MeterSettings) -> pl.DataFrame:
    """Return the rows of the whole; see `joined`."""
    return joined(first, second, settings).flows
