r'''The form of a mapping: one TOML file that says how the lines of a source become columns.

A mapping names its kind, says the form of a line, and where each value goes:

    name = "door-control"                # as in --as; lower case, hyphens
    title = "Door controllers of the town hall"
    form = "pattern"                     # or json, keyvalue, csv
    envelope = "syslog"                  # take off a syslog header first, where there is one

    [constants]                          # what every row says
    "event.module" = "door"
    "event.dataset" = "door.access"

    [fragments]                          # pieces of patterns
    time = """(?P<time>\S+ \S+)"""

    [[patterns]]                         # tried in order; the first that fits the whole line holds
    pattern = """%{time} door (?P<door>\d+) (?P<verb>opened|refused) for (?P<user.name>\S+)"""
    constants = { "event.category" = "session" }

    [[times]]                            # tried in order; several keys are joined by a space
    from = "time"
    formats = ["%Y-%m-%d %H:%M:%S"]      # as chrono writes them, or iso, epoch, epoch_ms ...
    zone = "UTC"                         # else the zone of the source

    [[parts]]                            # a value is taken apart further; it may fit or not
    from = "user.name"
    pattern = "guest.*"
    constants = { "event.reason" = "guest" }

    [[tables]]                           # a value becomes another one
    from = "verb"
    to = "event.outcome"
    values = { opened = "success", refused = "failure" }

A group or key that bears the name of a declared field fills that field; `[fields]` gives other
keys a field (`src = "source.ip"`). What has neither goes into the rest, under the path `rest`.
A second group for one field is named with two underscores and a number (`user.name__2`).

| key | meaning |
|---|---|
| `nulls` | texts that mean that there is no value, such as `-` |
| `skip` | lines that are no events: `pattern` and `reason` |
| `pair` | keyvalue: pattern of one pair, with the groups `key` and `value` |
| `columns`, `separator`, `header` | csv: names of the columns, or that a first line has them |
| `declared` | json, keyvalue, csv: keys that are names of declared fields fill them |
| `programs`, `content` | inner: messages of syslog that this mapping takes |
| `format` | syntax of the option `format` that replaces the patterns: nginx, apache, postgresql |
| `sample` | texts that the patterns have to fit, without an envelope; checked when it is read |
| `likeness`, `certainty` | patterns that tell the kind, and how sure they are, 0 to 1 |

With the forms json, keyvalue and csv, `patterns` may cut the line first; the group `_body` is
then what the form reads. Patterns are those of the Rust crate regex, and fit a whole line.
The types of values are those of the registry. Derived without being said: path, query and
domain from `url.original`; facility and severity from `log.syslog.priority`; the outcome of a
web request from its status.
'''

import pathlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sensors.log.timestamp import NAMED, zone_named
from situation.faults import Misconfigured
from situation.fields import BY_NAME
from situation.validation import sentences

BODY = "_body"
"""Group whose text the form reads, where patterns cut the line first."""

MATCHED = "_matched"
"""Empty group at the end of each pattern: null exactly where the pattern did not fit."""

_FRAGMENT = re.compile(r"%\{(\w+)\}")


_FRACTION = re.compile(r"(?<!\.)%f|\.%f")


def _declared(name: str) -> str:
    if name not in BY_NAME:
        raise ValueError(f"{name} is no declared field")
    return name


def _compiling(pattern: str) -> str:
    try:
        pl.Series([""]).str.extract_groups(pattern)
    except (pl.exceptions.ComputeError, pl.exceptions.InvalidOperationError) as error:
        told = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise ValueError(f"no pattern: {told[-1] if told else pattern}") from error
    return pattern


def _pairing(pattern: str) -> str:
    empty = pl.Series([""]).str.extract_groups(_compiling(pattern)).struct.unnest()
    if {"key", "value"} > set(empty.columns):
        raise ValueError("a pair has the groups key and value")
    return pattern


def _zone(name: str) -> str:
    return zone_named(name).key


def _time_format(name: str) -> str:
    if name not in NAMED and "%" not in name:
        raise ValueError(f"{name} is no format of a time; by name: {', '.join(NAMED)}")
    if _FRACTION.search(name):
        raise ValueError(f"{name}: a fraction is written %.f, or %3f, %6f, %9f")
    if name not in NAMED:
        try:
            pl.Series(["x"]).str.to_datetime(f"%Y {name}", strict=False)
        except pl.exceptions.PolarsError as error:
            raise ValueError(f"{name} is no format of a time") from error
    return name


FieldName = Annotated[str, AfterValidator(_declared)]
Regex = Annotated[str, AfterValidator(_compiling)]
Constants = dict[FieldName, str | int]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Pattern(_Part):
    """One pattern, and what the rows that fit it say beside their groups."""

    pattern: str
    constants: Constants = {}


