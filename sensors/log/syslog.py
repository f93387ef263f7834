"""Syslog: the header of RFC 3164, RFC 5424 and of files, and what lies in the message.

The header is a mapping like any other. Its message goes on to the mappings of the programs that
write it, or to formats that are told by the message itself.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from sensors.log.kind import FAULT, LINE, LogParser, Parsed, SourceRules
from sensors.log.mapping.document import Document
from sensors.log.mapping.kind import MappingKind
from sensors.log.mapping.pattern import UNPARSED
from sensors.log.overlay import overlaid

_PROGRAM = "process.name"
_MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Inner:
    """A format of messages: which messages it takes, and what parses them.

    A message is offered to the inner formats in their order; one that cannot parse it leaves it
    to the next. What none can parse is a row of syslog all the same.
    """

    parser: Callable[[SourceRules], LogParser]
    """Makes the parser of the messages of one stream."""
    programs: tuple[str, ...] = ()
    """Programs whose messages it takes, by `process.name`; empty: those of any."""
    content: str = ""
    """Pattern (Rust regex) that the message fits; empty: any message fits."""


def inner_of(kind: MappingKind) -> Inner:
    """Return a mapping as a format of messages, by its `programs` and `content`."""
    document = kind.document
    return Inner(kind.message_parser, document.programs, document.content)


class SyslogKind:
    """Syslog of one name and likeness, with the formats that lie in its messages."""

    def __init__(self, document: Document, inner: Sequence[Inner] = ()) -> None:
        self._header = MappingKind(document)
        self._inner = tuple(inner)

    @property
    def name(self) -> str:
        """Name of the kind."""
        return self._header.name

    @property
    def title(self) -> str:
        """What it is."""
        return self._header.title

    def likeness(self, head: Sequence[str]) -> float:
        """Return how sure it is that these lines are syslog."""
        return self._header.likeness(head)

    def parser(self, rules: SourceRules) -> "SyslogParser":
        """Return a parser of whole lines and of the messages in them."""
        return SyslogParser(self._header.parser(rules), self._inner, rules)

    def envelope(self, rules: SourceRules) -> "SyslogParser":
        """Return a parser of the header alone, for a kind that reads the message itself."""
        bare = SourceRules(zone=rules.zone, year=rules.year)
        return SyslogParser(self._header.parser(bare), (), bare)


class SyslogParser:
    """Parses one stream of syslog."""

    def __init__(self, header: LogParser, inner: Sequence[Inner], rules: SourceRules) -> None:
        self._header = header
        self._messages = Messages(inner, rules)

    def prime(self, head: Sequence[str]) -> None:
        """Nothing is remembered between lines."""

    def parse(self, lines: pl.Series, received: dt.datetime) -> Parsed:
        """Return the columns of `lines` and of the messages in them."""
        parsed = self._header.parse(lines, received)
        return Parsed(self._messages.over(parsed.frame, received), parsed.skipped)


class Messages:
    """What parses the messages of one stream, whatever the envelope they came in."""

    def __init__(self, inner: Sequence[Inner], rules: SourceRules) -> None:
        self._inner = [(one, one.parser(rules)) for one in inner]

    def over(self, frame: pl.DataFrame, received: dt.datetime) -> pl.DataFrame:
        """Return the rows with what their `message` says laid over what they said before.

        `frame` has `LINE`, `message` and perhaps `process.name`; without them it stays as it is.
        """
        if not self._inner or _MESSAGE not in frame.columns:
            return frame
        told = _PROGRAM in frame.columns
        program = pl.col(_PROGRAM) if told else pl.lit(None, pl.String()).alias(_PROGRAM)
        waiting = frame.select(LINE, program, _MESSAGE).drop_nulls(_MESSAGE)
        found: list[pl.DataFrame] = []
        for inner, parser in self._inner:
            taken = waiting.filter(_takes(inner))
            if taken.is_empty():
                continue
            rows = _parsed_messages(parser, taken, received, told=bool(inner.content))
            found.append(rows)
            waiting = waiting.join(rows.select(LINE), on=LINE, how="anti", maintain_order="left")
        if not found:
            return frame
        return overlaid(frame, pl.concat(found, how="diagonal_relaxed"))


def _takes(inner: Inner) -> pl.Expr:
    fits = pl.lit(True)  # noqa: FBT003 - a column's value
    if inner.programs:
        fits = pl.col(_PROGRAM).is_in(list(inner.programs))
    return fits & pl.col(_MESSAGE).str.contains(inner.content) if inner.content else fits


def _parsed_messages(
    parser: LogParser, taken: pl.DataFrame, received: dt.datetime, *, told: bool
) -> pl.DataFrame:
    """Return a row for each message that the parser understands, under its own `LINE`.

    A message that bears the mark of its format (`told`) and is broken keeps its fault.
    """
    rows = parser.parse(taken[_MESSAGE], received).frame
    rows = rows.with_columns(taken[LINE].gather(rows[LINE]).alias(LINE))
    if FAULT in rows.columns and not told:
        rows = rows.filter(pl.col(FAULT).is_null() | (pl.col(FAULT) != UNPARSED))
    return rows.unique(LINE, keep="first", maintain_order=True)
