"""Completion: parsed rows become events that every store takes.

Each row gets its raw line, its identity, when and where it was received, and a time that can be
believed; its values are made to conform to the registry.
"""

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from sensors.log.conformity import conformed
from sensors.log.kind import FAULT, LINE, Parsed
from sensors.log.line import CLIPPED, Lines
from sensors.log.timestamp import LATEST, TIME, held_times
from situation.events.address import canonical, canonical_column
from situation.events.instant import DAY, nanoseconds
from situation.fields import BY_NAME, KEYWORD_LIMIT, REST, TEXT_LIMIT

FUTURE, ANCIENT = "future", "ancient"
"""Faults of a time that is not believed: a day ahead of the receipt; too old, or before 1970."""

_TIME = "@timestamp"
_CLAIMED = "citywatch.log.claimed_time"
_ORIGIN = "citywatch.log.time_origin"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the lines of one stream come from."""

    identity: str
    """First part of its events' ids: no other stream has it, and a repeat has it again."""
    kind: str
    """Name of the kind that it is read as."""
    observer: str
    source: str = ""
    """Input of the settings; empty where a command reads a file."""
    peer: str | None = None
    """Address that sends it."""
    file: str | None = None
    relayed: bool = False
    """Whether the peer hands on what other hosts wrote, so that its address is not theirs."""
    oldest_days: int | None = None
    """Age in days beyond which a time is not believed."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Events of some lines; lines = rows + the sum of `skipped`."""

    frame: pl.DataFrame
    """Declared columns and perhaps `REST`, in the order of the lines."""
    skipped: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    """Rows that bear a fault, by reason; they are among the rows of the frame."""


def file_identity(fingerprint: bytes) -> str:
    """Return the identity of a stream that is told by some octets of its own."""
    return hashlib.sha256(fingerprint).hexdigest()[:32]


class Completion:
    """Completes the rows of one stream; it remembers the last time that was believed."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._peer = canonical((origin.peer or "").partition("%")[0])
        self._last: int | None = None

    def complete(self, parsed: Parsed, lines: Lines, received: dt.datetime) -> Completed:
        """Return the rows of `parsed`, which were parsed from `lines` received at `received`."""
        given = _with_every_column(parsed.frame)
        frame = conformed(given.drop(_TIME)).with_columns(held_times(given[_TIME]).alias(_TIME))
        frame = self._with_times(_with_lines(frame, lines), nanoseconds(received))
        frame = frame.with_columns(*self._said_once(received), *self._host(frame.columns))
        if self._origin.file is None:
            frame = frame.drop("citywatch.log.offset")
        names = [name for name in (*BY_NAME, REST) if name in frame.columns]
        return Completed(frame.select(names), parsed.skipped, _counted(frame[FAULT]))

    def _with_times(self, frame: pl.DataFrame, received: int) -> pl.DataFrame:
        time = pl.col(_TIME).to_physical()
        frame = frame.with_columns(
            (time > received + DAY).fill_null(value=False).alias("_future"),
            (time < self._oldest(received)).fill_null(value=False).alias("_ancient"),
        ).with_columns(pl.when(~_DOUBTED).then(time).alias("_believed"))
        last = pl.lit(self._last, pl.Int64())
        frame = frame.with_columns(
            pl.coalesce(pl.col("_believed").forward_fill(), last).alias("_carried")
        )
        self._last = frame["_carried"].last() if frame.height else self._last  # type: ignore[assignment]  # Int64
        return frame.with_columns(
            pl.when(_DOUBTED).then(received).otherwise(
                pl.coalesce("_carried", received)
            ).cast(TIME).alias(_TIME),
            _claimed(time).alias(_CLAIMED),
            _time_origin().alias(_ORIGIN),
            pl.coalesce(FAULT, "_fault", _time_fault()).alias(FAULT),
        )  # fmt: skip

    def _oldest(self, received: int) -> int:
        days = self._origin.oldest_days
        return 0 if days is None else max(0, received - days * DAY)

    def _said_once(self, received: dt.datetime) -> list[pl.Expr]:
        """Return the columns that the stream gives to all rows, without those that say nothing."""
        origin = self._origin
        said = {
            "observer.name": origin.observer,
            "citywatch.log.kind": origin.kind,
            "citywatch.log.source": origin.source or None,
            "citywatch.log.peer": self._peer,
            "log.file.path": origin.file,
        }
        columns = [
            pl.lit(value[:KEYWORD_LIMIT]).alias(name)
            for name, value in said.items()
            if value is not None
        ]
        identity = pl.lit(f"{origin.identity}-") + pl.col("citywatch.log.offset").cast(pl.String)
        return [
            *columns,
            (identity + pl.col("_again")).alias("event.id"),
            pl.lit(nanoseconds(received)).cast(TIME).alias("event.created"),
            pl.col("event.kind").fill_null("event"),
            pl.col("event.dataset").fill_null(origin.kind),
        ]

    def _host(self, columns: list[str]) -> list[pl.Expr]:
        """Return the address of the host: said, or its name where that is one, or the peer."""
        found: list[pl.Expr] = [pl.col(_HOST)] if _HOST in columns else []
        if "host.name" in columns:
            found.append(pl.col("host.name").map_batches(canonical_column, pl.String()))
        if self._peer is not None and not self._origin.relayed:
            found.append(pl.lit(self._peer))
        return [pl.coalesce(found).alias(_HOST)] if found else []


_DOUBTED = pl.col("_future") | pl.col("_ancient")
_HOST = "host.ip"
_NEEDED = (_TIME, FAULT, "event.kind", "event.dataset")


def _with_every_column(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the columns that completion reads where the parser did not make them."""
    absent = [name for name in _NEEDED if name not in frame.columns]
    added = frame.with_columns(
        pl.lit(None, BY_NAME[name].polars_type).alias(name) for name in absent
    )
    return added if added[LINE].is_sorted() else added.sort(LINE, maintain_order=True)


