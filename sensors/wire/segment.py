"""Segments: small captures with the first packets of each flow, kept for alerts to come.

`FIRST-LAST-wN.pcap` holds packets from FIRST to LAST, nanoseconds since 1970, of worker N. One
that is still written is hidden. Whoever looks for packets goes by the names alone.
"""

import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

SEGMENTS = "packets"
"""Folder of the segments in that of the stores; in it is one for each input."""

SEGMENT_SECONDS = 60.0
"""Time after which a segment is complete, however small it is."""

_NAME = re.compile(r"(\d{19})-(\d{19})-w(\d+)\.pcap")


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment that is complete."""

    path: pathlib.Path
    first: int
    last: int


def segment_name(first: int, last: int, worker: int) -> str:
    """Return the name of a complete segment; such names sort by time."""
    return f"{first:019}-{last:019}-w{worker}.pcap"


def segments(folder: pathlib.Path) -> Iterator[Segment]:
    """Yield the complete segments of one input, the oldest first."""
    for path in sorted(folder.glob("*.pcap")):
        found = _NAME.fullmatch(path.name)
        if found:
            yield Segment(path, int(found[1]), int(found[2]))


def segments_between(folder: pathlib.Path, since: int, until: int) -> list[pathlib.Path]:
    """Return the segments of all inputs with packets of this span, in the order of time.

    `folder` is that of the stores; nanoseconds since 1970.
    """
    kept = (
        segment
        for of_input in (folder / SEGMENTS).glob("*")
        for segment in segments(of_input)
        if segment.first <= until and segment.last >= since
    )
    return [segment.path for segment in sorted(kept, key=lambda one: (one.first, one.path))]
