"""Dead letters: refused documents with their reason, as lines that a person can read.

A file holds one JSON object a line, and letters of one day. The oldest files go when all together
grow beyond their cap or their days. A lock keeps who writes and who asks for a redrive apart.
"""

import contextlib
import datetime as dt
import fcntl
import json
import os
import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from sensors.spool.disk import LocalDisk, LocalFile, sync_folder
from situation.clock import Clock
from situation.events.document import with_written_dates
from situation.settings import SpoolSettings

FILE_OCTETS = 4 * 2**20
FILES_OF_A_CAP = 8
"""A file has at most this part of the cap, so that the cap costs no more than it."""
DEAD = "dead"
"""Folder of the dead letters in that of the spool."""
SUFFIX = ".ndjson"

_NUMBER = 8
"""Digits that a file is named by, before its day."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A document that no store takes as it is, and what is known of it.

    `document` is the row by column, nulls left out, the rest as the text it was. `attempt` is
    the number of the try that ended with the refusal.
    """

    time: str
    reason: str
    dataset: str
    batch: str
    sequence: int
    attempt: int
    document: dict[str, object]

    @property
    def key(self) -> tuple[int, str]:
        """What tells a letter from any other."""
        return self.sequence, str(self.document.get("event.id", ""))


class DeadLetters:
    """The folder of dead letters of one spool."""

    def __init__(self, folder: pathlib.Path, clock: Clock, settings: SpoolSettings) -> None:
        self.folder = folder
        self.dropped = 0
        """Letters that went with files beyond the cap or the days."""
        self._clock = clock
        self._cap_octets = settings.dead_letter_mib * 2**20
        self._days = dt.timedelta(days=settings.dead_letter_days)
        newest = self.files()[-1:]
        # A batch that was refused in part just before the worker died is refused once more.
        self._known = {letter.key for path in newest for letter in letters_of(path)}

    def bury(self, letters: Sequence[Letter]) -> None:
        """Write letters down durably, those known already left out; raise `OSError`."""
        fresh = [letter for letter in letters if letter.key not in self._known]
        if not fresh:
            return
        lines = b"".join(line_of(letter) for letter in fresh)
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder):
            self._append(lines)
            self._prune()
        self._known = {letter.key for letter in fresh}

    def files(self) -> list[pathlib.Path]:
        """Return the files, oldest first."""
        return sorted(self.folder.glob(f"*{SUFFIX}"))

    def octets(self) -> int:
        """Return the octets of all files."""
        if not self.folder.is_dir():
            return 0
        sizes = LocalDisk().sizes(self.folder)
        return sum(octets for name, octets in sizes.items() if name.endswith(SUFFIX))

    def _append(self, lines: bytes) -> None:
        path = self._open_file(len(lines))
        file = LocalFile(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640))
        before = path.stat().st_size
        try:
            file.write(lines)
            file.sync()
        except OSError:
            file.cut(before)
            raise
        finally:
            file.close()
        sync_folder(self.folder)

    def _open_file(self, octets: int) -> pathlib.Path:
        most = min(FILE_OCTETS, self._cap_octets // FILES_OF_A_CAP)
        day = f"{self._clock.now():%Y%m%d}"
        for path in self.files()[-1:]:
            if path.stem.endswith(day) and path.stat().st_size + octets <= most and _is_whole(path):
                return path
        numbers = [int(path.name[:_NUMBER]) for path in self.folder.rglob(f"*{SUFFIX}")]
        return self.folder / f"{max(numbers, default=0) + 1:0{_NUMBER}d}-{day}{SUFFIX}"

    def _prune(self) -> None:
        octets = self.octets()
        oldest = f"{self._clock.now() - self._days:%Y%m%d}"
        for path in self.files()[:-1]:
            if octets <= self._cap_octets and path.stem[_NUMBER + 1 :] >= oldest:
                return
            octets -= path.stat().st_size
            self.dropped += path.read_bytes().count(b"\n")
            path.unlink()


def letters_of(path: pathlib.Path) -> Iterator[Letter]:
    """Yield the letters of a file; a line that a crash tore is left out."""
    with path.open("rb") as lines:
        for line in lines:
            with contextlib.suppress(ValueError, TypeError):
                yield Letter(**json.loads(line))


def written_rows(frame: pl.DataFrame) -> Iterator[dict[str, object]]:
    """Yield rows as documents of letters."""
    for row in with_written_dates(frame).iter_rows(named=True):
        yield {name: value for name, value in row.items() if value is not None}


@contextlib.contextmanager
def locked(folder: pathlib.Path) -> Iterator[None]:
    """Hold the folder against every other process."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def line_of(letter: Letter) -> bytes:
    """Return a letter as its line in a file."""
    text = json.dumps(asdict(letter), ensure_ascii=False, default=str, separators=(",", ":"))
    return text.encode(errors="surrogatepass") + b"\n"


def _is_whole(path: pathlib.Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
