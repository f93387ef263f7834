"""Records as the package `evtx` writes them become columns, many at a time.

What records of one skeleton have in common is turned into columns once. Only the data of records
is read as JSON, and the same data only once: in Windows logs about half of it has come before.
The text of the data goes into the rest as it stands.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from sensors.log.document.framing import shown
from sensors.log.document.gathering import dump, load
from sensors.log.document.plan import Object, Plan
from sensors.log.document.turning import Reception, written_times
from sensors.log.host.windows_shape import event_data
from sensors.log.host.windows_skeleton import (
    NULL,
    PARTS,
    SKELETON,
    Skeleton,
    cut,
    read_skeleton,
    value_at,
)
from sensors.log.kind import FAULT, LINE
from situation.fields import BY_NAME, REST

DATA = ("winlog", "event_data")
"""Where the data of an event stands."""

_TIME, _NUMBER = "@timestamp", "event.sequence"
_VARYING = (_TIME, _NUMBER)
_CHUNK_TEXTS = 75
"""Objects live for a chunk only, while the processor's cache holds them."""
_IS_NESTED = r":\s*[\[{]"
_NONE: Object = {}
_REFUSED = "?"
"""Stands for data that is deeper than the writer of JSON goes, and is no JSON."""


def read_records(
    lines: pl.Series, plans: Mapping[str, Plan], plan_of: Callable[[Object], str],
    reception: Reception,
) -> list[pl.DataFrame]:  # fmt: skip
    """Return rows of those lines that have the form, in frames by plan, each in their order.

    A row holds the same that `read_documents` would make of the line. The first stage of each
    plan may look only at what records of one skeleton share. A line that has no row is for others
    to read: it does not have the form, or its skeleton to itself, or is no JSON.
    """
    pieces = cut(lines)
    times = written_times(pieces["time"], reception)
    pieces = pieces.with_columns(times.alias(_TIME))
    if times.null_count():
        pieces = pieces.filter(times.is_not_null())
    return [
        _rows(pieces, skeletons, plans[name], reception)
        for name, skeletons in _skeletons(pieces, plan_of).items()
    ]


def _skeletons(
    pieces: pl.DataFrame, plan_of: Callable[[Object], str]
) -> dict[str, dict[str, Skeleton]]:
    """Return by plan the skeletons that could be read."""
    found: dict[str, dict[str, Skeleton]] = {}
    for text in _worthwhile(pieces[SKELETON]):
        skeleton = read_skeleton(text)
        if skeleton is not None:
            found.setdefault(plan_of(skeleton.document), {})[text] = skeleton
    return found


def _worthwhile(skeletons: pl.Series) -> pl.Series:
    """Return each skeleton once; where most records have one of their own, only the others.

    For one record it takes longer to read a skeleton than to read the record by itself. Where
    such records are few, to take both ways would take longer still.
    """
    counted = skeletons.to_frame().group_by(SKELETON).len()
    is_alone = counted["len"] == 1
    are_few = int(is_alone.sum()) * 2 <= len(skeletons)
    return (counted if are_few else counted.filter(~is_alone))[SKELETON]


def _rows(
    pieces: pl.DataFrame, skeletons: Mapping[str, Skeleton], plan: Plan, reception: Reception
) -> pl.DataFrame:
    shared = _shared(skeletons, plan, reception)
    rows = pieces.join(shared, on=SKELETON, maintain_order="left")
    data = _read_data(rows["data"].unique(), plan, reception)
    rows = rows.join(data, on="data", maintain_order="left").with_columns(
        pl.col("number").cast(pl.Int64).alias(_NUMBER), _NO_FAULT, _rest()
    )
    for stage in plan.stages[1:]:
        rows = rows.with_columns(stage)
    return shown(rows.select(_kept(rows.columns)))


_NO_FAULT = pl.lit(None, pl.String()).alias(FAULT)


def _rest() -> pl.Expr:
    varying = ("number", "formed", "pid", "thread", "activity")
    between = itertools.chain.from_iterable(zip(PARTS, varying, strict=False))
    return pl.concat_str(*between, PARTS[-1]).alias(REST)


def _kept(names: Sequence[str]) -> list[str]:
    return [name for name in names if name in BY_NAME or name in (LINE, REST)]


def _shared(skeletons: Mapping[str, Skeleton], plan: Plan, reception: Reception) -> pl.DataFrame:
    """Return one row for each skeleton: the columns that its records share."""
    documents = [skeleton.document for skeleton in skeletons.values()]
    parts = [skeleton.parts for skeleton in skeletons.values()]
    columns = [
        column.series([value_at(document, column.keys) for document in documents], reception)
        for column in plan.columns
        if column.field not in _VARYING and column.keys[:2] != DATA
    ]
    frame = pl.DataFrame([pl.Series(SKELETON, list(skeletons), dtype=pl.String), *columns])
    texts = pl.DataFrame(parts, schema=dict.fromkeys(PARTS, pl.String), orient="row")
    return pl.concat([frame, texts], how="horizontal").with_columns(plan.stages[0])


def _read_data(texts: pl.Series, plan: Plan, reception: Reception) -> pl.DataFrame:
    """Return one row for each text that is an object: how the rest has it, and its columns."""
    columns = [column for column in plan.columns if column.keys[:2] == DATA]
    formed = _formed(texts).alias("formed")
    objects, values = _gathered(formed.to_list(), [column.keys[-1] for column in columns])
    made = [column.made(held, reception) for column, held in zip(columns, values, strict=True)]
    table = pl.DataFrame([texts, formed, *made])
    return table if all(objects) else table.filter(pl.Series(objects))


def _formed(texts: pl.Series) -> pl.Series:
    """Return data as `winlog` has it, empty for none; what is plain stays as it is."""
    nested = texts.str.contains(_IS_NESTED).arg_true()
    formed = texts.set(texts == NULL, "")
    return formed.scatter(nested, [_formed_text(text) for text in texts.gather(nested)])


def _formed_text(text: str) -> str:
    data = load(text)
    return text if data is None else dump(event_data(data)) or _REFUSED


def _gathered(texts: Sequence[str], keys: Sequence[str]) -> tuple[list[bool], list[list[object]]]:
    """Return which texts are none or objects that hold something, and all values by key."""
    objects: list[bool] = []
    values: list[list[object]] = [[] for _ in keys]
    for begin in range(0, len(texts), _CHUNK_TEXTS):
        found = [load(text) if text else _NONE for text in texts[begin : begin + _CHUNK_TEXTS]]
        objects.extend([bool(data) or data is _NONE for data in found])
        chunk = [data or _NONE for data in found]
        for key, held in zip(keys, values, strict=True):
            held.extend(map(dict.get, chunk, itertools.repeat(key)))
    return objects, values
