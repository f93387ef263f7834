"""The embedded store: batches become segments, small segments are merged."""

import datetime as dt
import pathlib
import shutil
from collections.abc import Callable
from typing import TypeVar

import polars as pl

from situation.clock import Clock
from situation.events.instant import HOUR, nanoseconds
from situation.events.intake import check_batch, check_dataset, day_expression
from situation.events.parquet import holding
from situation.events.parquet.compaction import Compaction, merge_all
from situation.events.parquet.folder import Folder
from situation.events.parquet.hidden import SEQUENCE, with_hidden
from situation.events.parquet.identity import OF_ANY_DAY, IdentityCache
from situation.events.parquet.part import parts
from situation.events.parquet.reader import ParquetReader
from situation.events.parquet.segment import WIDE_PLACE, Segment, segment_name
from situation.events.store import Batch, Health, HeldDay, WriteResult
from situation.faults import Unavailable

_R = TypeVar("_R")


class ParquetStore(ParquetReader):
    """An EventStore in a folder: any number of readers, writers of a dataset by turns.

    Files are plain Parquet with the declared columns, `REST` as JSON text, and hidden columns
    whose names begin with `_`. However far the times of a batch are strewn, it becomes at most
    28 files, and the identity of a row, its day and id, is known again in all of them. Identities
    in memory take at most 512 MiB, unless a single day, or all wide segments, need more.
    """

    def __init__(self, root: pathlib.Path, clock: Clock, *, memory: str = "768MB") -> None:
        super().__init__(root, memory=memory)
        self._clock = clock
        self._folders: dict[str, Folder] = {}
        self._identities = IdentityCache()
        self._compaction = Compaction()

    def setup(self) -> None:
        """Make the root folder."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(error.strerror or str(error), where=str(self.root)) from error

    def write(self, batch: Batch) -> WriteResult:
        """Store what is new of the batch as a few segments, see `parts`."""
        checked = check_batch(batch)
        acked = 0
        if checked.frame.height:
            folder = self._folder(batch.dataset)
            acked = _available(folder.path, lambda: self._write(folder, batch.name, checked.frame))
        duplicates = checked.duplicates + checked.frame.height - acked
        return WriteResult(acked, duplicates, checked.rejected)

    def datasets(self) -> tuple[str, ...]:
        """Return the names of the datasets that hold a day."""
        entries = _available(self.root, self._entries)
        names = sorted(entry.name for entry in entries)
        folders = (self._folder(name) for name in names)
        return tuple(folder.dataset for folder in folders if folder.days() or folder.wide())

    def held(self, dataset: str) -> tuple[HeldDay, ...]:
        """Return the days with their documents, from the footers; of wide segments, the times."""
        return self._retried(holding.held, self._folder(check_dataset(dataset)))

    def drop_before(self, dataset: str, day: dt.date) -> int:
        """Unlink all days before `day`; a wide segment loses their rows."""
        folder = self._folder(check_dataset(dataset))
        dropped = _available(folder.path, lambda: holding.drop_before(folder, day))
        for number in dropped:
            self._identities.forget(dataset, number)
        return len(dropped)

    def compact(self, dataset: str) -> int:
        """Merge small segments wherever two lie together; return how many segments went."""
        folder = self._folder(check_dataset(dataset))
        return _available(folder.path, lambda: merge_all(folder))

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

    def _entries(self) -> list[pathlib.Path]:
        entries = self.root.iterdir() if self.root.is_dir() else ()
        return [entry for entry in entries if entry.is_dir()]

    def _write(self, folder: Folder, name: str, frame: pl.DataFrame) -> int:
        with folder.writing():
            present = self._present(folder, frame)
            rows = frame.filter(~present) if present.any() else frame
            if rows.height:
                self._publish(folder, name, rows)
        return rows.height

    def _present(self, folder: Folder, rows: pl.DataFrame) -> pl.Series:
        days = rows.select(day_expression()).to_series()
        ordered = days.unique().sort()
        by_day: dict[int, list[Segment]] = {}
        for segment in folder.segments(ordered[0] * 24, ordered[-1] * 24 + 24):
            if not segment.wide:
                by_day.setdefault(segment.since // 24, []).append(segment)
        present = self._in_wide(folder, rows)
        for day in ordered.filter(ordered.is_in(list(by_day))):
            of_day = (days == day).arg_true()
            identities = self._identities.of(folder.dataset, day)
            identities.catch_up(by_day[day])
            found = identities.present(rows["event.id"].gather(of_day), by_day[day])
            present = present.scatter(of_day, present[of_day] | found)
        return present

    def _in_wide(self, folder: Folder, rows: pl.DataFrame) -> pl.Series:
        wide = folder.wide()
        if not wide:
            return pl.repeat(value=False, n=rows.height, eager=True)
        identities = self._identities.of(folder.dataset, WIDE_PLACE)
        identities.catch_up(wide)
        return identities.present(rows.select(OF_ANY_DAY).to_series(), wide)

    def _publish(self, folder: Folder, name: str, rows: pl.DataFrame) -> None:
        ingested = self._clock.now()
        present = nanoseconds(ingested) // HOUR
        made = list(parts(with_hidden(rows, ingested), present))
        first = folder.reserve(len(made))
        names = []
        for number, part in enumerate(made, first):
            names.append(segment_name(part.hours, (number, number), name, wide=part.wide))
            stored = part.rows.with_columns(pl.lit(number, pl.Int64).alias(SEQUENCE))
            stored.write_parquet(folder.stage(names[-1]), compression="zstd", compression_level=1)
        folder.publish(names)
        for number, part in enumerate(made, first):
            place = WIDE_PLACE if part.wide else part.hours[0] // 24
            self._identities.add(folder.dataset, place, part.rows, number)
        places = {WIDE_PLACE if part.wide else part.hours[0] for part in made}
        self._compaction.after_write(folder, places, present)

    def _health(self) -> Health:
        probe = self.root / ".probe"
        try:
            probe.write_bytes(b"probe")
        finally:
            probe.unlink(missing_ok=True)
        datasets = sorted(entry.name for entry in self._entries())
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


def _available(path: pathlib.Path, act: Callable[[], _R]) -> _R:
    try:
        return act()
    except (OSError, pl.exceptions.ComputeError) as error:
        # polars reports a full disk as a failed computation.
        raise Unavailable(str(error), where=str(path)) from error
