"""The folder of a dataset, which every process sees alike.

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
from collections.abc import Iterator, Sequence

from situation.events.instant import END, HOUR, day_number
from situation.events.parquet.segment import DAY_NAME, WIDE, Segment, living, segment_of

_END_HOUR = END // HOUR + 1


class Folder:
    """The folder of one dataset."""

    def __init__(self, root: pathlib.Path, dataset: str) -> None:
        self.dataset = dataset
        self.path = root / dataset
        self._sequence = self.path / ".sequence"
        self._catalogue = self.path / ".catalogue"
        self._staging = self.path / ".staging"
        self._recovered = False

    def segments(self, since_hour: int = 0, until_hour: int = _END_HOUR) -> list[Segment]:
        """Return the segments with rows of `since_hour` <= hour < `until_hour`, wide ones first."""
        listed = self._living((*self._day_names(since_hour, until_hour), WIDE))
        return [segment for segment in listed if segment.meets(since_hour, until_hour)]

    def wide(self) -> list[Segment]:
        """Return all wide segments."""
        return self._living((WIDE,))

    def days(self) -> list[dt.date]:
        """Return the days that have a folder of their own, oldest first."""
        try:
            names = [
                entry.name for entry in os.scandir(self.path) if DAY_NAME.fullmatch(entry.name)
            ]
        except FileNotFoundError:
            return []
        return [dt.date.fromisoformat(name) for name in sorted(names)]

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the turn to write; the first time, clear what a killed writer left."""
        self._create()
        with _locked(self._sequence, fcntl.LOCK_EX):
            if not self._recovered:
                self._recover()
                self._recovered = True
            try:
                yield
            finally:
                self._clear_staging()

    def last_number(self) -> int:
        """Return the last sequence number that was given away: no row has a higher one."""
        try:
            return int(self._sequence.read_text() or "0")
        except FileNotFoundError:
            return 0

    def reserve(self, numbers: int) -> int:
        """Return the first of `numbers` sequence numbers nobody else gets; needs the turn."""
        first = self.last_number() + 1
        self._persist(first + numbers - 1)
        return first

    def stage(self, name: str) -> pathlib.Path:
        """Return where the segment `name` is written before it is published."""
        return self._staging / name.replace("/", "-").replace(".parquet", ".part")

    def publish(self, names: Sequence[str], retired: Sequence[Segment] = ()) -> None:
        """Make staged segments durable and visible at once, `retired` ones gone."""
        folders = {self.path / name.split("/")[0] for name in names}
        for name in names:
            _sync(self.stage(name))
        for folder in folders:
            folder.mkdir(exist_ok=True)
        with _locked(self._catalogue, fcntl.LOCK_EX):
            for name in names:
                self.stage(name).rename(self.path / name)
            for segment in retired:
                pathlib.Path(segment.path).unlink(missing_ok=True)
        folders |= {pathlib.Path(segment.path).parent for segment in retired}
        for folder in (*folders, self.path):
            _sync_folder(folder)

    def drop(self, day: dt.date) -> None:
        """Unlink the folder of a whole day; needs the turn."""
        folder = self.path / day.isoformat()
        with _locked(self._catalogue, fcntl.LOCK_EX):
            for entry in folder.iterdir():
                entry.unlink()
            folder.rmdir()
        _sync_folder(self.path)

    def _create(self) -> None:
        if not self._catalogue.exists():
            self._staging.mkdir(parents=True, exist_ok=True)
            self._sequence.touch()
            self._catalogue.touch()
            _sync_folder(self.path)
            _sync_folder(self.path.parent)

    def _recover(self) -> None:
        self._clear_staging()
        names = (*self._day_names(0, _END_HOUR), WIDE)
        listed = [segment for name in names for segment in self._listed(name)]
        counted = set(living(listed))
        self.publish((), [segment for segment in listed if segment not in counted])
        last = max((segment.last for segment in listed), default=0)
        self._persist(max(last, self.last_number()))

    def _clear_staging(self) -> None:
        for leftover in self._staging.iterdir():
            leftover.unlink()

    def _persist(self, last: int) -> None:
        # One write of few octets in place, which a reader without the turn sees whole.
        with self._sequence.open("r+") as file:
            file.write(f"{last:016d}")
            file.flush()
            os.fsync(file.fileno())

    def _living(self, names: Sequence[str]) -> list[Segment]:
        try:
            with _locked(self._catalogue, fcntl.LOCK_SH):
                return living(segment for name in names for segment in self._listed(name))
        except FileNotFoundError:
            return []

    def _day_names(self, since_hour: int, until_hour: int) -> list[str]:
        return [
            day.isoformat()
            for day in self.days()
            if since_hour // 24 <= day_number(day) and day_number(day) * 24 < until_hour
        ]

    def _listed(self, name: str) -> Iterator[Segment]:
        try:
            entries = list(os.scandir(self.path / name))
        except FileNotFoundError:
            return
        for entry in entries:
            segment = segment_of(entry.path, entry.stat().st_size)
            if segment:
                yield segment


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
