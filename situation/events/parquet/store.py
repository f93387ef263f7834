"""The embedded store: batches become segments, small segments are merged."""

import datetime as dt
import pathlib
import shutil

import polars as pl

from situation.clock import Clock
from situation.events import address
from situation.events.instant import HOUR, day_number, nanoseconds
from situation.events.intake import INGESTED, check_batch, check_dataset, day_expression
from situation.events.parquet.identity import SEQUENCE, DayIndex
from situation.events.parquet.merge import mergeable, merged
from situation.events.parquet.reader import ParquetReader
from situation.events.parquet.segment import Folder, segment_name
from situation.events.parquet.sql import KEY, WORDS
from situation.events.store import Batch, Health, WriteResult
from situation.events.word import words_value
from situation.faults import Unavailable
from situation.fields import BY_NAME, POLARS_TYPES, Kind

_INDEXED_DAYS = 8
"""Days of a dataset whose ids stay in memory, 16 octets a row."""
_DATE = POLARS_TYPES[Kind.DATE]


class ParquetStore(ParquetReader):
    """An EventStore in a folder: any number of readers, writers of a dataset by turns.

    Files are plain Parquet with the declared columns, `REST` as JSON text, and hidden columns
    whose names begin with `_`.
    """

    def __init__(self, root: pathlib.Path, clock: Clock, *, memory: str = "768MB") -> None:
        super().__init__(root, memory=memory)
        self._clock = clock
        self._folders: dict[str, Folder] = {}
        self._indexes: dict[tuple[str, int], DayIndex] = {}

    def setup(self) -> None:
        """Make the root folder."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(str(error), where=str(self.root)) from error

    def write(self, batch: Batch) -> WriteResult:
        """Store what is new of the batch as one segment for each hour of `@timestamp`."""
        checked = check_batch(batch)
        acked = 0
        if checked.frame.height:
            folder = self._folder(batch.dataset)
            try:
                with folder.writing():
                    acked = self._write(folder, batch.name, checked.frame)
            except (OSError, pl.exceptions.ComputeError) as error:
                # polars reports a full disk as a failed computation.
                raise Unavailable(str(error), where=str(folder.path)) from error
        duplicates = checked.duplicates + checked.frame.height - acked
        return WriteResult(acked, duplicates, checked.rejected)

    def drop_before(self, dataset: str, day: dt.date) -> int:
        """Unlink the folders of all days before `day`."""
        folder = self._folder(check_dataset(dataset))
        with folder.writing():
            days = [found for found in folder.days() if found < day]
            for found in days:
                folder.drop(found)
                self._indexes.pop((dataset, day_number(found)), None)
        return len(days)

    def compact(self, dataset: str) -> int:
        """Merge small segments of every hour; return how many segments went."""
        folder = self._folder(check_dataset(dataset))
        with folder.writing():
            return sum(self._compact(folder, hour) for hour in {s.hour for s in folder.segments()})

    def health(self) -> Health:
        """Tell whether the folder can be read and written, and what lies in it."""
        try:
            return self._health()
        except OSError as error:
            there = self.root.is_dir()
            detail = str(error) if there else "the folder is not there yet; set the store up"
            return Health(there, mapped=there, writable=False, detail=detail)

    def _folder(self, dataset: str) -> Folder:
        return self._folders.setdefault(dataset, Folder(self.root, dataset))

    def _write(self, folder: Folder, name: str, frame: pl.DataFrame) -> int:
        days = frame.select(day_expression()).to_series()
        fresh = [
            self._fresh(folder, day, frame.filter(days == day) if days.n_unique() > 1 else frame)
            for day in days.unique(maintain_order=True)
        ]
        rows = pl.concat(fresh)
        if rows.height:
            self._publish(folder, name, rows)
        return rows.height

    def _fresh(self, folder: Folder, day: int, rows: pl.DataFrame) -> pl.DataFrame:
        segments = folder.segments(day * 24, day * 24 + 24)
        index = self._index(folder.dataset, day)
        index.catch_up(segments)
        present = index.present(rows["event.id"], segments)
        return rows.filter(~present) if present.any() else rows

    def _index(self, dataset: str, day: int) -> DayIndex:
        index = self._indexes.pop((dataset, day), None) or DayIndex()
        mine = [key for key in self._indexes if key[0] == dataset]
        if len(mine) >= _INDEXED_DAYS:
            del self._indexes[mine[0]]
        self._indexes[dataset, day] = index
        return index

    def _publish(self, folder: Folder, name: str, rows: pl.DataFrame) -> None:
        hours = rows["@timestamp"].to_physical() // HOUR
        parts = {
            hour: rows.filter(hours == hour) if hours.n_unique() > 1 else rows
            for hour in sorted(hours.unique())
        }
        first = folder.reserve(len(parts))
        ingested = self._clock.now()
        names = []
        for number, (hour, part) in enumerate(parts.items(), first):
            names.append(segment_name(hour, number, number, name))
            stored = with_hidden(part, number, ingested)
            stored.write_parquet(folder.stage(names[-1]), compression="zstd", compression_level=1)
        folder.publish(names)
        for number, (hour, part) in enumerate(parts.items(), first):
            self._index(folder.dataset, hour // 24).add(part["event.id"], number)
        for hour in parts:
            self._compact(folder, hour)

    def _compact(self, folder: Folder, hour: int) -> int:
        chosen = mergeable(folder.segments(hour, hour + 1))
        if chosen:
            name = segment_name(hour, chosen[0].first, chosen[-1].last, "merged")
            merged(chosen, folder.stage(name))
            folder.publish([name], chosen)
        return len(chosen)

    def _health(self) -> Health:
        probe = self.root / ".probe"
        try:
            probe.write_bytes(b"probe")
        finally:
            probe.unlink(missing_ok=True)
        datasets = sorted(entry.name for entry in self.root.iterdir() if entry.is_dir())
        segments = [s for dataset in datasets for s in Folder(self.root, dataset).segments()]
        facts = {
            "store": "parquet",
            "datasets": ", ".join(datasets),
            "segments": str(len(segments)),
            "octets": str(sum(segment.octets for segment in segments)),
            "octets_free": str(shutil.disk_usage(self.root).free),
        }
        detail = f"{len(segments)} segments in {self.root}"
        return Health(reachable=True, mapped=True, writable=True, detail=detail, facts=facts)


def with_hidden(rows: pl.DataFrame, number: int, ingested: dt.datetime) -> pl.DataFrame:
    """Return the rows as a segment holds them."""
    hidden = [
        address.key_column(column).alias(KEY + column.name)
        for column in rows
        if _kind(column.name) is Kind.IP
    ] + [
        column.map_elements(words_value, return_dtype=pl.String()).alias(WORDS + column.name)
        for column in rows
        if _kind(column.name) is Kind.TEXT
    ]
    at = pl.lit(nanoseconds(ingested)).cast(_DATE).alias(INGESTED)
    return rows.with_columns(at, *hidden, pl.lit(number, pl.Int64).alias(SEQUENCE))


def _kind(name: str) -> Kind | None:
    return BY_NAME[name].kind if name in BY_NAME else None
