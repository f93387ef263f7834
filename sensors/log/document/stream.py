"""Kinds and streams of documents: each line stands alone, so nothing is remembered."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from sensors.log.document.gathering import load
from sensors.log.document.plan import Object
from sensors.log.document.turning import Reception
from sensors.log.kind import LogParser, Parsed, SourceRules
from situation.faults import Misconfigured

Reader = Callable[[pl.Series, Reception], Parsed]


@dataclass(frozen=True, slots=True)
class LineParser:
    """Parses lines of which each stands alone."""

    rules: SourceRules
    read: Reader

    def prime(self, head: Sequence[str]) -> None:
        """Need nothing of the stream's beginning."""

    def parse(self, lines: pl.Series, received: dt.datetime) -> Parsed:
        """Return the columns of `lines`."""
        return self.read(lines, Reception(self.rules, received))


@dataclass(frozen=True, slots=True)
class LineKind:
    """A kind of log whose lines stand alone, told by the share of lines that `is_one` knows."""

    name: str
    title: str
    is_one: Callable[[str], bool]
    read: Reader
    options: frozenset[str] = frozenset()
    """Options that a source may set."""

    def likeness(self, head: Sequence[str]) -> float:
        """Return the share of the lines that are of this kind."""
        filled = [line for line in head if line.strip()]
        return sum(map(self.is_one, filled)) / len(filled) if filled else 0.0

    def parser(self, rules: SourceRules) -> LogParser:
        """Return a parser of one stream; raise `Misconfigured` for options that it has not."""
        check_options(self.name, self.options, rules)
        return LineParser(rules, self.read)


def check_options(kind: str, known: frozenset[str], rules: SourceRules) -> None:
    """Raise `Misconfigured` for options of a source that its kind does not understand."""
    faults = [f"there is no option {name}" for name in rules.options if name not in known]
    if faults:
        raise Misconfigured.listing(faults, where=kind)


def is_document(line: str, is_one: Callable[[Object], bool]) -> bool:
    """Tell whether a line is a JSON object that `is_one` knows."""
    value = load(line)
    return value is not None and is_one(value)
