"""The file system as the spool needs it: every step that can fail or be lost has a name."""

import contextlib
import os
import pathlib
from collections.abc import Iterator
from typing import Protocol


class Appending(Protocol):
    """A file that only grows."""

    def write(self, data: bytes) -> None:
        """Append all of `data`; raise `OSError` where only a part found room."""
        ...

    def sync(self) -> None:
        """Return when the octets so far survive a power cut."""
        ...

    def cut(self, octets: int) -> None:
        """Shorten the file to its first `octets`."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class Reading(Protocol):
    """A file that is read anywhere while another may append to it."""

    def read(self, offset: int, octets: int) -> bytes:
        """Return at most `octets` from `offset` on, fewer only where the file ends."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class Disk(Protocol):
    """Files and folders; every method raises `OSError` as the system does."""

    def create(self, path: pathlib.Path) -> Appending:
        """Make a new file that lasts even when it stays empty."""
        ...

    def open(self, path: pathlib.Path) -> Reading:
        """Open a file to read it."""
        ...

    def cut(self, path: pathlib.Path, octets: int) -> None:
        """Shorten a file, and make what is left of it durable."""
        ...

    def replace(self, path: pathlib.Path, data: bytes) -> None:
        """Give a file new content at once and durably: the old or the new, never a mixture."""
        ...

    def unlink(self, path: pathlib.Path) -> None:
        """Remove a file; no matter if it is gone."""
        ...

    def sizes(self, folder: pathlib.Path) -> dict[str, int]:
        """Return the octets of each file of a folder by its name."""
        ...


class LocalDisk:
    """The disk of this machine."""

    def create(self, path: pathlib.Path) -> "LocalFile":
        """Make a new file and its entry in the folder durable."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o640)
        try:
            os.fsync(descriptor)
            sync_folder(path.parent)
        except OSError:
            os.close(descriptor)
            raise
        return LocalFile(descriptor)

    def open(self, path: pathlib.Path) -> "LocalFile":
        """Open a file to read it."""
        return LocalFile(os.open(path, os.O_RDONLY))

    def cut(self, path: pathlib.Path, octets: int) -> None:
        """Shorten a file, and make what is left of it durable."""
        descriptor = os.open(path, os.O_WRONLY)
        try:
            os.ftruncate(descriptor, octets)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def replace(self, path: pathlib.Path, data: bytes) -> None:
        """Write beside, fsync, rename, fsync the folder."""
        beside = path.with_name(f"{path.name}.part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        except OSError:
            # What found room of it would keep that from others.
            beside.unlink()
            raise
        finally:
            os.close(descriptor)
        beside.rename(path)
        sync_folder(path.parent)

    def unlink(self, path: pathlib.Path) -> None:
        """Remove a file; no matter if it is gone."""
        path.unlink(missing_ok=True)

    def sizes(self, folder: pathlib.Path) -> dict[str, int]:
        """Return the octets of each file of a folder by its name."""
        return dict(_sizes(folder))


class LocalFile:
    """An open file of this machine."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        """Append all of `data`."""
        _write_all(self._descriptor, data)

    def read(self, offset: int, octets: int) -> bytes:
        """Return octets from `offset` on."""
        return os.pread(self._descriptor, octets, offset)

    def sync(self) -> None:
        """Make the content durable; the file's times may lag behind."""
        os.fdatasync(self._descriptor)

    def cut(self, octets: int) -> None:
        """Shorten the file."""
        os.ftruncate(self._descriptor, octets)

    def close(self) -> None:
        """Release the file."""
        os.close(self._descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def sync_folder(folder: pathlib.Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sizes(folder: pathlib.Path) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            # A file may go between being listed and being asked.
            with contextlib.suppress(FileNotFoundError):
                if entry.is_file(follow_symlinks=False):
                    yield entry.name, entry.stat(follow_symlinks=False).st_size