def _with_lines(frame: pl.DataFrame, lines: Lines) -> pl.DataFrame:
    at = frame[LINE]
    again = pl.int_range(pl.len()).over(LINE)
    repeated = bool((at.diff() == 0).any())
    original, faults = _stored(lines)
    return frame.with_columns(
        original.gather(at).alias("event.original"),
        lines.offsets.gather(at).alias("citywatch.log.offset"),
        faults.gather(at).alias("_fault"),
        (
            pl.when(again > 0).then(pl.lit(".") + again.cast(pl.String)).otherwise(pl.lit(""))
            if repeated
            else pl.lit("")
        ).alias("_again"),
    )


def _stored(lines: Lines) -> tuple[pl.Series, pl.Series]:
    """Return what is stored of the raw lines, and their faults: those cut here have one, too."""
    octets = lines.text.str.len_bytes().max()
    if not isinstance(octets, int) or octets <= TEXT_LIMIT:
        return lines.text, lines.faults
    is_long = lines.text.str.len_chars() > TEXT_LIMIT
    clipped = pl.select(pl.when(is_long).then(pl.lit(CLIPPED))).to_series()
    faults = pl.select(pl.coalesce(lines.faults, clipped)).to_series()
    return lines.text.str.slice(0, TEXT_LIMIT), faults


def _claimed(time: pl.Expr) -> pl.Expr:
    held = time.is_between(0, LATEST - 1)
    return pl.when(_DOUBTED & held).then(time).cast(TIME)


def _time_origin() -> pl.Expr:
    return (
        pl.when(pl.col("_believed").is_not_null())
        .then(pl.lit("event"))
        .when(_DOUBTED | pl.col("_carried").is_null())
        .then(pl.lit("received"))
        .otherwise(pl.lit("previous"))
    )


def _time_fault() -> pl.Expr:
    future, ancient = pl.col("_future"), pl.col("_ancient")
    return pl.when(future).then(pl.lit(FUTURE)).when(ancient).then(pl.lit(ANCIENT))


def _counted(faults: pl.Series) -> Counter[str]:
    counts = faults.drop_nulls().value_counts()
    return Counter(dict(counts.iter_rows()))
