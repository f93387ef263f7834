"""Which ids a day already has: sorted hashes in memory, checked against the segments.

A hash costs 16 octets a row. Hashes only nominate; a row counts as a duplicate when its id is
read back from a segment, so equal hashes of different ids lose nothing.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from situation.events.parquet.segment import Segment

SEQUENCE = "_sequence"
"""Hidden column: the ingest sequence number of the row."""

_GROWTH = 4

_Hashes = npt.NDArray[np.uint64]
_Numbers = npt.NDArray[np.int64]


class DayIndex:
    """Ids of one day of one dataset."""

    def __init__(self) -> None:
        self._runs: list[tuple[_Hashes, _Numbers]] = []
        self._known = 0

    def catch_up(self, segments: Sequence[Segment]) -> None:
        """Take in the ids that other processes, or an earlier run, wrote."""
        new = [segment.path for segment in segments if segment.last > self._known]
        if not new:
            return
        rows = (
            pl.scan_parquet(new, extra_columns="ignore", schema=_SCHEMA)
            .filter(pl.col(SEQUENCE) > self._known)
            .select(pl.col("event.id").hash().alias("hash"), SEQUENCE)
            .collect()
        )
        self._add(rows["hash"].to_numpy(), rows[SEQUENCE].to_numpy())

    def add(self, ids: pl.Series, sequence: int) -> None:
        """Take in the ids of a segment that was just published."""
        self._add(ids.hash().to_numpy(), np.full(len(ids), sequence, np.int64))

    def present(self, ids: pl.Series, segments: Sequence[Segment]) -> pl.Series:
        """Return for every id whether one of the day's `segments` holds it."""
        numbers = self.nominated(ids)
        nominated = ids.filter(pl.Series(numbers > 0))
        if nominated.is_empty():
            return pl.Series([False]).new_from_index(0, len(ids))
        wanted = set(numbers[numbers > 0].tolist())
        likely = [s for s in segments if any(s.first <= number <= s.last for number in wanted)]
        found = _stored(nominated, likely)
        missing = nominated.filter(~nominated.is_in(found.implode()))
        if not missing.is_empty():
            found = found.append(_stored(missing, segments))
        return ids.is_in(found.implode())

    def nominated(self, ids: pl.Series) -> _Numbers:
        """Return for every id the number under which its hash is known, 0 where it is not."""
        hashes = ids.hash().to_numpy()
        # Sorted needles walk through each run once, which the cache likes.
        order = np.argsort(hashes)
        needles = hashes[order]
        numbers = np.zeros(len(hashes), np.int64)
        for run, sequence in self._runs:
            at = np.searchsorted(run, needles)
            at[at == len(run)] = 0
            hit = run[at] == needles
            numbers[order[hit]] = sequence[at[hit]]
        return numbers

    def _add(self, hashes: _Hashes, numbers: _Numbers) -> None:
        if not len(hashes):
            return
        self._known = max(self._known, int(numbers.max()))
        self._runs.append(_sorted(hashes, numbers))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < _GROWTH * len(self._runs[-1][0]):
            (first, its), (second, others) = self._runs.pop(), self._runs.pop()
            merged = _sorted(np.concatenate([first, second]), np.concatenate([its, others]))
            self._runs.append(merged)


_SCHEMA = pl.Schema({"event.id": pl.String(), SEQUENCE: pl.Int64()})


def _sorted(hashes: _Hashes, numbers: _Numbers) -> tuple[_Hashes, _Numbers]:
    order = np.argsort(hashes, kind="stable")
    return hashes[order], numbers[order]


def _stored(ids: pl.Series, segments: Sequence[Segment]) -> pl.Series:
    if not segments:
        return ids.clear()
    rows = pl.scan_parquet([s.path for s in segments], extra_columns="ignore", schema=_SCHEMA)
    return (
        rows.filter(pl.col("event.id").is_in(ids.implode()))
        .select("event.id")
        .collect()["event.id"]
    )
