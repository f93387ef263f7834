"""When segments are merged: as rows come, and once an hour is past."""

import polars as pl

from situation.events.parquet.folder import Folder
from situation.events.parquet.merge import MANY, mergeable, merged
from situation.events.parquet.segment import WIDE_PLACE, Segment, segment_name

_PAST = range(-26, -1)
"""Hours before the present one that are settled: few rows still come to them."""
_FEW = 2


class Compaction:
    """Keeps the segments of every place few; each merge is bounded, and so is what it delays."""

    def __init__(self) -> None:
        self._present: dict[str, int] = {}
        self._past: dict[str, list[int]] = {}

    def after_write(self, folder: Folder, places: set[int], present: int) -> None:
        """Merge where rows were written, and in one hour that is past; needs the turn.

        What was written is durable by then, so a merge that fails waits for the next write.
        """
        try:
            for place in places:
                merge(folder, place, many=MANY)
            self._settle(folder, present)
        except (OSError, pl.exceptions.ComputeError):
            return

    def _settle(self, folder: Folder, present: int) -> None:
        if self._present.get(folder.dataset) != present:
            self._present[folder.dataset] = present
            listed = folder.segments(max(present + _PAST.start, 0), max(present + _PAST.stop, 0))
            self._past[folder.dataset] = sorted({s.since for s in listed if not s.wide})
        past = self._past[folder.dataset]
        while past and not merge(folder, past[-1], many=_FEW):
            past.pop()


def merge_all(folder: Folder) -> int:
    """Merge all small segments, by turns that leave room for writers; return how many went."""
    gone = 0
    for place in {segment.place for segment in folder.segments()}:
        went = -1
        while went:
            with folder.writing():
                went = merge(folder, place, many=_FEW)
            gone += went
    return gone


def merge(folder: Folder, place: int, *, many: int) -> int:
    """Merge `many` or more small neighbours of a place, if there are; return how many went."""
    chosen = mergeable(_of(folder, place), many=many)
    if chosen:
        hours = min(s.since for s in chosen), max(s.until for s in chosen)
        numbers = chosen[0].first, chosen[-1].last
        name = segment_name(hours, numbers, "merged", wide=chosen[0].wide)
        merged(chosen, folder.stage(name))
        folder.publish([name], chosen)
    return len(chosen)


def _of(folder: Folder, place: int) -> list[Segment]:
    if place == WIDE_PLACE:
        return folder.wide()
    return [segment for segment in folder.segments(place, place + 1) if not segment.wide]
