"""Real parts for tests of the inputs: a kind that keeps lines as they are, a bounded outlet."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl
import pytest

from sensors.input.reading import Reading
from sensors.log.kind import FAULT, LINE, LogKind, LogParser, Parsed, SourceRules
from sensors.record import Record
from situation.assets import Assets
from situation.clock import SetClock
from situation.faults import Unavailable

NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)


class VerbatimParser:
    def __init__(self) -> None:
        self.head: list[str] = []

    def prime(self, head: Sequence[str]) -> None:
        self.head = list(head)

    def parse(self, lines: pl.Series, received: dt.datetime) -> Parsed:
        del received
        frame = pl.DataFrame({"message": lines.cast(pl.String)}).with_columns(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias(LINE),
            pl.lit(None, pl.Datetime("ns", "UTC")).alias("@timestamp"),
            pl.lit(None, pl.String()).alias(FAULT),
            pl.lit(self.head[0] if self.head else None, pl.String()).alias("log.logger"),
            pl.col("message").str.extract(r"host=(\S+)").alias("host.name"),
        )
        blank = frame["message"] == ""
        return Parsed(frame.filter(~blank), Counter(blank=int(blank.sum())))


class Verbatim:
    """A kind whose message is the line; blank lines are skipped."""

    name = "verbatim"
    title = "Lines as they are"

    def likeness(self, head: Sequence[str]) -> float:
        return 1.0 if head else 0.0

    def parser(self, rules: SourceRules) -> LogParser:
        del rules
        return VerbatimParser()


VERBATIM: LogKind = Verbatim()


def reading(source: str = "in", kind: LogKind | None = VERBATIM) -> Reading:
    """Return what is settled of an input whose lines are kept as they are."""
    return Reading(
        source=source,
        observer="sensor-1",
        assets=Assets(()),
        recognise=lambda _: VERBATIM,
        kind=kind,
    )


@dataclass
class Shelf:
    """An outlet in memory that keeps a bound of rows, and what was durable when it was cut off."""

    room: int = 10**9
    kept: list[Record] = field(default_factory=list)
    durable: int = 0
    places: dict[str, str] = field(default_factory=dict)
    syncs: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, record: Record) -> None:
        with self._lock:
            if self.rows + record.frame.height > self.room:
                raise Unavailable("the shelf is full")
            self.kept.append(record)

    def sync(self) -> None:
        with self._lock:
            self.syncs += 1
            for record in self.kept[self.durable :]:
                self.places |= record.places
            self.durable = len(self.kept)

    def place(self, source: str) -> str | None:
        return self.places.get(source)

    @property
    def rows(self) -> int:
        return sum(record.frame.height for record in self.kept)

    def cut_off(self, lost: int) -> None:
        """Lose the last `lost` records that are not durable yet, as a power cut does."""
        with self._lock:
            keep = max(self.durable, len(self.kept) - lost)
            del self.kept[keep:]
            for record in self.kept[self.durable :]:
                self.places |= record.places
            self.durable = keep

    def frame(self) -> pl.DataFrame:
        frames = [record.frame for record in self.kept if record.frame.height]
        return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()

    def messages(self) -> list[str]:
        frame = self.frame()
        return frame["message"].to_list() if frame.height else []


def until(holds: Callable[[], bool], told: Callable[[], object] = lambda: "") -> None:
    """Wait until `holds` does; fail, with what `told` says, after half a minute."""
    patience = threading.Event()
    for _ in range(1500):
        if holds():
            return
        patience.wait(0.02)
    pytest.fail(f"it never came to hold: {told()}")


def clock() -> SetClock:
    return SetClock(NOW)
