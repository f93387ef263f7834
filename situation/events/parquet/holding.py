"""Which days a dataset holds, and the dropping of old ones."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Sequence

import polars as pl

from situation.events.instant import DAY, HOUR, day_number, day_of
from situation.events.intake import day_expression
from situation.events.parquet.folder import Folder
from situation.events.parquet.merge import GROUP_ROWS
from situation.events.parquet.segment import Segment, segment_name
from situation.events.store import HeldDay
from situation.fields import POLARS_TYPES, Kind

_HOURS = 24
_TIMES = pl.Schema({"@timestamp": POLARS_TYPES[Kind.DATE]})


def held(folder: Folder) -> tuple[HeldDay, ...]:
    """Return the days, oldest first; a day's share of a wide segment goes by its rows."""
    documents: Counter[int] = Counter()
    octets: Counter[int] = Counter()
    segments = folder.segments()
    hourly = (segment for segment in segments if not segment.wide)
    for day, its in itertools.groupby(hourly, lambda segment: segment.since // _HOURS):
        of_day = list(its)
        documents[day] += _rows(of_day)
        octets[day] += sum(segment.octets for segment in of_day)
    for segment in (segment for segment in segments if segment.wide):
        rows = _rows_by_day(segment)
        documents += rows
        for day, count in rows.items():
            octets[day] += segment.octets * count // rows.total()
    return tuple(
        HeldDay(day_of(day * DAY), documents[day], octets[day]) for day in sorted(documents)
    )


def drop_before(folder: Folder, day: dt.date) -> set[int]:
    """Drop all days before `day`; return their numbers, counted from 1970.

    Folders go first: they free what the rewriting of wide segments may need.
    """
    if not folder.path.exists():
        return set()
    with folder.writing():
        old = [found for found in folder.days() if found < day]
        for found in old:
            folder.drop(found)
        limit = day_number(day)
        touched = [s for s in folder.wide() if s.since < limit * _HOURS]
        wide = {number for s in touched for number in _rows_by_day(s) if number < limit}
        for segment in touched:
            _cut(folder, segment, limit)
    return {day_number(found) for found in old} | wide


def _rows(segments: Sequence[Segment]) -> int:
    # One count over all files asks their footers alone, and that at once.
    paths = [segment.path for segment in segments]
    rows = pl.scan_parquet(paths, schema=_TIMES, extra_columns="ignore", glob=False)
    return int(rows.select(pl.len()).collect().item())


def _rows_by_day(segment: Segment) -> Counter[int]:
    days = pl.scan_parquet(segment.path).select(day_expression().alias("day")).collect()["day"]
    return Counter(dict(days.value_counts().iter_rows()))


def _cut(folder: Folder, segment: Segment, limit: int) -> None:
    rows = pl.read_parquet(segment.path).filter(day_expression() >= limit)
    if rows.is_empty():
        folder.publish((), [segment])
        return
    hours = (int(rows["@timestamp"].to_physical().sort()[0]) // HOUR, segment.until)
    name = segment_name(hours, (segment.first, segment.last), "cut", wide=True)
    rows.write_parquet(
        folder.stage(name), compression="zstd", compression_level=1, row_group_size=GROUP_ROWS
    )
    folder.publish([name], [segment])
