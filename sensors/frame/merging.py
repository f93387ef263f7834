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

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import polars as pl

from sensors.decode.layout import CHECKSUMS
from sensors.frame.history import state_of
from sensors.meter.settings import MeterSettings

_ID, _OUTER_ID = "citywatch.flow.id", "citywatch.flow.tunnel.outer_id"
_REASON, _FINAL = "citywatch.flow.end_reason", "citywatch.flow.final"
_HISTORY, _STATE, _TOLD = (f"citywatch.flow.{name}" for name in ("history", "state", "told_by"))
_ISN, _RTT = "citywatch.flow.isn", "citywatch.flow.rtt"
_VLANS = ("network.vlan.id", "network.inner.vlan.id")
_TUNNEL = "citywatch.flow.tunnel.id"
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


class _Piece(NamedTuple):
    """A flow of one part, as far as it says what it belongs to."""

    key: int
    identity: str
    part: int
    source: str
    port: int
    transport: str
    start: int
    end: int
    history: str
    told: str
    sequence: int | None
    reason: str

    @property
    def letters(self) -> str:
        """Return the history without what does not tell how the flow began."""
        return self.history.lstrip("Cc^")


@dataclass(slots=True)
class _Chain:
    """Pieces that are one flow of the whole. The history is seen from the first piece's source."""

    pieces: list[_Piece]
    history: str
    sequence: int | None
    told: str
    reason: str
    end: int
    turned_at: int | None = None
    """Piece whose SYN told the initiator."""
    states: dict[str, str] = field(default_factory=dict)

    @property
    def leading(self) -> _Piece:
        """Return the piece whose direction is that of the flow."""
        return self.pieces[self.turned_at or 0]


def _is_turned(piece: _Piece, other: _Piece) -> bool:
    """Tell whether two flows of one key take different ends for the initiator."""
    return (piece.source, piece.port) != (other.source, other.port)


def _added(history: str, letters: str) -> str:
    """Return a history with the letters behind it that it does not have."""
    return history + "".join(letter for letter in letters if letter not in history)


def _closing(history: str) -> str | None:
    """Return the reason of a teardown that the history tells of."""
    fins = set()
    for letter in history:
        if letter in "RrIi":
            return "rst"
        if letter in "Ff":
            fins.add(letter)
            if len(fins) > 1:
                return "fin"
    return None


def _chain_of(piece: _Piece) -> _Chain:
    return _Chain([piece], piece.history, piece.sequence, piece.told, piece.reason, piece.end)


class _Rules:
    """The kernel's rules of where a flow ends, over pieces."""

    def __init__(self, settings: MeterSettings) -> None:
        self._idle = {
            "tcp": round(settings.tcp_idle_seconds * _SECOND),
            "udp": round(settings.udp_idle_seconds * _SECOND),
        }
        self._other = round(settings.other_idle_seconds * _SECOND)
        self._linger = round(settings.linger_seconds * _SECOND)
        self.active = round(settings.active_seconds * _SECOND)

    def quiet(self, transport: str) -> int:
        """Return how long a flow that is open may be quiet."""
        return self._idle.get(transport, self._other)

    def end_before(self, chain: _Chain, piece: _Piece) -> str | None:
        """Return why the flow ended before the piece, None if the piece belongs to it."""
        closing = _closing(chain.history)
        limit = self.quiet(piece.transport) if closing is None else self._linger
        if chain.reason == "evicted":
            return chain.reason
        if chain.reason == "idle" or abs(piece.start - chain.end) > limit:
            return closing or "idle"
        if piece.letters[:1] != "S" or piece.sequence == chain.sequence:
            return None
        if closing is None and not {"D", "d"} <= set(chain.history):
            return None
        return closing or "reopened"

    def join(self, chain: _Chain, piece: _Piece) -> None:
        """Put a piece behind the flow that it belongs to."""
        head = chain.pieces[0]
        tells = piece.letters[:1] in ("S", "h") and piece.told == "syn"
        chain.pieces.append(piece)
        if tells and chain.told != "syn" and piece.start - head.start < self.active:
            chain.told = "syn"
            chain.turned_at = len(chain.pieces) - 1
        letters = piece.history.replace("^", "")
        chain.history = _added(
            chain.history, letters.swapcase() if _is_turned(piece, head) else letters
        )
        if chain.sequence is None:
            chain.sequence = piece.sequence
        chain.reason = piece.reason
        chain.end = max(chain.end, piece.end)

    def chains(self, pieces: list[_Piece], last: int) -> Iterator[_Chain]:
        """Yield the flows of the whole out of the pieces of one key, the reasons told."""
        chain = _chain_of(pieces[0])
        for piece in pieces[1:]:
            reason = self.end_before(chain, piece)
            if reason is None:
                self.join(chain, piece)
                continue
            chain.reason = reason
            yield chain
            chain = _chain_of(piece)
        chain.reason = self._last_reason(chain, last)
        yield chain

    def _last_reason(self, chain: _Chain, last: int) -> str:
        """Return why a flow ended behind which there is none; `last` is the last packet's time."""
        closing = _closing(chain.history)
        if chain.reason not in ("end", "cut") and closing is None:
            return chain.reason
        over = last - chain.end > self.quiet(chain.pieces[0].transport)
        return closing or ("idle" if over else "end")


