"""A parcel: neighbouring records of one dataset that are sent as one batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from sensors.spool.cursor import Position
from sensors.spool.reader import Taken
from situation.events.store import Batch

ROWS = 20_000
"""Rows that go at once: the Parquet store takes them at twice the speed of 5,000, and that of
Elasticsearch cuts its requests itself, several in flight."""
OCTETS = 8 * 2**20
"""Octets of payload, packed as in the spool, that go at once."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A batch, the rows of the spool that it stands for, and the position after them."""

    batch: Batch
    first: int
    end: Position
    records: int
    """Whole records at the head of the queue that it holds."""


def packed(
    waiting: Sequence[Taken], named: Callable[[int, int], str], allowed: int | None
) -> Parcel:
    """Return the first records of `waiting` as a parcel.

    Records stay whole and keep the name they were given; several get a name by `named` from
    their first and last sequence, so the same name always means the same rows. `allowed` rows
    may go at once: then a record is cut.
    """
    if allowed is not None and allowed < waiting[0].frame.height:
        return _part(waiting[0], named, allowed)
    joined = waiting[: joinable(waiting, ROWS if allowed is None else min(allowed, ROWS))]
    first, last = joined[0], joined[-1]
    name = first.name if len(joined) == 1 else ""
    frame = pl.concat([one.frame for one in joined], how="diagonal")
    return Parcel(
        Batch(first.dataset, name or named(first.sequence, last.end.sequence - 1), frame),
        first.sequence,
        last.end,
        len(joined),
    )


def joinable(waiting: Sequence[Taken], rows: int) -> int:
    """Return how many records at the head go together: one dataset, types that agree, in limits.

    The first one always goes.
    """
    types: dict[str, pl.DataType] = {}
    octets, following = 0, waiting[0].sequence
    for count, one in enumerate(waiting):
        rows, octets = rows - one.frame.height, octets + one.octets
        if count and (
            one.dataset != waiting[0].dataset
            or rows < 0
            or octets > OCTETS
            or one.sequence != following
            or _disagrees(types, one.frame)
        ):
            return count
        types |= dict(one.frame.schema)
        following = one.end.sequence
    return len(waiting)


def _disagrees(types: dict[str, pl.DataType], frame: pl.DataFrame) -> bool:
    return any(types.get(name, dtype) != dtype for name, dtype in frame.schema.items())


def _part(taken: Taken, named: Callable[[int, int], str], rows: int) -> Parcel:
    batch = Batch(
        taken.dataset, named(taken.sequence, taken.sequence + rows - 1), taken.frame.head(rows)
    )
    return Parcel(batch, taken.sequence, taken.position_at(rows), 0)
