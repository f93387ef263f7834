"""Segments of a dataset: their names, and the folder that every process sees alike.

A dataset is a folder; below it a folder for each UTC day, in it the segments of each hour:
`<dataset>/<YYYY-MM-DD>/<HH>-<first>-<last>-<batch>.parquet`. `first` and `last` are ingest
sequence numbers, unique in the dataset and rising. A segment whose numbers lie within those of
another segment of the same hour was merged into it and counts no more.

Two lock files (flock, so local file systems only) keep processes apart. Writers of a dataset
take turns by `.sequence`, which also holds the last number that was given away. `.catalogue` is
held for the moment in which names change, and shared by whoever lists them: a batch appears
at once, and a merge neither hides a row nor shows it twice.
"""

import contextlib
import datetime as dt
import fcntl
import os
import pathlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from situation.events.instant import EPOCH, day_number

_NAME = re.compile(r"(\d\d)-(\d{16})-(\d{16})-([\w.]*)\.parquet", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BATCH_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Segment:
    """One Parquet file; `hour` counts from 1970, `octets` is its size."""

    path: str
    hour: int
    first: int
    last: int
    octets: int


def segment_name(hour: int, first: int, last: int, batch: str) -> str:
    """Return the path of a segment below its dataset's folder."""
    day = EPOCH + dt.timedelta(hours=hour)
    mark = re.sub(r"[^\w.]", "_", batch, flags=re.ASCII)[-_BATCH_LIMIT:]
    return f"{day:%Y-%m-%d}/{day:%H}-{first:016d}-{last:016d}-{mark}.parquet"


class Folder:
    """The folder of one dataset."""

    def __init__(self, root: pathlib.Path, dataset: str) -> None:
        self.dataset = dataset
        self.path = root / dataset
        self._sequence = self.path / ".sequence"
        self._catalogue = self.path / ".catalogue"
        self._staging = self.path / ".staging"
        self._recovered = False

    def create(self) -> None:
        """Make the folder and its locks; harmless to repeat."""
        if not self._catalogue.exists():
            self._staging.mkdir(parents=True, exist_ok=True)
            self._sequence.touch()
            self._catalogue.touch()
            _sync_folder(self.path)
            _sync_folder(self.path.parent)

    def segments(
        self, since_hour: int | None = None, until_hour: int | None = None
    ) -> list[Segment]:
        """Return the segments of the hours `since_hour` <= hour < `until_hour`, oldest first."""
        try:
            with _locked(self._catalogue, fcntl.LOCK_SH):
                found = [
                    segment
                    for day in self.days()
                    if (since_hour is None or day_number(day) >= since_hour // 24)
                    and (until_hour is None or day_number(day) * 24 < until_hour)
                    for segment in self._listed(day)
                    if (since_hour is None or segment.hour >= since_hour)
                    and (until_hour is None or segment.hour < until_hour)
                ]
        except FileNotFoundError:
            return []
        return _living(found)

    def days(self) -> list[dt.date]:
        """Return the days that have a folder, oldest first."""
        try:
            names = [entry.name for entry in os.scandir(self.path) if _DAY.fullmatch(entry.name)]
        except FileNotFoundError:
            return []
        return [dt.date.fromisoformat(name) for name in sorted(names)]

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the turn to write; the first time, clear what a killed writer left."""
        self.create()
        with _locked(self._sequence, fcntl.LOCK_EX):
            if not self._recovered:
                self._recover()
                self._recovered = True
            try:
                yield
            finally:
                self._clear_staging()

    def reserve(self, numbers: int) -> int:
        """Return the first of `numbers` sequence numbers nobody else gets; needs the turn."""
        first = int(self._sequence.read_text() or "0") + 1
        self._persist(first + numbers - 1)
        return first

    def stage(self, name: str) -> pathlib.Path:
        """Return where the segment `name` is written before it is published."""
        return self._staging / name.replace("/", "-").replace(".parquet", ".part")

    def publish(self, names: Sequence[str], retired: Sequence[Segment] = ()) -> None:
        """Make staged segments durable and visible at once, `retired` ones gone."""
        days = {self.path / name.split("/")[0] for name in names}
        for name in names:
            _sync(self.stage(name))
        for day in days:
            day.mkdir(exist_ok=True)
        with _locked(self._catalogue, fcntl.LOCK_EX):
            for name in names:
                self.stage(name).rename(self.path / name)
            for segment in retired:
                pathlib.Path(segment.path).unlink(missing_ok=True)
        for folder in (*days, self.path):
            _sync_folder(folder)

    def drop(self, day: dt.date) -> None:
        """Unlink a whole day; needs the turn."""
        self._persist(int(self._sequence.read_text() or "0"))
        _sync(self._sequence)
        folder = self.path / day.isoformat()
        with _locked(self._catalogue, fcntl.LOCK_EX):
            for entry in folder.iterdir():
                entry.unlink()
            folder.rmdir()
        _sync_folder(self.path)

    def _recover(self) -> None:
        self._clear_staging()
        listed = [segment for day in self.days() for segment in self._listed(day)]
        living = set(_living(listed))
        self.publish((), [segment for segment in listed if segment not in living])
        last = max((segment.last for segment in listed), default=0)
        self._persist(max(last, int(self._sequence.read_text() or "0")))

    def _clear_staging(self) -> None:
        for leftover in self._staging.iterdir():
            leftover.unlink()

    def _persist(self, last: int) -> None:
        # One short write in place: a reader of the number holds the same lock.
        with self._sequence.open("r+") as file:
            file.write(f"{last:016d}")

    def _listed(self, day: dt.date) -> Iterator[Segment]:
        for entry in os.scandir(self.path / day.isoformat()):
            if match := _NAME.fullmatch(entry.name):
                hour = day_number(day) * 24 + int(match[1])
                octets = entry.stat().st_size
                yield Segment(entry.path, hour, int(match[2]), int(match[3]), octets)


def _living(segments: Sequence[Segment]) -> list[Segment]:
    # Sorted so that whatever contains a segment comes before it.
    living: list[Segment] = []
    for segment in sorted(segments, key=lambda s: (s.hour, s.first, -s.last)):
        newest = living[-1] if living else None
        if newest and newest.hour == segment.hour and segment.last <= newest.last:
            continue
        living.append(segment)
    return living


@contextlib.contextmanager
def _locked(path: pathlib.Path, how: int) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _sync(path: pathlib.Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_sync_folder = _sync
