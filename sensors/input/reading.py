"""How the lines of an input become complete events: kind, rules, origin, assets."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from sensors.enrichment import enrich_log
from sensors.log.completion import Completed, Completion, Origin
from sensors.log.kind import LogKind, LogParser, SourceRules
from sensors.log.line import Encoding, Lines, lines_of
from situation.assets import Assets
from situation.fields import BY_NAME

HEAD_LINES = 64
"""Lines from which a kind is recognised, and that a stream in its middle is primed with."""

_MOST_NAMES = 100_000
"""Senders of whom it is remembered which host they named; senders of datagrams may be made up."""

_PEER, _HOST, _NAME, _ID = "citywatch.log.peer", "host.ip", "host.name", "event.id"
_TIME, _CREATED, _ORIGIN = "@timestamp", "event.created", "citywatch.log.time_origin"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is settled of an input before its first line comes in."""

    source: str
    """Name of the input."""
    observer: str
    assets: Assets
    recognise: Callable[[Sequence[str]], LogKind]
    """Finds the kind of a stream by its first lines."""
    kind: LogKind | None = None
    """Kind of all its streams; None: each is recognised."""
    rules: SourceRules = field(default_factory=SourceRules)
    encoding: Encoding = "auto"
    oldest_days: int | None = None

    def origin(
        self, identity: str, kind: LogKind, *, file: str | None = None, peer: str | None = None
    ) -> Origin:
        """Return the origin of a stream of this input; a peer's address is not a host's."""
        return Origin(
            identity=identity,
            kind=kind.name,
            observer=self.observer,
            source=self.source,
            file=file,
            peer=peer,
            relayed=True,
            oldest_days=self.oldest_days,
        )


class Stream:
    """The lines of one file or of one request, in order."""

    def __init__(
        self,
        reading: Reading,
        identity: str,
        head: Sequence[str],
        *,
        file: str | None = None,
        peer: str | None = None,
    ) -> None:
        kind = reading.kind or reading.recognise(head)
        self._assets = reading.assets
        self._parser: LogParser = kind.parser(reading.rules)
        self._completion = Completion(reading.origin(identity, kind, file=file, peer=peer))

    def prime(self, head: Sequence[str]) -> None:
        """Show the first lines of a file that is taken up in its middle."""
        self._parser.prime(head)

    def turn(self, lines: Lines, received: dt.datetime) -> Completed:
        """Return the events of `lines`."""
        parsed = self._parser.parse(lines.text, received)
        completed = self._completion.complete(parsed, lines, received)
        frame = enrich_log(completed.frame, self._assets)
        return Completed(frame, completed.skipped, completed.faults)


class Crowd:
    """Messages of many senders, each a whole by itself.

    They are turned together, for a frame costs more than its rows where a thousand senders write
    a line a second. A message without a time takes the time of its receipt, not that of another
    sender's message before it. A sender that names more than one host hands on what others
    wrote: its address is not theirs.
    """

    def __init__(self, reading: Reading, identity: str, kind: LogKind) -> None:
        self._encoding = reading.encoding
        self._assets = reading.assets
        self._identity = identity
        self._parser: LogParser = kind.parser(reading.rules)
        self._completion = Completion(reading.origin(identity, kind))
        self._number = 0
        self._named: dict[str, str] = {}
        self._relays: set[str] = set()

    def turn(
        self, messages: Sequence[bytes], peers: Sequence[str], received: dt.datetime
    ) -> Completed:
        """Return the events of `messages`, each from the peer at the same place."""
        first = self._number
        self._number += len(messages)
        lines = lines_of(messages, range(first, self._number), encoding=self._encoding)
        parsed = self._parser.parse(lines.text, received)
        completed = self._completion.complete(parsed, lines, received)
        frame = _by_receipt(self._with_peers(completed.frame, first, peers))
        return Completed(
            enrich_log(frame, self._assets), completed.skipped, Counter(completed.faults)
        )

    def _with_peers(self, frame: pl.DataFrame, first: int, peers: Sequence[str]) -> pl.DataFrame:
        numbers = frame[_ID].str.slice(len(self._identity) + 1).str.extract(r"^(\d+)")
        at = numbers.cast(pl.Int64).to_numpy() - first
        peer = pl.Series(_PEER, peers, pl.String()).gather(at.astype(np.uint32))
        frame = frame.with_columns(peer)
        self._learn_relays(frame)
        own = pl.when(~pl.col(_PEER).is_in(list(self._relays))).then(pl.col(_PEER))
        said = [pl.col(_HOST)] if _HOST in frame.columns else []
        frame = frame.with_columns(pl.coalesce(*said, own).alias(_HOST))
        return frame.select([name for name in _ORDER if name in frame.columns])

    def _learn_relays(self, frame: pl.DataFrame) -> None:
        if _NAME not in frame.columns:
            return
        if len(self._named) > _MOST_NAMES:
            self._named.clear()
        named = frame.select(_PEER, _NAME).drop_nulls().unique()
        for peer, name in named.iter_rows():
            if self._named.setdefault(peer, name) != name:
                self._relays.add(peer)


_ORDER = (*BY_NAME, "citywatch.rest")


def _by_receipt(frame: pl.DataFrame) -> pl.DataFrame:
    """Let a time that was carried over from another message be the time of the receipt."""
    carried = pl.col(_ORIGIN) == "previous"
    return frame.with_columns(
        pl.when(carried).then(pl.col(_CREATED)).otherwise(pl.col(_TIME)).alias(_TIME),
        pl.when(carried).then(pl.lit("received")).otherwise(pl.col(_ORIGIN)).alias(_ORIGIN),
    )
