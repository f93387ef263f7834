"""Merging small segments of an hour, so that queries open few files."""

import bisect
import itertools
import pathlib
from collections.abc import Sequence

import polars as pl

from situation.events.parquet.segment import Segment

_MANY = 16
_SIZES = (2 * 2**20, 32 * 2**20)
"""Octets that bound small and middling segments; what is larger is left alone."""


def mergeable(segments: Sequence[Segment]) -> list[Segment]:
    """Return neighbours of one size class among the segments of one hour that should become one.

    Only neighbours: the numbers of the merged segment must hold those of its parts alone. Only
    equals: a row is then written again at most once for each class.
    """
    ordered = sorted(segments, key=lambda segment: segment.first)
    for size_class, equals in itertools.groupby(ordered, _size_class):
        run = list(equals)
        if size_class < len(_SIZES) and len(run) >= _MANY:
            return run
    return []


def _size_class(segment: Segment) -> int:
    return bisect.bisect_right(_SIZES, segment.octets)


def merged(segments: Sequence[Segment], into: pathlib.Path) -> None:
    """Write the rows of `segments` to one file, streaming."""
    parts = [pl.scan_parquet(segment.path) for segment in segments]
    pl.concat(parts, how="diagonal").sink_parquet(into, compression="zstd", compression_level=3)
