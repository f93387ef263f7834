"""Merging small segments of an hour, so that queries open few files."""

import pathlib
from collections.abc import Sequence

import polars as pl

from situation.events.parquet.segment import Segment

_TIERS = ((16, 2 * 2**20), (16, 32 * 2**20))
"""How many neighbours below which size are worth a merge; the second tier takes merged ones."""


def mergeable(segments: Sequence[Segment]) -> list[Segment]:
    """Return the newest neighbours among the segments of one hour that should become one."""
    ordered = sorted(segments, key=lambda segment: segment.first)
    for many, size in _TIERS:
        run = _newest_run(ordered, size)
        if len(run) >= many:
            return run
    return []


def _newest_run(ordered: Sequence[Segment], size: int) -> list[Segment]:
    # Only neighbours: the numbers of the merged segment must hold those of its parts alone.
    large = [at for at, segment in enumerate(ordered) if segment.octets >= size]
    return list(ordered[large[-1] + 1 if large else 0 :])


def merged(segments: Sequence[Segment], into: pathlib.Path) -> None:
    """Write the rows of `segments` to one file, streaming."""
    parts = [pl.scan_parquet(segment.path) for segment in segments]
    pl.concat(parts, how="diagonal").sink_parquet(into, compression="zstd", compression_level=3)
