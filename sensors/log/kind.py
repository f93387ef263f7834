"""What a kind of log is: raw lines in, columns out, no line lost."""

import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

LINE = "_line"
"""Hidden column of a parsed frame: index of the line that the row came from, UInt32."""

FAULT = "citywatch.log.fault"

CITY_ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What is known of a source beside its lines.

    `zone` is meant where a time names none. `year` is the year of times without one; None takes
    the year that puts the time nearest to, and at most a day after, the receive time.
    """

    zone: zoneinfo.ZoneInfo = CITY_ZONE
    year: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    """What the kind alone understands, for example `format` of a web server's log."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows of some lines, and the lines that were no events.

    `frame` has `LINE`, `@timestamp` (null where the line tells no time), declared columns of the
    registry's type or as text, and perhaps `REST`; completion makes the values conform. A line
    that could not be parsed, or not whole, is a row whose `FAULT` says why. Every line is either
    a row or counted in `skipped` by reason (header, blank, comment).
    """

    frame: pl.DataFrame
    skipped: Counter[str] = field(default_factory=Counter)


class LogParser(Protocol):
    """Parses one stream (a file, a connection) from its beginning on; it may remember lines."""

    def prime(self, head: Sequence[str]) -> None:
        """Read the first lines of a stream that is taken up again in its middle."""
        ...

    def parse(self, lines: pl.Series, received: dt.datetime) -> Parsed:
        """Return the columns of `lines` (String, no line ends), which came in at `received`.

        Never raises for what a line holds.
        """
        ...


class LogKind(Protocol):
    """A kind of log: how it is recognised and how a stream of it is parsed."""

    @property
    def name(self) -> str:
        """Name, as in `--as` and `citywatch.log.kind`: lower case, words joined by hyphens."""
        ...

    @property
    def title(self) -> str:
        """What it is, in a few words for the list of kinds."""
        ...

    def likeness(self, head: Sequence[str]) -> float:
        """Return 0 to 1: how sure it is that these first lines are of this kind."""
        ...

    def parser(self, rules: SourceRules) -> LogParser:
        """Return a parser for one stream; raise `Misconfigured` for options that do not fit."""
        ...
