"""Values of Windows events: `-` for nothing, hexadecimal numbers, hashes in one text."""

import contextlib
from collections.abc import Sequence

import polars as pl

from sensors.log.document.turning import Reception, texts

_NOTHING = "-"
_HEXADECIMAL = 16
_NONE = type(None)


def given(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return text without blanks at its end; `-` is nothing."""
    try:
        found = pl.Series(values, dtype=pl.String)
    except TypeError:  # not all of them are text
        found = texts(values, reception)
    if found.null_count() == len(found):
        return found
    found = found.str.strip_chars_end(" \t\r\n\0")
    return found.set((found == _NOTHING) | (found == ""), None)


def numbers(values: Sequence[object], _: Reception) -> pl.Series:
    """Return numbers, also those written as 0x... ."""
    sorts = set(map(type, values))
    if sorts <= {int, _NONE}:
        with contextlib.suppress(TypeError):  # beyond 64 bits
            return pl.Series(values, dtype=pl.Int64)
    if sorts <= {int, str, _NONE}:
        known = {value: _number(value) for value in set(values)}
        return pl.Series(list(map(known.get, values)), dtype=pl.Int64)
    return pl.Series([_number(value) for value in values], dtype=pl.Int64)


def ports(values: Sequence[object], reception: Reception) -> pl.Series:
    """Return ports; 0 is none."""
    found = numbers(values, reception)
    return found.set(found == 0, None)


def _number(value: object) -> int | None:
    if type(value) is int:
        return value if abs(value) < 2**63 else None
    if not isinstance(value, str) or len(value) > _HEXADECIMAL:
        return None
    try:
        return int(value, _HEXADECIMAL if value[:2] in {"0x", "0X"} else 10)
    except ValueError:
        return None


def hash_of(column: str, algorithm: str) -> pl.Expr:
    """Return one hash of a text such as `MD5=...,SHA256=...`."""
    return pl.col(column).str.extract(rf"(?i)(?:^|,){algorithm}=([0-9a-f]+)")
