"""A kind of log that a mapping describes, and the parser of one stream of it."""

import dataclasses
import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Callable, Sequence

import polars as pl

from sensors.log.kind import FAULT, LINE, LogParser, Parsed, SourceRules
from sensors.log.mapping import member
from sensors.log.mapping.derivation import derived
from sensors.log.mapping.document import BODY, Document, TimeRule
from sensors.log.mapping.format import format_patterns
from sensors.log.mapping.pair import paired
from sensors.log.mapping.pattern import TEXT, UNPARSED, compiled, extracted, parted
from sensors.log.mapping.row import (
    alternatives_joined,
    kept_text,
    unless_said,
    with_rest,
    without_nulls,
)
from sensors.log.overlay import overlaid
from sensors.log.timestamp import TIME, parsed_times
from situation.faults import Misconfigured
from situation.fields import BY_NAME

BLANK, HEADER = "blank", "header"
"""Reasons for which a line is no event: nothing is on it; it names the columns."""

TIMELESS = "time"
"""Fault of a row whose time was written in no known format."""

ENVELOPED = (
    r"^(?:<\d{1,3}>|[A-Z][a-z]{2} [ \d]?\d (?:\d{4} )?\d\d:\d\d:\d\d"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* (?:[^\s:]+|[0-9A-Fa-f:.]+) [^\s:]+:)"
)
"""Pattern of a line that has an envelope, for kinds that come with one or without."""

Envelope = Callable[[SourceRules], LogParser]
"""Makes the parser of the header that stands before each message."""


class MappingKind:
    """The kind of log of one mapping."""

    def __init__(self, document: Document, envelope: Envelope | None = None) -> None:
        self.document = document
        self._envelope = envelope if document.envelope else None

    @property
    def name(self) -> str:
        """Name of the kind."""
        return self.document.name

    @property
    def title(self) -> str:
        """What it is."""
        return self.document.title

    def likeness(self, head: Sequence[str]) -> float:
        """Return the certainty of the mapping times the share of lines that look like it."""
        lines = pl.Series(head, dtype=pl.String()).str.strip_chars()
        lines = lines.filter(lines != "")
        if lines.is_empty() or not self.document.likeness:
            return 0.0
        alike = pl.Series([False]).new_from_index(0, len(lines))
        for pattern in self.document.likeness:
            alike = alike | lines.str.contains(pattern)
        return self.document.certainty * int(alike.sum()) / len(lines)

    def parser(self, rules: SourceRules) -> "MappingParser":
        """Return a parser of whole lines, their envelope included."""
        envelope = self._envelope(rules) if self._envelope else None
        return MappingParser(_with_options(self.document, rules), rules, envelope)

    def message_parser(self, rules: SourceRules) -> "MappingParser":
        """Return a parser of messages whose envelope was taken off before."""
        return MappingParser(self.document, rules, None)


def _with_options(document: Document, rules: SourceRules) -> Document:
    known = {"format"} if document.format else set()
    faults = [f"there is no option {name}" for name in rules.options if name not in known]
    if faults:
        raise Misconfigured.listing(faults, where=document.name)
    if "format" not in rules.options:
        return document
    patterns = format_patterns(document.format, rules.options["format"], where=document.name)
    return document.model_copy(update={"patterns": patterns})


