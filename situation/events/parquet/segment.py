"""Segments of a dataset: their names, and which of them count.

A dataset is a folder; below it a folder for each UTC day, in it the segments of each hour:
`<YYYY-MM-DD>/<HH>-<first>-<last>-<batch>.parquet`. Beside the days lie the wide segments, whose
rows are few and from many hours: `wide/<since>-<until>-<first>-<last>-<batch>.parquet`, hours
since 1970. `first` and `last` are ingest sequence numbers, unique in the dataset and rising. A
segment whose numbers lie within those of another segment of the same hour, or of another wide
segment, was merged into it and counts no more.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from situation.events.instant import EPOCH, day_number

DAY_NAME = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WIDE = "wide"
"""Folder of the wide segments."""
WIDE_PLACE = -1

_NUMBERS = r"-(\d{16})-(\d{16})-([\w.]*)\.parquet"
_NARROW = re.compile(rf"(\d\d){_NUMBERS}", re.ASCII)
_WIDE = re.compile(rf"(\d{{7}})-(\d{{7}}){_NUMBERS}", re.ASCII)
_BATCH_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Segment:
    """One Parquet file: its rows are of the hours `since` <= hour < `until`, counted from 1970.

    `octets` is its size.
    """

    path: str
    since: int
    until: int
    first: int
    last: int
    octets: int
    wide: bool = False

    @property
    def place(self) -> int:
        """Its hour, or `WIDE_PLACE`: what lies in one place may be merged."""
        return WIDE_PLACE if self.wide else self.since

    def meets(self, since_hour: int, until_hour: int) -> bool:
        """Tell whether it may have rows of the hours `since_hour` <= hour < `until_hour`."""
        return self.since < until_hour and since_hour < self.until


def segment_name(
    hours: tuple[int, int], numbers: tuple[int, int], batch: str, *, wide: bool
) -> str:
    """Return the path of a segment below its dataset's folder."""
    mark = re.sub(r"[^\w.]", "_", batch, flags=re.ASCII)[-_BATCH_LIMIT:]
    tail = f"{numbers[0]:016d}-{numbers[1]:016d}-{mark}.parquet"
    if wide:
        return f"{WIDE}/{hours[0]:07d}-{hours[1]:07d}-{tail}"
    return f"{EPOCH + dt.timedelta(hours=hours[0]):%Y-%m-%d/%H}-{tail}"


def segment_of(path: str, octets: int) -> Segment | None:
    """Return the segment at `path`, or None where the name is that of another file."""
    _, folder, name = path.rsplit("/", 2)
    if folder == WIDE:
        found = _WIDE.fullmatch(name)
        hours = (int(found[1]), int(found[2])) if found else (0, 0)
    else:
        found = _NARROW.fullmatch(name)
        hour = day_number(dt.date.fromisoformat(folder)) * 24 + int(found[1]) if found else 0
        hours = (hour, hour + 1)
    if not found:
        return None
    first, last = int(found[found.re.groups - 2]), int(found[found.re.groups - 1])
    return Segment(path, *hours, first, last, octets, wide=folder == WIDE)


def living(segments: Iterable[Segment]) -> list[Segment]:
    """Return the segments that count, by place and number."""
    # Sorted so that whatever contains a segment, or was cut from it, comes before it.
    found: list[Segment] = []
    for segment in sorted(segments, key=lambda s: (s.place, s.first, -s.last, -s.since)):
        newest = found[-1] if found else None
        if newest and newest.place == segment.place and segment.last <= newest.last:
            continue
        found.append(segment)
    return found