def _key(settings: MeterSettings) -> list[str]:
    vlans = _VLANS if settings.vlan_in_key else ()
    tunnel = (_TUNNEL,) if settings.tunnel_in_key else ()
    return ["network.community_id", *vlans, *tunnel]


def _pieces(rows: pl.DataFrame, settings: MeterSettings) -> pl.DataFrame:
    """Return one row for each flow of either part, with the columns of a piece, in order."""
    return (
        rows.group_by(_ID, maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in _key(settings)),
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
        .with_columns(key=pl.struct(_key(settings)).rank("dense").cast(pl.Int64))
        .sort("key", "part", _ID)
        .select(
            "key", _ID, "part", "source.ip", "source.port", "network.transport", "event.start",
            "event.end", _HISTORY, _TOLD, _ISN, _REASON,
        )
    )  # fmt: skip


def _open_keys(pieces: pl.DataFrame, settings: MeterSettings) -> pl.DataFrame:
    """Return the pieces whose key has one that another may belong to."""
    longest = max(
        settings.tcp_idle_seconds, settings.udp_idle_seconds, settings.other_idle_seconds,
        settings.linger_seconds,
    )  # fmt: skip
    begin = pieces.filter(pl.col("part") == 1)["event.start"].min()
    reaches = (pl.col("part") == 0) & (
        pl.col("event.end") >= pl.lit(begin, pl.Int64) - round(longest * _SECOND)
    )
    is_open = pl.col(_REASON) == "cut", reaches & ~pl.col(_REASON).is_in(["idle", "evicted"])
    keys = pieces.filter(is_open[0] | is_open[1]).select("key").unique()
    latest = pl.col(_ID) == pl.col(_ID).filter(pl.col("part") == 0).last().over("key")
    return pieces.join(keys, on="key", how="semi", maintain_order="left").filter(
        (pl.col("part") == 1) | latest.fill_null(value=False)
    )


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


