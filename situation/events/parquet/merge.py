"""Merging small segments of one place, so that queries open few files."""

import bisect
import itertools
import pathlib
from collections.abc import Sequence

import polars as pl

from situation.events.parquet.segment import Segment

MANY = 16
"""Neighbours of one size that are merged while rows still come to their hour."""
_SIZES = (2**20, 8 * 2**20)
"""Octets that bound small and middling segments; what is larger is left alone."""
_MOST = 16 * 2**20
"""Octets that are merged at once: it bounds how long a writer waits."""
GROUP_ROWS = 65_536
"""Rows whose least and greatest values a reader can skip by."""


def mergeable(segments: Sequence[Segment], *, many: int = MANY) -> list[Segment]:
    """Return neighbours of one size class among the segments of one place that should become one.

    Only neighbours: the numbers of the merged segment must hold those of its parts alone. Only
    equals: a row of a full segment is then written again at most once for each class.
    """
    ordered = sorted(segments, key=lambda segment: segment.first)
    for size_class, equals in itertools.groupby(ordered, _size_class):
        run = list(equals)
        if size_class < len(_SIZES) and len(run) >= many:
            return _bounded(run)
    return []


def _size_class(segment: Segment) -> int:
    return bisect.bisect_right(_SIZES, segment.octets)


def _bounded(run: Sequence[Segment]) -> list[Segment]:
    octets = itertools.accumulate(segment.octets for segment in run)
    return list(run[: sum(1 for total in octets if total <= _MOST)])


def merged(segments: Sequence[Segment], into: pathlib.Path) -> None:
    """Write the rows of `segments` to one file: an hour's in ingest order, wide ones by time."""
    parts = [pl.scan_parquet(segment.path) for segment in segments]
    rows = pl.concat(parts, how="diagonal")
    if segments[0].wide:
        rows = rows.sort("@timestamp")
    rows.sink_parquet(into, compression="zstd", compression_level=1, row_group_size=GROUP_ROWS)
