"""Documents as the port returns them, from columns."""

import json
from collections.abc import Iterable

import polars as pl

from situation.events.store import Document
from situation.fields import BY_NAME, POLARS_TYPES, REST, Kind

ISO = "%Y-%m-%dT%H:%M:%S%.9fZ"
"""Format of a date in a document."""

_DATES = POLARS_TYPES[Kind.DATE]


def returned_schema(columns: Iterable[str]) -> dict[str, pl.DataType]:
    """Return the polars schema of declared columns and `REST`."""
    return {name: pl.String() if name == REST else BY_NAME[name].polars_type for name in columns}


def with_written_dates(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with its dates as text."""
    return frame.with_columns(pl.col(_DATES).dt.strftime(ISO))


def with_read_dates(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the text of its date columns as dates."""
    dates = [name for name in frame.columns if name != REST and BY_NAME[name].kind is Kind.DATE]
    return frame.with_columns(
        pl.col(dates).str.to_datetime(ISO, time_unit="ns", time_zone="UTC", strict=True)
    )


def documents(frame: pl.DataFrame) -> list[Document]:
    """Return the rows as flat documents; a null is a field that is not there."""
    return [_document(row) for row in with_written_dates(frame).iter_rows(named=True)]


def _document(row: dict[str, object]) -> Document:
    found = {name: value for name, value in row.items() if value is not None}
    rest = found.pop(REST, None)
    if isinstance(rest, str):
        found |= json.loads(rest)
    return found
