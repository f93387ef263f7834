"""Folders that captures are put into, and which of their files are complete."""

import errno
import fcntl
import os
import pathlib
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sensors.input.file.roll import file_paths

_UNFINISHED = (".part", ".partial", ".tmp")
"""How the names of files end that somebody still writes."""

Stamp = tuple[int, int]
"""Size and time of the last change (ns)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was seen, and since when it has been so."""

    path: pathlib.Path
    stamp: Stamp
    since: float


class Folders:
    """Looks at folders and patterns; a file is complete when nobody writes it any more.

    That is so when nothing was written for `quiet_seconds`; and at once, where a newer file lies
    beside it and the kernel says that no program has it open for writing. A program that has it
    open is waited for, however quiet it is.
    """

    def __init__(
        self, paths: Sequence[str], *, quiet_seconds: float, monotonic: Callable[[], float]
    ) -> None:
        self._paths = paths
        self._quiet_seconds = quiet_seconds
        self._monotonic = monotonic
        self._seen: dict[pathlib.Path, Seen] = {}
        self._done: dict[pathlib.Path, Stamp] = {}
        self._gone: list[pathlib.Path] = []

    def complete(self) -> list[Seen]:
        """Return the files that are complete and not done, the oldest first."""
        now = self._monotonic()
        found = dict(self._stamps())
        self._gone += [path for path in self._done if path not in found]
        self._done = {path: stamp for path, stamp in self._done.items() if path in found}
        before, self._seen = self._seen, {}
        for path, stamp in found.items():
            known = before.get(path)
            same = known and known.stamp == stamp
            self._seen[path] = known if known and same else Seen(path, stamp, now)
        newest = _newest(found)
        waiting = [one for one in self._seen.values() if self._done.get(one.path) != one.stamp]
        ripe = [one for one in waiting if self._is_complete(one, now, newest)]
        return sorted(ripe, key=lambda one: (one.stamp[1], one.path))

    def done(self, seen: Seen) -> None:
        """Leave a file alone from now on, until it changes."""
        self._done[seen.path] = seen.stamp

    def gone(self) -> list[pathlib.Path]:
        """Return, once, the files that were done and are there no more."""
        gone, self._gone = self._gone, []
        return gone

    def _is_complete(self, seen: Seen, now: float, newest: dict[pathlib.Path, int]) -> bool:
        is_quiet = now - seen.since >= self._quiet_seconds
        is_followed = seen.stamp[1] < newest[seen.path.parent]
        if not (is_quiet or is_followed):
            return False
        written = is_written(seen.path)
        return written is False or (is_quiet and written is None)

    def _stamps(self) -> Iterator[tuple[pathlib.Path, Stamp]]:
        for path in self._files():
            try:
                found = path.stat()
            except FileNotFoundError:
                continue
            if found.st_size:
                yield path, (found.st_size, found.st_mtime_ns)

    def _files(self) -> Iterator[pathlib.Path]:
        for name in self._paths:
            path = pathlib.Path(name)
            below = path.rglob("*") if path.is_dir() else map(pathlib.Path, file_paths([name]))
            yield from (one for one in below if not _is_unfinished(one) and one.is_file())


def is_written(path: pathlib.Path) -> bool | None:
    """Tell whether some program has the file open for writing; None where nobody can say.

    The kernel grants a lease for reading on a file that nobody writes (fcntl(2), F_SETLEASE).
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        # Who opens the file for writing meanwhile makes the kernel send a signal; one that is
        # ignored, rather than the usual one that ends the process.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return True if error.errno in (errno.EAGAIN, errno.EBUSY) else None
    finally:
        os.close(descriptor)
    return False


def _newest(found: dict[pathlib.Path, Stamp]) -> dict[pathlib.Path, int]:
    """Return when the newest file of each folder was changed."""
    newest: dict[pathlib.Path, int] = {}
    for path, (_, changed) in found.items():
        newest[path.parent] = max(newest.get(path.parent, 0), changed)
    return newest


def _is_unfinished(path: pathlib.Path) -> bool:
    return path.name.startswith(".") or path.name.endswith(_UNFINISHED)
