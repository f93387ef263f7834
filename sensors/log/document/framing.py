"""Gathered documents become the frame of a parsed log."""

from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from sensors.log.conformity import OVERLONG, VALUE
from sensors.log.document.gathering import Gathered, Group, Sorting, dump, gather
from sensors.log.document.plan import Plan
from sensors.log.document.turning import Reception
from sensors.log.kind import FAULT, LINE, Parsed
from sensors.log.mapping.pattern import UNPARSED
from sensors.log.rest import MISFIT, merged, object_of
from sensors.log.timestamp import TIME
from situation.fields import REST

BLANK = "blank"

_NEEDED = (LINE, "@timestamp", FAULT, REST)
_NOTHINGS: tuple[object, ...] = (None, "")
_REST, _MISFIT = pl.col(REST), "_misfit"


def read_documents(
    lines: pl.Series, plans: Mapping[str, Plan], sorting: Sorting, reception: Reception
) -> Parsed:
    """Return the columns of JSON objects, one a line, each by the plan that `sorting` names.

    A line that is no JSON object is a row with its fault. A value that does not fit stands in
    the rest under `misfit`, and its row bears a fault.
    """
    blank = (lines.str.strip_chars() == "").fill_null(value=True)
    numbers = (~blank).arg_true()
    frame = _frame(gather(lines.gather(numbers), plans, sorting), plans, reception)
    frame = frame.with_columns(numbers.gather(frame[LINE]).cast(pl.UInt32).alias(LINE))
    skipped = Counter({BLANK: int(blank.sum())} if blank.any() else {})
    return Parsed(frame.sort(LINE), skipped)


def faulty(lines: Sequence[int] | pl.Series, fault: str) -> pl.DataFrame:
    """Return rows of lines that could not be read."""
    frame = pl.DataFrame({LINE: pl.Series(lines, dtype=pl.UInt32)})
    return frame.with_columns(
        pl.lit(None, TIME).alias("@timestamp"), pl.lit(fault, pl.String()).alias(FAULT)
    )


def _frame(gathered: Gathered, plans: Mapping[str, Plan], reception: Reception) -> pl.DataFrame:
    groups = [
        _group_frame(group, plans[name], reception)
        for name, group in gathered.groups.items()
        if group.lines
    ]
    return pl.concat([faulty(gathered.refused, UNPARSED), *groups], how="diagonal")


def _group_frame(group: Group, plan: Plan, reception: Reception) -> pl.DataFrame:
    columns, misfits = _columns(group, plan, reception)
    lines = pl.Series(LINE, group.lines, dtype=pl.UInt32)
    rests = pl.Series(REST, group.rests, dtype=pl.String)
    deep = pl.when(_REST.is_null()).then(pl.lit(OVERLONG)).alias(FAULT)
    frame = pl.DataFrame([lines, *columns, rests]).with_columns(deep)
    for stage in plan.stages:
        frame = frame.with_columns(stage)
    rest = pl.when(_REST != "").then(pl.concat_str(plan.before, _REST, pl.lit(plan.after)))
    frame = shown(frame.with_columns(rest.alias(REST)))
    return with_misfits(frame, misfits) if misfits else frame


def _columns(
    group: Group, plan: Plan, reception: Reception
) -> tuple[list[pl.Series], dict[str, pl.Series]]:
    """Return the columns of a plan, and by path the values that did not fit."""
    columns: list[pl.Series] = []
    misfits: dict[str, pl.Series] = {}
    for column, values in zip(plan.columns, group.values, strict=True):
        made = column.made(values, reception)
        columns.append(made)
        nulls = made.null_count()
        if nulls and not column.is_copied and nulls > values.count(None):
            lost = _misfit(values, made)
            if lost.null_count() < len(lost):
                misfits[column.path.replace("/", ".")] = lost
    return columns, misfits


def shown(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame without hidden columns, and without declared ones that hold nothing."""
    return frame.select(
        column
        for column in frame.get_columns()
        if column.name in _NEEDED
        or not (column.name.startswith("_") or column.null_count() == len(column))
    )


def _misfit(values: Sequence[object], made: pl.Series) -> pl.Series:
    lost = [
        dump(value) if null and value not in _NOTHINGS else None
        for value, null in zip(values, made.is_null(), strict=True)
    ]
    return pl.Series(lost, dtype=pl.String)


def with_misfits(frame: pl.DataFrame, misfits: Mapping[str, pl.Series]) -> pl.DataFrame:
    """Put the texts of values that do not fit, by name, into the rest and note the fault."""
    hidden = {name: f"{_MISFIT}{place}" for place, name in enumerate(misfits)}
    added = frame.with_columns(made.alias(hidden[name]) for name, made in misfits.items())
    stray = object_of({name: pl.col(held) for name, held in hidden.items()}, (MISFIT,))
    return added.with_columns(
        merged(_REST, stray).alias(REST),
        pl.coalesce(FAULT, pl.when(stray.is_not_null()).then(pl.lit(VALUE))).alias(FAULT),
    ).drop(hidden.values())
