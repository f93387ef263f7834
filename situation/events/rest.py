"""The rest of a document: a JSON object of undeclared fields, in one canonical text.

The text is that of Python's `json` without blanks. It stands for the values, so both stores
return the same: whole numbers of any size, no NaN, no lone surrogate, the last of equal names.
"""

import json

import orjson
import polars as pl

from situation.fields import BY_NAME, REST

LIMIT = 1_000_000
"""Characters that the rest may have."""

_SPECIAL = (
    r"(?:^|[\s:,\[])-?(?:[0-9]{19}|[0-9]{16,}\.|[0-9]+(?:\.[0-9]+)?[eE]|0\.0000)"
    r"|(?:^|[\s:,\[])-0[^.]"
)
"""Numbers that orjson may read or write otherwise than `json`: large, tiny, exponent, -0."""
_NAMES = frozenset((*BY_NAME, REST))
_NO_JSON = "the rest is no JSON"

_Outcome = tuple[str | None, str]


def canonical_rest(column: pl.Series) -> tuple[pl.Series, list[tuple[pl.Series, str]]]:
    """Return the canonical texts, null where empty or refused, and who was refused by reason."""
    special = column.str.contains(_SPECIAL)
    outcomes = [_of_text(*row) for row in zip(column, special, strict=True)]
    texts = pl.Series(column.name, [text for text, _ in outcomes], dtype=pl.String())
    reasons = pl.Series([fault for _, fault in outcomes], dtype=pl.String())
    faults = [(reasons == fault, fault) for fault in reasons.unique() if fault]
    return texts, faults


def _of_text(text: str | None, special: bool | None) -> _Outcome:  # noqa: FBT001 - a column's row
    if text is None:
        return None, ""
    if len(text) > LIMIT:
        return None, f"the rest has more than {LIMIT} characters"
    return _slowly(text) if special else _quickly(text)


def _quickly(text: str) -> _Outcome:
    try:
        found = orjson.loads(text)
        return _outcome(found, orjson.dumps(found).decode())
    except (ValueError, TypeError):
        # What is too deep for orjson may still be JSON.
        return _slowly(text)


def _slowly(text: str) -> _Outcome:
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
        written = json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        written.encode()
    except (ValueError, RecursionError):
        return None, _NO_JSON
    return _outcome(found, written)


def _outcome(found: object, written: str) -> _Outcome:
    if not isinstance(found, dict):
        return None, "the rest is no JSON object"
    if not _NAMES.isdisjoint(found):
        return None, "the rest holds a declared field"
    return written if found else None, ""


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
