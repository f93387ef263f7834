"""Values of JSON become columns; one that does not fit is null."""

import contextlib
import datetime as dt
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from sensors.log.document import span
from sensors.log.document.usual_time import usual_times
from sensors.log.kind import SourceRules
from sensors.log.timestamp import parsed_times

_UTC = zoneinfo.ZoneInfo("UTC")
_NOTHING = type(None)
_LEAST, _GREATEST = -(2**63), 2**63 - 1
_NAME = "^[a-z][a-z0-9_-]{0,63}$"
_NUMBER_CHARACTERS = 32
_TRUTHS = {"true": True, "false": False, "T": True, "F": False}


@dataclass(frozen=True, slots=True)
class Reception:
    """What the lines of a block have in common: the rules of their source, when they came."""

    rules: SourceRules
    received: dt.datetime


def texts(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return text that is not empty; of numbers as JSON writes them, of a list its one member."""
    sorts = set(map(type, values))
    if sorts <= {str, _NOTHING}:
        return _filled(pl.Series(values, dtype=pl.String))
    if sorts <= {int, _NOTHING}:
        numbers = wholes(values, reception)
        if numbers.null_count() == values.count(None):
            return numbers.cast(pl.String)
    return _filled(pl.Series([_text(value) for value in values], dtype=pl.String))


def lowered(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return text in lower case."""
    return texts(values, reception).str.to_lowercase()


def names(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return short names of lower case, such as a dataset may bear."""
    found = texts(values, reception)
    return found.set(~found.str.contains(_NAME), None)


def uppered(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return text in upper case."""
    return texts(values, reception).str.to_uppercase()


def hardware_addresses(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return MAC addresses in the form of RFC 7042, 2.1."""
    return uppered(values, reception).str.replace_all(":", "-", literal=True)


def wholes(values: Sequence[object], _: Reception) -> pl.Series:
    """Return whole numbers, also where they are written as text."""
    if set(map(type, values)) <= {int, _NOTHING}:
        with contextlib.suppress(TypeError):  # beyond 64 bits
            return pl.Series(values, dtype=pl.Int64)
    return pl.Series(_each(values, _whole), dtype=pl.Int64)


def reals(values: Sequence[object], _: Reception) -> pl.Series:
    """Return numbers, also where they are written as text."""
    if set(map(type, values)) <= {float, _NOTHING}:
        return pl.Series(values, dtype=pl.Float64)
    return pl.Series(_each(values, _real), dtype=pl.Float64)


def truths(values: Sequence[object], _: Reception) -> pl.Series:
    """Return truth values, also where they are written as text."""
    if set(map(type, values)) <= {bool, _NOTHING}:
        return pl.Series(values, dtype=pl.Boolean)
    return pl.Series(_each(values, _truth), dtype=pl.Boolean)


def instants(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return times: ISO 8601 (in the source's zone if it names none), or a count since 1970.

    The count is of seconds, or of milliseconds where it is too great for seconds.
    """
    if not set(map(type, values)) <= {str, _NOTHING}:
        return _mixed_times(values, reception)
    return written_times(pl.Series(values, dtype=pl.String), reception)


def _mixed_times(values: Sequence[object], reception: Reception) -> pl.Series:
    written = [value if isinstance(value, str) else None for value in values]
    found = written_times(pl.Series(written, dtype=pl.String), reception)
    return found.zip_with(found.is_not_null(), span.since_1970(reals(values, reception)))


def written_times(written: pl.Series, reception: Reception) -> pl.Series:
    """Return times of texts in ISO 8601, in the source's zone if they name none."""
    found = usual_times(written)
    if found is not None:
        return found
    return parsed_times(written, ("iso",), reception.rules, reception.received)


def seconds(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return nanoseconds of spans in seconds."""
    return span.nanoseconds(reals(values, reception))


def counts(values: Sequence[object], _: Reception) -> pl.Series:
    """Return how many members lists have; a single value counts as one."""
    return pl.Series(_each(values, _count), dtype=pl.Int64)


def firsts(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return the first members of lists as text, and single values as they are."""
    return texts([_first(value) for value in values], reception)


def certificate_times(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return times that are in UTC where they name no zone, as those of certificates are."""
    rules = SourceRules(zone=_UTC, year=reception.rules.year)
    return instants(values, Reception(rules, reception.received))


def _filled(found: pl.Series) -> pl.Series:
    empty = found == ""
    return found.set(empty, None) if empty.any() else found


def _first(value: object) -> object:
    if isinstance(value, list):
        return value[0] if value else None
    return value


def _each(values: Sequence[object], turn: Callable[[object], object]) -> list[object]:
    return [None if value is None else turn(value) for value in values]


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list):
        return _text(value[0])
    return None


def _number(value: object) -> int | float | None:
    if type(value) is int or isinstance(value, float):
        return value
    if not isinstance(value, str) or len(value) > _NUMBER_CHARACTERS:
        return None
    try:
        return int(value) if value.isdecimal() else float(value)
    except ValueError:
        return None


def _whole(value: object) -> int | None:
    number = _number(value)
    if number is None or not _LEAST <= number <= _GREATEST:
        return None
    return int(number) if number == int(number) else None


def _real(value: object) -> float | None:
    number = _number(value)
    return None if number is None else float(number)


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return _TRUTHS.get(value) if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return len(value) if isinstance(value, list) else 1