class MappingParser:
    """Parses one stream by a mapping."""

    def __init__(self, document: Document, rules: SourceRules, envelope: LogParser | None) -> None:
        self._document = document
        self._rules = rules
        self._envelope = envelope
        self._patterns = compiled(document, document.patterns)
        self._parts = tuple(
            zip(
                (part.origin for part in document.parts),
                compiled(document, document.parts),
                strict=True,
            )
        )
        self._wanted = member.wanted_members(document)
        self._columns = document.columns
        self._constants = [pl.lit(value).alias(name) for name, value in document.constants.items()]

    def prime(self, head: Sequence[str]) -> None:
        """Read the header of a stream that is taken up again in its middle."""
        for line in head[:1]:
            self._name_columns(line)

    def parse(self, lines: pl.Series, received: dt.datetime) -> Parsed:
        """Return the columns of `lines`."""
        frame = pl.DataFrame({TEXT: lines}).with_row_index(LINE)
        frame, skipped = self._without_skipped(frame)
        if self._envelope is None:
            return Parsed(self._rows(frame, received), skipped)
        return Parsed(self._opened(self._envelope, frame, received), skipped)

    def _opened(
        self, envelope: LogParser, frame: pl.DataFrame, received: dt.datetime
    ) -> pl.DataFrame:
        """Return the rows of lines of which some have an envelope."""
        has_header = frame[TEXT].str.contains(ENVELOPED)
        if not has_header.any():
            return self._rows(frame, received)
        enclosed = frame.filter(has_header)
        outer = envelope.parse(enclosed[TEXT], received).frame
        outer = outer.with_columns(enclosed[LINE].gather(outer[LINE]).alias(LINE))
        texts = pl.concat(
            [
                outer.select(LINE, pl.col("message").fill_null("").alias(TEXT)),
                frame.filter(~has_header),
            ]
        ).sort(LINE)
        inner = self._rows(texts, received)
        outer = outer.drop("event.module", "event.dataset", strict=False)
        headless = pl.when(pl.col(FAULT) != UNPARSED).then(pl.col(FAULT)).alias(FAULT)
        return overlaid(inner.select(LINE), outer.with_columns(headless)).pipe(overlaid, inner)

    def _without_skipped(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, Counter[str]]:
        skipped: Counter[str] = Counter()
        text = pl.col(TEXT)
        rules = [(BLANK, text.str.strip_chars() == "")]
        rules += [(skip.reason, text.str.contains(skip.pattern)) for skip in self._document.skip]
        for reason, expression in rules:
            kept = frame.filter(~expression)
            if kept.height < frame.height:
                skipped[reason] += frame.height - kept.height
            frame = kept
        if self._document.header and not self._columns and frame.height:
            self._name_columns(frame[TEXT][0])
            frame = frame.slice(1)
            skipped[HEADER] += 1
        return frame, skipped

    def _name_columns(self, line: str) -> None:
        if self._document.header and not self._columns:
            names = line.strip("\ufeff").split(self._document.separator)
            self._columns = tuple(name.strip().strip('"') for name in names)

    def _rows(self, frame: pl.DataFrame, received: dt.datetime) -> pl.DataFrame:
        found = self._found(frame)
        found = without_nulls(alternatives_joined(found), self._document.nulls)
        found = self._with_parts(found)
        found = found.with_columns(self._tables(found.columns))
        found = self._with_fields(self._with_time(found, received))
        found = kept_text(found, frame)
        found = found.with_columns(unless_said(self._constants, found.columns))
        return with_rest(derived(found), self._document.rest_path)

    def _found(self, frame: pl.DataFrame) -> pl.DataFrame:
        if self._document.form == "pattern":
            return extracted(frame, self._patterns)
        if not self._patterns:
            return self._members(frame)
        cut = extracted(frame, self._patterns)
        if BODY not in cut.columns:
            return cut
        bodies = cut.filter(pl.col(BODY).is_not_null()).select(LINE, pl.col(BODY).alias(TEXT))
        return overlaid(cut.drop(BODY), self._members(bodies))

    def _members(self, frame: pl.DataFrame) -> pl.DataFrame:
        document, nested = self._document, bool(self._document.rest_path)
        if document.form == "keyvalue":
            return paired(frame, document.pair, self._wanted, nested=nested)
        decode: member.Decode = member.json_members
        if document.form == "csv":
            decode = member.record_members(self._columns, document.separator)
        return member.gathered(frame, decode, self._wanted, nested=nested)

    def _with_parts(self, frame: pl.DataFrame) -> pl.DataFrame:
        for origin, part in self._parts:
            if origin in frame.columns:
                frame = overlaid(frame, parted(frame, origin, part))
        return frame

    def _tables(self, columns: Sequence[str]) -> list[pl.Expr]:
        made: dict[str, list[pl.Expr]] = {}
        for table in self._document.tables:
            if table.origin in columns:
                value = pl.col(table.origin).replace_strict(
                    table.values, default=table.default, return_dtype=pl.String
                )
                known = pl.when(pl.col(table.origin).is_not_null()).then(value)
                said = [pl.col(table.to)] if table.to in columns else []
                made.setdefault(table.to, [] if table.to == table.origin else said).append(known)
        return [pl.coalesce(values).alias(target) for target, values in made.items()]

    def _with_time(self, frame: pl.DataFrame, received: dt.datetime) -> pl.DataFrame:
        time = pl.repeat(None, frame.height, dtype=TIME, eager=True)
        written = pl.repeat(False, frame.height, eager=True)  # noqa: FBT003 - a column's value
        used: set[str] = set()
        for rule in self._document.times:
            if not set(rule.keys) <= set(frame.columns) or time.null_count() == 0:
                continue
            text = frame.select(pl.concat_str(rule.keys, separator=" ")).to_series()
            open_text = text.set(time.is_not_null(), None)
            parsed = parsed_times(open_text, rule.formats, _zoned(self._rules, rule), received)
            time = time.zip_with(time.is_not_null(), parsed)
            written = written | text.is_not_null()
            used.update(rule.keys)
        fault = pl.when(pl.Series(written & time.is_null())).then(pl.lit(TIMELESS))
        said = [pl.col(FAULT)] if FAULT in frame.columns else []
        return frame.with_columns(
            time.alias("@timestamp"), pl.coalesce(*said, fault).alias(FAULT)
        ).drop([key for key in used if key != "@timestamp" and key not in BY_NAME])

    def _with_fields(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give the members of `fields` their names; the first of several that has a value holds."""
        named: dict[str, list[str]] = {}
        for key, field in self._document.fields.items():
            if key in frame.columns:
                named.setdefault(field, []).append(key)
        values = [
            pl.coalesce(*([field] if field in frame.columns else []), *keys).alias(field)
            for field, keys in named.items()
        ]
        gone = [key for keys in named.values() for key in keys if key not in named]
        return frame.with_columns(values).drop(gone)


def _zoned(rules: SourceRules, rule: TimeRule) -> SourceRules:
    return dataclasses.replace(rules, zone=zoneinfo.ZoneInfo(rule.zone)) if rule.zone else rules
