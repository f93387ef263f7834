"""Which ids are already there: sorted hashes in memory, checked against the segments.

A hash costs 16 octets a row. Hashes only nominate; a row counts as a duplicate when its id is
read back from a segment, so equal hashes of different ids lose nothing.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from situation.events.intake import day_expression
from situation.events.parquet.hidden import SEQUENCE
from situation.events.parquet.segment import WIDE_PLACE, Segment
from situation.fields import POLARS_TYPES, Kind

OF_DAY = pl.col("event.id")
"""Identity of a row among those of its own day."""
OF_ANY_DAY = pl.concat_str(day_expression(), pl.lit("/"), pl.col("event.id"))
"""Identity of a row among those of all days."""

_GROWTH = 4
_SCHEMA = pl.Schema(
    {"@timestamp": POLARS_TYPES[Kind.DATE], "event.id": pl.String(), SEQUENCE: pl.Int64()}
)

_Hashes = npt.NDArray[np.uint64]
_Numbers = npt.NDArray[np.int64]


class Identities:
    """Identities of the rows of some segments: of one day, or all wide ones of a dataset."""

    def __init__(self, identity: pl.Expr) -> None:
        self._identity = identity
        self._runs: list[tuple[_Hashes, _Numbers]] = []
        self._known = 0

    def catch_up(self, segments: Sequence[Segment]) -> None:
        """Take in the identities that other processes, or an earlier run, wrote."""
        new = [segment.path for segment in segments if segment.last > self._known]
        if not new:
            return
        rows = (
            pl.scan_parquet(new, extra_columns="ignore", schema=_SCHEMA)
            .filter(pl.col(SEQUENCE) > self._known)
            .select(self._identity.hash().alias("hash"), SEQUENCE)
            .collect()
        )
        self._add(rows["hash"].to_numpy(), rows[SEQUENCE].to_numpy())

    def add(self, ids: pl.Series, sequence: int) -> None:
        """Take in the identities of a segment that was just published."""
        self._add(ids.hash().to_numpy(), np.full(len(ids), sequence, np.int64))

    def __len__(self) -> int:
        """Return how many hashes are in memory."""
        return sum(len(hashes) for hashes, _ in self._runs)

    def present(self, ids: pl.Series, segments: Sequence[Segment]) -> pl.Series:
        """Return for every identity whether one of the `segments` holds it."""
        numbers = self.nominated(ids)
        nominated = ids.filter(pl.Series(numbers > 0))
        if nominated.is_empty():
            return pl.Series([False]).new_from_index(0, len(ids))
        wanted = set(numbers[numbers > 0].tolist())
        likely = [s for s in segments if any(s.first <= number <= s.last for number in wanted)]
        found = self._stored(nominated, likely)
        missing = nominated.filter(~nominated.is_in(found.implode()))
        if not missing.is_empty():
            found = found.append(self._stored(missing, segments))
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

    def _stored(self, ids: pl.Series, segments: Sequence[Segment]) -> pl.Series:
        if not segments:
            return ids.clear()
        rows = pl.scan_parquet([s.path for s in segments], extra_columns="ignore", schema=_SCHEMA)
        found = rows.select(self._identity.alias(ids.name))
        return found.filter(pl.col(ids.name).is_in(ids.implode())).collect().to_series()

    def _add(self, hashes: _Hashes, numbers: _Numbers) -> None:
        if not len(hashes):
            return
        self._known = max(self._known, int(numbers.max()))
        self._runs.append(_sorted(hashes, numbers))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < _GROWTH * len(self._runs[-1][0]):
            (first, its), (second, others) = self._runs.pop(), self._runs.pop()
            merged = _sorted(np.concatenate([first, second]), np.concatenate([its, others]))
            self._runs.append(merged)


def _sorted(hashes: _Hashes, numbers: _Numbers) -> tuple[_Hashes, _Numbers]:
    order = np.argsort(hashes, kind="stable")
    return hashes[order], numbers[order]


class IdentityCache:
    """The `Identities` that were needed last, as many as `most` hashes of 16 octets allow."""

    def __init__(self, most: int = 2**25) -> None:
        self._most = most
        self._kept: dict[tuple[str, int], Identities] = {}

    def of(self, dataset: str, place: int) -> Identities:
        """Return those of a day, or of `WIDE_PLACE`; empty where they are not in memory."""
        identity = OF_ANY_DAY if place == WIDE_PLACE else OF_DAY
        found = self._kept.pop((dataset, place), Identities(identity))
        self._kept[dataset, place] = found
        while len(self._kept) > 1 and sum(map(len, self._kept.values())) > self._most:
            del self._kept[next(iter(self._kept))]
        return found

    def add(self, dataset: str, place: int, rows: pl.DataFrame, sequence: int) -> None:
        """Take in what was just published, where its place is in memory; else it catches up."""
        found = self._kept.get((dataset, place))
        if found is not None:
            identity = OF_ANY_DAY if place == WIDE_PLACE else OF_DAY
            found.add(rows.select(identity).to_series(), sequence)

    def forget(self, dataset: str, place: int) -> None:
        """Let go of a place that was dropped."""
        self._kept.pop((dataset, place), None)
