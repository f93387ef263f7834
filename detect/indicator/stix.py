"""Indicators as a STIX 2.1 bundle (OASIS STIX 2.1, 4.7 and 9): simple patterns become values.

A pattern is taken where it says that one property, or one of several, equals a value. What needs
more than that to be true (AND, FOLLOWEDBY, qualifiers, negation) cannot be told by one value and is
left out, counted.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from detect.indicator.indicator import Kind, Known, in_one_form
from situation.faults import Malformed
from situation.settings import FeedSettings

_PATHS: Final[Mapping[str, Kind]] = {
    "ipv4-addr:value": "address",
    "ipv6-addr:value": "address",
    "domain-name:value": "domain",
    "url:value": "url",
    "file:hashes.md5": "md5",
    "file:hashes.sha-256": "sha256",
}

_ATOM: Final = r"\s*([a-z0-9-]+:[a-z0-9_.'-]+)\s*(=|IN)\s*('(?:[^'\\]|\\.)*'|\([^()]*\))\s*"
_ONE: Final = re.compile(_ATOM, re.IGNORECASE)
_TEXT: Final = re.compile(r"'((?:[^'\\]|\\.)*)'")
_LONGEST: Final = 500
_LONGEST_PATTERN: Final = 10_000
_MOST: Final = 100


def rows_of_stix(text: str, feed: FeedSettings, written: dt.datetime) -> Iterator[Known | str]:
    """Yield the indicators of a bundle, and for each that is left out the reason.

    One without an end holds for the days of the feed since it was `written`. Raises
    `Malformed` for what is no bundle.
    """
    for item in _objects(text):
        if isinstance(item, dict) and item.get("type") == "indicator":
            yield from _rows(item, feed, written)


def _objects(text: str) -> Sequence[object]:
    try:
        bundle = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"is no JSON: {error}", where="bundle") from error
    objects = bundle.get("objects") if isinstance(bundle, dict) else None
    if not isinstance(objects, list) or bundle.get("type") != "bundle":
        raise Malformed("is no STIX bundle with objects", where="bundle")
    return objects


def _rows(
    item: Mapping[str, object], feed: FeedSettings, written: dt.datetime
) -> Iterator[Known | str]:
    if item.get("revoked") is True:
        yield "revoked"
        return
    if item.get("pattern_type") != "stix":
        yield "pattern type"
        return
    said = values_of(str(item.get("pattern", "")))
    if said is None:
        yield "pattern"
        return
    try:
        begin, end, confidence = _times_and_figure(item, feed, written)
    except ValueError:
        yield "figure or time"
        return
    for path, text in said:
        kind = _PATHS.get(path)
        value = in_one_form(kind, text) if kind else None
        if kind is None or value is None:
            yield "property" if kind is None else "value"
            continue
        yield Known(
            kind=kind,
            value=value,
            label=_label(item),
            confidence=confidence,
            valid_from=begin,
            valid_until=end,
            detail={"stix": str(item.get("id", ""))[:_LONGEST]},
        )


def values_of(pattern: str) -> list[tuple[str, str]] | None:
    """Return property and value of each alternative of a pattern; None for what is no such one.

    Properties are in lower case and without quotes: `file:hashes.sha-256`.
    """
    inner = _brackets(pattern)
    if inner is None:
        return None
    found: list[tuple[str, str]] = []
    for one in inner:
        place = 0
        while True:
            atom = _ONE.match(one, place)
            if atom is None:
                return None
            path = atom[1].lower().replace("'", "")
            found += [(path, _unescaped(text)) for text in _TEXT.findall(atom[3])]
            place = atom.end()
            if place == len(one):
                break
            if not one[place:].upper().startswith("OR "):
                return None
            place += len("OR ")
    return found or None


def _brackets(pattern: str) -> list[str] | None:
    """Return what stands in each pair of brackets, where nothing but OR stands between them."""
    text = r"'(?:[^'\\]|\\.)*'"
    pair = re.compile(rf"\s*\[((?:[^\[\]']|{text})*)\]\s*")
    found, place = [], 0
    while len(pattern) <= _LONGEST_PATTERN:
        one = pair.match(pattern, place)
        if one is None:
            return None
        found.append(one[1])
        place = one.end()
        if place == len(pattern):
            return found
        if not pattern[place:].upper().startswith("OR"):
            return None
        place += len("OR")
    return None


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _times_and_figure(
    item: Mapping[str, object], feed: FeedSettings, written: dt.datetime
) -> tuple[dt.datetime | None, dt.datetime, int]:
    begin, end = _time(item.get("valid_from")), _time(item.get("valid_until"))
    confidence = item.get("confidence", feed.confidence)
    if not isinstance(confidence, int) or not 0 <= confidence <= _MOST:
        raise ValueError(confidence)
    return begin, end or written + dt.timedelta(days=feed.days), confidence


def _time(value: object) -> dt.datetime | None:
    if value is None:
        return None
    at = dt.datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        raise ValueError(value)
    return at.astimezone(dt.UTC)


def _label(item: Mapping[str, object]) -> str:
    name = str(item.get("name", "")).strip()
    types = item.get("indicator_types")
    kinds = ", ".join(map(str, cast("list[object]", types))) if isinstance(types, list) else ""
    return (name or kinds)[:_LONGEST]
