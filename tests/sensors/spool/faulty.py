"""A disk that loses, refuses and spoils, for the tests of the spool."""

import contextlib
import ctypes
import errno
import os
import pathlib
import random
from collections.abc import Iterator

from sensors.spool.disk import LocalDisk, LocalFile
from tests.testdata import missing


class FaultyDisk(LocalDisk):
    """The real disk, but with faults on order and power cuts.

    `failing` holds the steps that fail now, each with its error number: create, write, sync, cut,
    replace. A write that fails leaves the first half of its octets, as a full disk does.
    """

    def __init__(self) -> None:
        self.failing: dict[str, int] = {}
        self.durable: dict[pathlib.Path, int] = {}
        self.unreadable = range(0)
        """Octets of every segment that cannot be read."""

    def check(self, step: str) -> None:
        if step in self.failing:
            code = self.failing[step]
            raise OSError(code, os.strerror(code))

    def create(self, path: pathlib.Path) -> "FaultyFile":
        self.check("create")
        super().create(path).close()
        self.durable[path] = 0
        return FaultyFile(self, path)

    def open(self, path: pathlib.Path) -> "FaultyFile":
        return FaultyFile(self, path)

    def cut(self, path: pathlib.Path, octets: int) -> None:
        self.check("cut")
        super().cut(path, octets)
        self.durable[path] = octets

    def replace(self, path: pathlib.Path, data: bytes) -> None:
        self.check("replace")
        super().replace(path, data)

    def cut_power(self, chance: random.Random) -> None:
        """Lose what was not durable: all of it, or from any octet on."""
        for path, octets in self.durable.items():
            if path.exists():
                kept = chance.randint(octets, max(octets, path.stat().st_size))
                super().cut(path, chance.choice((octets, kept)))
        self.durable.clear()
        self.failing.clear()


class FaultyFile(LocalFile):
    def __init__(self, disk: FaultyDisk, path: pathlib.Path) -> None:
        super().__init__(os.open(path, os.O_RDWR | os.O_APPEND))
        self._disk = disk
        self._path = path

    def write(self, data: bytes) -> None:
        if "write" in self._disk.failing:
            super().write(data[: len(data) // 2])
        self._disk.check("write")
        super().write(data)

    def read(self, offset: int, octets: int) -> bytes:
        spoiled = self._disk.unreadable
        if offset < spoiled.stop and offset + octets > spoiled.start:
            raise OSError(BROKEN, os.strerror(BROKEN))
        return super().read(offset, octets)

    def sync(self) -> None:
        self._disk.check("sync")
        super().sync()
        self._disk.durable[self._path] = self._path.stat().st_size

    def cut(self, octets: int) -> None:
        self._disk.check("cut")
        super().cut(octets)


@contextlib.contextmanager
def small_file_system(folder: pathlib.Path, mebibytes: int = 1) -> Iterator[pathlib.Path]:
    """Mount a small file system in memory; skip the test where that is not allowed."""
    folder.mkdir()
    system = ctypes.CDLL(None, use_errno=True)
    if system.mount(b"citywatch", bytes(folder), b"tmpfs", 0, b"size=%dm" % mebibytes):
        missing(f"no small file system can be mounted: {os.strerror(ctypes.get_errno())}")
    try:
        yield folder
    finally:
        system.umount2(bytes(folder), _DETACH)


_DETACH = 2
FULL = errno.ENOSPC
BROKEN = errno.EIO