def _links(chains: list[_Chain]) -> pl.DataFrame:
    """Return for each flow the number of its chain, its place, and whether it is turned."""
    return pl.DataFrame(
        [
            (piece.identity, number, place, _is_turned(piece, chain.leading))
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


def _course(rows: pl.DataFrame, chains: list[_Chain], active: int) -> pl.DataFrame:
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
            if place == chains[number].turned_at and _is_turned(
                chains[number].pieces[0], chains[number].leading
            ):
                before = _added(before, "^")
            seen = letters if place == 0 else letters.replace("^", "")
            history = _added(before, seen.swapcase() if turned else seen)
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


def _told(chains: list[_Chain]) -> pl.DataFrame:
    """Return what is known of each chain as a whole."""
    return pl.DataFrame(
        [(number, c.pieces[0].identity, c.told, c.reason) for number, c in enumerate(chains)],
        schema={"chain": pl.Int64, "head": pl.String, "told": pl.String, "reason": pl.String},
        orient="row",
    )


def _joined(rows: pl.DataFrame, chains: list[_Chain], active: int) -> pl.DataFrame:
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


def _ended(rows: pl.DataFrame, chains: list[_Chain], last: int, rules: _Rules) -> pl.DataFrame:
    """Return rows of flows that nothing was joined to, with the reasons of the whole."""
    reasons = {c.pieces[0].identity: c.reason for c in chains if len(c.pieces) == 1}
    waited = pl.lit(last) - pl.col("event.end").dt.timestamp("ns")
    tcp, udp, other = (rules.quiet(name) for name in ("tcp", "udp", ""))
    quiet = (
        pl.when(pl.col("network.transport") == "tcp")
        .then(tcp)
        .otherwise(pl.when(pl.col("network.transport") == "udp").then(udp).otherwise(other))
    )
    told = pl.DataFrame(
        {_ID: list(reasons), "told": list(reasons.values())},
        schema={_ID: pl.String, "told": pl.String},
    )
    found = rows.join(told, on=_ID, how="left", maintain_order="left")
    ended = pl.when((pl.col(_REASON) == "end") & (waited > quiet)).then(pl.lit("idle"))
    reason = pl.coalesce(pl.col("told"), ended, pl.col(_REASON))
    return found.with_columns(
        pl.when(_FINAL).then(reason).otherwise(pl.col(_REASON)).alias(_REASON)
    ).drop("told")


def joined(first: pl.DataFrame, second: pl.DataFrame, settings: MeterSettings) -> Merged:
    """Return what two parts of one capture are as one; see the module for what is exact.

    Both have the columns of FLOW_SCHEMA, all rows of their part. A flow over the cut has the id
    that the first part gave it; its records are put together as far as `active_seconds` allow.
    """
    rules = _Rules(settings)
    rows = pl.concat([first.with_columns(part=pl.lit(0)), second.with_columns(part=pl.lit(1))])
    schema = first.schema
    none = pl.DataFrame(schema={"old": pl.String, "new": pl.String})
    if rows.is_empty():
        return Merged(first, none)
    last = int(rows["event.end"].to_physical().to_numpy().max())
    pieces = _open_keys(_pieces(rows, settings), settings)
    by_key = groupby((_Piece(*row) for row in pieces.iter_rows()), key=lambda piece: piece.key)
    chains = [chain for _, one in by_key for chain in rules.chains(list(one), last)]
    long = [chain for chain in chains if len(chain.pieces) > 1]
    links = _links(long)
    alone = _ended(rows.join(links, on=_ID, how="anti", maintain_order="left"), chains, last, rules)
    together = rows.join(links, on=_ID, how="inner", maintain_order="left")
    whole = pl.concat(
        [alone.select(schema.names()), _joined(together, long, rules.active).cast(schema)]
    )
    heads = [c.pieces[0].identity for c in long for _ in c.pieces[1:]]
    olds = [piece.identity for c in long for piece in c.pieces[1:]]
    renamed = none.vstack(pl.DataFrame({"old": olds, "new": heads}, schema=none.schema))
    return Merged(renamed_in(whole, _OUTER_ID, renamed), renamed)


def renamed_in(rows: pl.DataFrame, column: str, renamed: pl.DataFrame) -> pl.DataFrame:
    """Return rows that name flows by the ids of the whole."""
    return rows.with_columns(pl.col(column).replace(renamed["old"], renamed["new"]))


def merged(first: pl.DataFrame, second: pl.DataFrame, settings: MeterSettings) -> pl.DataFrame:
    """Return the rows of the whole; see `joined`."""
    return joined(first, second, settings).flows
