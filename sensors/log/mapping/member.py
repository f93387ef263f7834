"""Lines of the forms `json` and `csv`: named members become columns and a rest.

Which members a line has is not known beforehand, so each line is decoded by itself.
"""

import csv
from collections.abc import Callable, Mapping, Sequence

import orjson
import polars as pl

from sensors.log.kind import FAULT, LINE
from sensors.log.mapping.document import Document
from sensors.log.mapping.pattern import MEMBERS, TEXT, UNPARSED
from sensors.log.rest import outside_registry, rest_text
from situation.fields import BY_NAME

DEPTH = 32
"""Objects in objects that are looked into for known members; what is deeper stays whole."""

PARTIAL = "rest"
"""Fault of a row of which not all members could be kept."""

_OURS = (
    "citywatch.",
    "event.id",
    "event.original",
    "event.created",
    "event.ingested",
    "observer.name",
)
_SAID_BY_SOURCES = {name for name in BY_NAME if not name.startswith(_OURS)}
"""Fields that a source may fill by their name; the others are what we say of it."""

Members = Mapping[str, object]
Decode = Callable[[str], Members | None]
"""Returns the members of one line, or None where it is not of the form."""


def json_members(text: str) -> Members | None:
    """Return the members of a JSON object."""
    try:
        found = orjson.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def record_members(names: Sequence[str], separator: str) -> Decode:
    """Return what takes a line of separated values apart; `names` beyond its values are absent."""

    def decode(text: str) -> Members | None:
        try:
            values = next(csv.reader([text], delimiter=separator, strict=True), [])
        except csv.Error:
            return None
        if len(values) > len(names):
            return None
        return {name: value for name, value in zip(names, values, strict=False) if value}

    return decode


def wanted_members(document: Document) -> frozenset[str]:
    """Return the names of members that become columns."""
    names = {*document.fields, *(table.origin for table in document.tables)}
    names |= {part.origin for part in document.parts}
    names |= {key for rule in document.times for key in rule.keys}
    return frozenset(names | _SAID_BY_SOURCES if document.declared else names)


def gathered(
    frame: pl.DataFrame, decode: Decode, wanted: frozenset[str], *, nested: bool
) -> pl.DataFrame:
    """Return a row for each row of `frame` (`LINE`, `TEXT`): known members as text, and `MEMBERS`.

    `nested` says that the other members will stand below a name of their own in the rest.
    """
    columns: dict[str, list[str | None]] = {}
    rests: list[str | None] = []
    faults: list[str | None] = []
    for row, text in enumerate(frame[TEXT]):
        members = decode(text)
        left: dict[str, object] = {}
        if members is not None:
            found: dict[str, str] = {}
            left = _divided(members, wanted, found, "", DEPTH)
            for name, value in found.items():
                if name not in columns:
                    columns[name] = [None] * frame.height
                columns[name][row] = value
        rest, whole = rest_text(left if nested else outside_registry(left))
        rests.append(rest)
        faults.append(UNPARSED if members is None else None if whole else PARTIAL)
    return pl.DataFrame(
        {LINE: frame[LINE], **columns, MEMBERS: rests, FAULT: faults},
        schema_overrides={MEMBERS: pl.String, FAULT: pl.String},
    )


def _divided(
    members: Members, wanted: frozenset[str], found: dict[str, str], before: str, depth: int
) -> dict[str, object]:
    """Put known members into `found`, by dotted name, and return the others."""
    left: dict[str, object] = {}
    for key, value in members.items():
        name = before + key
        if isinstance(value, dict) and depth:
            inner = _divided(value, wanted, found, name + ".", depth - 1)
            if inner:
                left[key] = inner
        elif name not in wanted or not _single(value):
            left[key] = value
        else:
            text = _text(value)
            if text:
                found[name] = text
    return left


def _single(value: object) -> bool:
    """Return whether a field can hold the value: one that is no object, or a list of one."""
    if isinstance(value, list):
        return len(value) == 1 and not isinstance(value[0], dict | list)
    return not isinstance(value, dict)


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return None if value is None else str(value)
