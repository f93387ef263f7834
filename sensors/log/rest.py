"""The rest of a row: a JSON object of what the registry does not declare, made by columns."""

from collections.abc import Mapping, Sequence

import orjson
import polars as pl

from situation.fields import BY_NAME, REST

REST_CHARACTERS = 500_000
"""Characters that a rest may have; what is longer is left out, for the raw line is kept."""

REST_MEMBERS = 10_000
"""Members that an object of the rest may have; what is beyond is left out."""

MISFIT = "misfit"
"""Member that holds values which do not fit the field that they were meant for."""

_LARGEST = 2**63 - 1


def object_of(members: Mapping[str, pl.Expr], path: Sequence[str] = ()) -> pl.Expr:
    """Return JSON text of an object of the members that are not null, null where all are.

    `path` are the names of the objects around it. Members are of any type but objects.
    """
    texts = [
        pl.when(value.is_not_null()).then(
            pl.struct(value.alias(name)).struct.json_encode().str.slice(1).str.strip_suffix("}")
        )
        for name, value in members.items()
    ]
    joined = pl.concat_str(texts, separator=",", ignore_nulls=True)
    return wrapped(pl.when(joined != "").then("{" + joined + "}"), path)


def wrapped(text: pl.Expr, path: Sequence[str]) -> pl.Expr:
    """Return JSON text of objects of one member each around the JSON `text`."""
    before = "".join("{" + orjson.dumps(name).decode() + ":" for name in path)
    return pl.lit(before) + text + pl.lit("}" * len(path)) if path else text


def merged(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    """Return one object with the members of two JSON objects, either of which may be null."""
    both = first.str.strip_suffix("}") + "," + second.str.slice(1)
    return (
        pl.when(first.is_not_null() & second.is_not_null())
        .then(both)
        .otherwise(pl.coalesce(first, second))
    )


def rest_text(found: Mapping[str, object], path: Sequence[str] = ()) -> tuple[str | None, bool]:
    """Return one row's rest as JSON text, and whether all of it could be kept.

    For rows whose members are not known beforehand. What JSON cannot hold exactly (integers
    beyond 64 bits, lone surrogates) becomes text or is replaced.
    """
    if not found:
        return None, True
    kept = dict(list(found.items())[:REST_MEMBERS])
    whole = len(kept) == len(found)
    text = _dumped(kept)
    for name in reversed(path):
        text = "{" + orjson.dumps(name).decode() + ":" + text + "}"
    if len(text) > REST_CHARACTERS:
        return None, False
    return text, whole


def outside_registry(found: Mapping[str, object]) -> dict[str, object]:
    """Return the members whose names are not declared; the others under `MISFIT`."""
    kept = {name: value for name, value in found.items() if name not in BY_NAME and name != REST}
    misfits = {name: value for name, value in found.items() if name in BY_NAME or name == REST}
    return {**kept, MISFIT: misfits} if misfits else kept


def mended_rest(text: str) -> str | None:
    """Return a rest with declared names moved below `MISFIT`, or None where it is no object."""
    try:
        found = orjson.loads(text)
    except ValueError:
        return None
    return orjson.dumps(outside_registry(found)).decode() if isinstance(found, dict) else None


def _dumped(value: Mapping[str, object]) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, RecursionError):
        return orjson.dumps({"text": repr(value).encode(errors="replace").decode()}).decode()
