"""The hidden columns of a segment, by which rows are found and followed."""

import datetime as dt

import polars as pl

from situation.events import address
from situation.events.instant import END, nanoseconds
from situation.events.intake import INGESTED
from situation.events.parquet.sql import KEY, WORDS
from situation.events.word import words_column
from situation.fields import BY_NAME, FIELDS, POLARS_TYPES, Kind

SEQUENCE = "_sequence"
"""The ingest sequence number of the row."""

HIDDEN: dict[str, pl.DataType] = {
    SEQUENCE: pl.Int64(),
    **{KEY + field.name: pl.Binary() for field in FIELDS if field.kind is Kind.IP},
    **{WORDS + field.name: pl.String() for field in FIELDS if field.kind is Kind.TEXT},
}
"""Columns of a segment beside the declared ones."""


def with_hidden(rows: pl.DataFrame, ingested: dt.datetime) -> pl.DataFrame:
    """Return the rows as a segment holds them, all but their number.

    A clock that stands before 1970 or beyond 2262 tells the nearest instant that a store holds.
    """
    keys = [
        address.key_column(column).alias(KEY + column.name)
        for column in rows
        if _kind(column.name) is Kind.IP
    ]
    words = [
        words_column(column).alias(WORDS + column.name)
        for column in rows
        if _kind(column.name) is Kind.TEXT
    ]
    at = min(max(nanoseconds(ingested), 0), END - 1)
    taken = pl.lit(at, pl.Int64).cast(POLARS_TYPES[Kind.DATE]).alias(INGESTED)
    return rows.with_columns(taken, *keys, *words)


def _kind(name: str) -> Kind | None:
    return BY_NAME[name].kind if name in BY_NAME else None
