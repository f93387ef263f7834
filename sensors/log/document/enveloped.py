"""Kinds whose messages come bare or behind a syslog header, in one stream."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from sensors.log.document.stream import check_options
from sensors.log.kind import FAULT, LINE, LogKind, LogParser, Parsed, SourceRules
from sensors.log.mapping.pattern import UNPARSED


@dataclass(frozen=True, slots=True)
class EnvelopedKind:
    """A kind that is told by a mark in its lines."""

    name: str
    """Also the `event.module` of its rows."""
    title: str
    mark: str
    """Pattern with which each message begins, bare or behind its header."""
    message_parser: Callable[[SourceRules], LogParser]
    envelope: LogKind
    """Syslog that hands such messages on."""

    def likeness(self, head: Sequence[str]) -> float:
        """Return the share of the lines that bear the mark."""
        lines = pl.Series(head, dtype=pl.String)
        lines = lines.filter(lines.str.strip_chars() != "")
        alike = lines.str.contains(rf"(?:^|[\s>]){self.mark}")
        return int(alike.sum()) / len(lines) if len(lines) else 0.0

    def parser(self, rules: SourceRules) -> LogParser:
        """Return a parser of one stream; raise `Misconfigured` for options, it has none."""
        check_options(self.name, frozenset(), rules)
        return EnvelopedParser(self, self.message_parser(rules), self.envelope.parser(rules))


class EnvelopedParser:
    """Parses one stream of such lines."""

    def __init__(self, kind: EnvelopedKind, bare: LogParser, enclosed: LogParser) -> None:
        self._kind = kind
        self._bare = bare
        self._enclosed = enclosed

    def prime(self, head: Sequence[str]) -> None:
        """Need nothing of the stream's beginning."""

    def parse(self, lines: pl.Series, received: dt.datetime) -> Parsed:
        """Return the columns of `lines`."""
        lines = lines.fill_null("")
        has_header = lines.str.contains(rf"[\s>]{self._kind.mark}")
        has_header = has_header & ~lines.str.contains(rf"^\s*{self._kind.mark}")
        bare = self._part(self._bare, lines, ~has_header, received)
        enclosed = self._part(self._enclosed, lines, has_header, received)
        unread = (pl.col("event.module") != self._kind.name).fill_null(value=True)
        frame = pl.concat([bare.frame, enclosed.frame], how="diagonal_relaxed").with_columns(
            pl.when(unread).then(pl.lit(UNPARSED)).otherwise(FAULT).alias(FAULT)
        )
        return Parsed(frame.sort(LINE), bare.skipped + enclosed.skipped)

    def _part(
        self, parser: LogParser, lines: pl.Series, chosen: pl.Series, received: dt.datetime
    ) -> Parsed:
        numbers = chosen.arg_true()
        parsed = parser.parse(lines.gather(numbers), received)
        columns = {"event.module": pl.String(), FAULT: pl.String()}
        absent = [name for name in columns if name not in parsed.frame.columns]
        frame = parsed.frame.with_columns(
            numbers.gather(parsed.frame[LINE]).cast(pl.UInt32).alias(LINE),
            *(pl.lit(None, columns[name]).alias(name) for name in absent),
        )
        return Parsed(frame, parsed.skipped)
