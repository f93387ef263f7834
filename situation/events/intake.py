"""The check that every batch passes before either store takes it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from situation.events import address
from situation.events.instant import DAY
from situation.events.rest import canonical_rest
from situation.events.store import Batch, Rejection
from situation.faults import Malformed
from situation.fields import BY_NAME, REST, Field, Kind

REQUIRED = ("@timestamp", "event.id")
INGESTED = "event.ingested"
ID_OCTETS = 512
"""UTF-8 octets that an id may have; Elasticsearch allows no more for `_id`."""

_DATASET = re.compile(r"[a-z][a-z0-9_]*(-[a-z0-9_]+)*")
_DATASET_LIMIT = 100
_Fault = tuple[pl.Series, str]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of a batch: rows that fit, each identity once, and what became of the rest."""

    frame: pl.DataFrame
    duplicates: int
    rejected: tuple[Rejection, ...]


def check_dataset(name: str) -> str:
    """Return `name`, or refuse it where no folder and no index can be called so."""
    if not _DATASET.fullmatch(name) or len(name) > _DATASET_LIMIT:
        raise Malformed("a dataset is named by lower-case words", where=name)
    return name


def check_batch(batch: Batch) -> Checked:
    """Hold a batch against the registry.

    Columns that are not declared or have another type make the whole batch `Malformed`; values
    that do not fit reject their row. Addresses become canonical, -0.0 becomes 0.0 and the
    rest becomes compact JSON. `event.ingested` is the store's own and is dropped.
    """
    check_dataset(batch.dataset)
    given = batch.frame.drop(INGESTED, strict=False)
    frame = _typed(given, batch.name)
    reasons = {row: reason for bad, reason in _lost(given, frame) for row in bad.arg_true()}
    columns = []
    for column in frame:
        kept, faults = _checked(column)
        columns.append(kept)
        for bad, reason in faults:
            for row in bad.arg_true():
                reasons.setdefault(row, reason)
    ids = frame["event.id"]
    rejected = tuple(Rejection(ids[row] or "", reasons[row]) for row in sorted(reasons))
    fitting = _without(pl.DataFrame(columns), reasons)
    unique = _unique(fitting)
    return Checked(unique, fitting.height - unique.height, rejected)


def day_expression() -> pl.Expr:
    """Return the number of the UTC day of `@timestamp`, counted from 1970."""
    return pl.col("@timestamp").to_physical() // DAY


def _unique(frame: pl.DataFrame) -> pl.DataFrame:
    if frame["event.id"].n_unique() == frame.height:
        return frame
    identity = [day_expression().alias("_day"), pl.col("event.id")]
    return frame.unique(identity, keep="first", maintain_order=True)


def _without(frame: pl.DataFrame, rows: dict[int, str]) -> pl.DataFrame:
    if not rows:
        return frame
    bad = pl.Series(list(rows), dtype=pl.Int64)
    return frame.filter(~pl.int_range(pl.len()).is_in(bad.implode()))


def _typed(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    faults = [f"{column} is not declared" for column in frame.columns if not _known(column)]
    faults += [f"{column} is missing" for column in REQUIRED if column not in frame.columns]
    if faults:
        raise Malformed("; ".join(faults), where=f"batch {name}")
    wanted = {column: _wanted(column) for column in frame.columns}
    try:
        return frame.with_columns(
            pl.col(column).cast(dtype, strict=not dtype.is_temporal())
            for column, dtype in wanted.items()
            if _may_become(frame.schema[column], dtype)
        ).match_to_schema(pl.Schema(wanted))
    except (pl.exceptions.InvalidOperationError, pl.exceptions.SchemaError) as error:
        raise Malformed(str(error).splitlines()[0], where=f"batch {name}") from error


def _lost(given: pl.DataFrame, frame: pl.DataFrame) -> Iterator[_Fault]:
    for name, dtype in given.schema.items():
        # Coarser units reach beyond the years that nanoseconds hold.
        if dtype.is_temporal() and dtype != frame.schema[name]:
            lost = given[name].is_not_null() & frame[name].is_null()
            yield lost, f"{name} is before 1677 or beyond 2262"


def _known(column: str) -> bool:
    return column in BY_NAME or column == REST


def _wanted(column: str) -> pl.DataType:
    return pl.String() if column == REST else BY_NAME[column].polars_type


def _may_become(given: pl.DataType, wanted: pl.DataType) -> bool:
    return (
        given == pl.Null
        or (given.is_integer() and wanted == pl.Int64)
        or (given.is_float() and wanted == pl.Float64)
        or (given == pl.Datetime and getattr(given, "time_zone", None) == "UTC")
    )


def _checked(column: pl.Series) -> tuple[pl.Series, list[_Fault]]:
    if column.name == REST:
        return canonical_rest(column)
    field = BY_NAME[column.name]
    kept = column
    if field.kind is Kind.IP:
        kept = address.canonical_column(column)
    elif field.kind is Kind.DOUBLE:
        kept = column + 0.0
    found = [(bad.fill_null(value=False), reason) for bad, reason in _faults(field, column, kept)]
    return kept, [(bad, reason) for bad, reason in found if bad.any()]


def _faults(field: Field, column: pl.Series, kept: pl.Series) -> Iterator[_Fault]:
    name = field.name
    if name in REQUIRED:
        yield column.is_null(), f"{name} is missing"
    if name == "event.id":
        yield column.str.len_bytes() == 0, f"{name} is empty"
        yield column.str.len_bytes() > ID_OCTETS, f"{name} has more than {ID_OCTETS} octets"
    match field.kind:
        case Kind.IP:
            yield kept.is_null() & column.is_not_null(), f"{name} is no address"
        case Kind.DATE:
            yield column.to_physical() < 0, f"{name} is before 1970"
        case Kind.DOUBLE:
            yield ~column.is_finite(), f"{name} is not finite"
    if field.limit is not None:
        limit = field.limit
        yield _longer(column, limit), f"{name} has more than {limit} characters"


def _longer(column: pl.Series, limit: int) -> pl.Series:
    # Octets are known at once, and a text has no more characters than octets.
    octets = column.str.len_bytes() > limit
    return column.str.len_chars() > limit if octets.any() else octets
