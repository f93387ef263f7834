"""What is done to the rows of a mapping, whatever the form of its lines."""

import re
from collections.abc import Sequence

import polars as pl

from sensors.log.kind import FAULT, LINE
from sensors.log.mapping.pattern import MEMBERS, TEXT, UNPARSED
from sensors.log.mapping.structured_data import REST_PATH, STRUCTURED_DATA, structured_data
from sensors.log.rest import merged, object_of, wrapped
from situation.fields import BY_NAME, REST

_ALTERNATIVE = re.compile(r"(.+)__\d+")
_ALWAYS = {"event.module", "event.dataset"}
"""What a row says that could not be parsed: whose log it is."""


def alternatives_joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Put `x__2` into `x` where that is null."""
    spare = {name: found[1] for name in frame.columns if (found := _ALTERNATIVE.fullmatch(name))}
    joined: dict[str, list[str]] = {}
    for name, field in spare.items():
        joined.setdefault(field, [field] if field in frame.columns else []).append(name)
    return frame.with_columns(
        pl.coalesce(names).alias(field) for field, names in joined.items()
    ).drop(list(spare))


def without_nulls(frame: pl.DataFrame, nulls: Sequence[str]) -> pl.DataFrame:
    """Make the texts that mean nothing null, the empty one among them."""
    nothing = ["", *nulls]
    texts = [
        column.name
        for column in frame
        if column.dtype == pl.String
        and column.name != MEMBERS
        and (nulls or (column.str.len_bytes() == 0).any())
    ]
    return frame.with_columns(
        pl.when(~pl.col(name).is_in(nothing)).then(pl.col(name)).alias(name) for name in texts
    )


def kept_text(found: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Give rows that could not be parsed their whole text as the message."""
    if not (found[FAULT] == UNPARSED).any():
        return found
    said = [pl.col("message")] if "message" in found.columns else []
    joined = found.join(frame, on=LINE, how="left", maintain_order="left")
    text = pl.when(pl.col(FAULT) == UNPARSED).then(pl.col(TEXT))
    return joined.with_columns(pl.coalesce(*said, text).alias("message")).drop(TEXT)


def unless_said(constants: Sequence[pl.Expr], columns: Sequence[str]) -> list[pl.Expr]:
    """Return the constants, each below what the pattern or the line said.

    A row that could not be parsed says only whose log it is.
    """
    names = [constant.meta.output_name() for constant in constants]
    parsed = pl.col(FAULT).is_null() | (pl.col(FAULT) != UNPARSED)
    return [
        pl.coalesce(
            *([name] if name in columns else []),
            constant if name in _ALWAYS else pl.when(parsed).then(constant),
        ).alias(name)
        for name, constant in zip(names, constants, strict=True)
    ]


def with_rest(frame: pl.DataFrame, path: Sequence[str]) -> pl.DataFrame:
    """Move what is not declared into the rest."""
    frame = _with_structured_data(frame)
    known = {LINE, REST, MEMBERS}
    others = [name for name in frame.columns if name not in BY_NAME and name not in known]
    nothing = pl.lit(None, pl.String())
    made = object_of({name: pl.col(name) for name in others}) if others else nothing
    if MEMBERS in frame.columns:
        made = merged(pl.col(MEMBERS), made)
    elif not others:
        return frame
    given = pl.col(REST) if REST in frame.columns else nothing
    rest = merged(given, wrapped(made, path)).alias(REST)
    return frame.with_columns(rest).drop(*others, MEMBERS, strict=False)


def _with_structured_data(frame: pl.DataFrame) -> pl.DataFrame:
    if STRUCTURED_DATA not in frame.columns:
        return frame
    given = pl.col(REST) if REST in frame.columns else pl.lit(None, pl.String())
    frame = frame.with_columns(structured_data(frame[STRUCTURED_DATA]).alias(STRUCTURED_DATA))
    rest = merged(given, wrapped(pl.col(STRUCTURED_DATA), REST_PATH))
    return frame.with_columns(rest.alias(REST)).drop(STRUCTURED_DATA)
