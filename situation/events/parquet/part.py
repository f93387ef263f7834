"""The parts of a batch, each of which becomes one segment."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from situation.events.instant import HOUR

_OWN_ROWS = 1000
"""Rows of a batch for which an hour gets a segment of its own, be it long past or to come."""
_OWN_HOURS = 24


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of the hours from the first up to the second of `hours`, counted from 1970."""

    hours: tuple[int, int]
    rows: pl.DataFrame
    wide: bool


def parts(rows: pl.DataFrame, present: int) -> Iterator[Part]:
    """Cut rows so that a batch becomes at most 28 segments, however far its times are strewn.

    An hour next to the `present` one has its own part, and so have the 24 fullest with 1,000
    rows or more. All other rows, late or of clocks that stand wrong, share one wide part.
    """
    hours = rows["@timestamp"].to_physical() // HOUR
    own = _own(hours, present)
    for hour in own:
        chosen = rows if len(own) == hours.n_unique() == 1 else rows.filter(hours == hour)
        yield Part((hour, hour + 1), chosen, wide=False)
    rest = rows.filter(~hours.is_in(own)) if own else rows
    if rest.height:
        left = hours.filter(~hours.is_in(own)) if own else hours
        yield Part(_span(left), rest.sort("@timestamp"), wide=True)


def _own(hours: pl.Series, present: int) -> list[int]:
    counts = hours.value_counts(sort=True, name="rows")
    near = (counts[hours.name] - present).abs() <= 1
    full = (counts["rows"] >= _OWN_ROWS) & (pl.int_range(counts.height, eager=True) < _OWN_HOURS)
    return sorted(counts.filter(near | full)[hours.name])


def _span(hours: pl.Series) -> tuple[int, int]:
    ordered = hours.sort()
    return int(ordered[0]), int(ordered[-1]) + 1