class TimeRule(_Part):
    """Where a time stands and how it is written."""

    origin: Annotated[str | tuple[str, ...], Field(alias="from")]
    formats: Annotated[
        tuple[Annotated[str, AfterValidator(_time_format)], ...], Field(min_length=1)
    ]
    zone: Annotated[str, AfterValidator(_zone)] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys whose texts make the time, joined by a space."""
        return (self.origin,) if isinstance(self.origin, str) else self.origin


class Table(_Part):
    """Values of one key that become values of a field."""

    origin: Annotated[str, Field(alias="from")]
    to: FieldName
    values: dict[str, str]
    default: str | None = None


class Part(_Part):
    """A value that is taken apart: where the pattern fits, its groups and constants hold."""

    origin: Annotated[str, Field(alias="from")]
    pattern: Regex
    constants: Constants = {}


class Skip(_Part):
    """Lines that are no events."""

    pattern: Regex
    reason: str


class Document(_Part):
    """A checked mapping; see the text of this module."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: str
    form: Literal["pattern", "json", "keyvalue", "csv"]
    envelope: Literal["", "syslog"] = ""
    constants: Constants = {}
    fragments: dict[str, str] = {}
    patterns: tuple[Pattern, ...] = ()
    fields: dict[str, FieldName] = {}
    times: tuple[TimeRule, ...] = ()
    tables: tuple[Table, ...] = ()
    parts: tuple[Part, ...] = ()
    nulls: tuple[str, ...] = ()
    skip: tuple[Skip, ...] = ()
    rest: str | None = None
    pair: Annotated[str, AfterValidator(_pairing)] = (
        r"(?P<key>[^\s=,;\"]+)=(?P<value>\"(?:[^\"\\]|\\.)*\"|[^\s,;]*)"
    )
    columns: tuple[str, ...] = ()
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    header: bool = False
    declared: bool = False
    programs: tuple[str, ...] = ()
    content: Regex = ""
    format: Literal["", "nginx", "apache", "postgresql"] = ""
    likeness: tuple[Regex, ...] = ()
    certainty: Annotated[float, Field(gt=0, le=1)] = 0.9
    sample: tuple[str, ...] = ()

    @property
    def rest_path(self) -> tuple[str, ...]:
        """Names of the objects around the rest: `rest`, else the name of the kind."""
        path = self.name.replace("-", ".") if self.rest is None else self.rest
        return tuple(part for part in path.split(".") if part)

    def expanded(self, pattern: str) -> str:
        """Return a pattern with its fragments, ready to fit a whole text."""
        body = _FRAGMENT.sub(lambda found: self.fragments.get(found[1], found[0]), pattern)
        return rf"(?s)^(?:{body})(?P<{MATCHED}>)$"


def read_document(path: pathlib.Path) -> Document:
    """Read a mapping; raise `Misconfigured` with every fault at once."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"is no TOML: {error}", where=str(path)) from error
    return checked_document(content, where=str(path))


def checked_document(content: Mapping[str, object], *, where: str) -> Document:
    """Return the mapping that `content` is; raise `Misconfigured` with every fault at once."""
    try:
        document = Document.model_validate(content)
    except ValidationError as error:
        raise Misconfigured.listing(sentences(error), where=where) from error
    faults = list(_faults(document))
    if faults:
        raise Misconfigured.listing(faults, where=where)
    return document


def _faults(document: Document) -> Iterator[str]:
    faults = list(_pattern_faults(document))
    yield from faults or _sample_faults(document)
    if document.form == "pattern" and not document.patterns:
        yield "patterns: a mapping of this form has at least one"
    if document.form == "csv" and not document.columns and not document.header:
        yield "columns: a csv names its columns, or has a header"
    if document.form in {"json", "keyvalue", "csv"}:
        for number, pattern in enumerate(document.patterns):
            if f"(?P<{BODY}>" not in pattern.pattern:
                yield f"patterns.{number}: a pattern of this form has the group {BODY}"


def _sample_faults(document: Document) -> Iterator[str]:
    patterns = [document.expanded(one.pattern) for one in document.patterns]
    for number, text in enumerate(document.sample if patterns else ()):
        if not any(pl.Series([text]).str.contains(pattern).item() for pattern in patterns):
            yield f"sample.{number}: no pattern fits it"


def _pattern_faults(document: Document) -> Iterator[str]:
    for number, pattern in enumerate(document.patterns):
        for name in _FRAGMENT.findall(pattern.pattern):
            if name not in document.fragments:
                yield f"patterns.{number}: there is no fragment {name}"
        try:
            _compiling(document.expanded(pattern.pattern))
        except ValueError as error:
            yield f"patterns.{number}: {error}"
