"""Where a capture's octets come from: a file, a pipe, or standard input; read once, in order."""

import io
import os
import pathlib
import stat
import sys

from situation.faults import Malformed

STANDARD_INPUT = pathlib.Path("-")
"""Stands for standard input among the names of captures."""


def is_pipe(path: pathlib.Path) -> bool:
    """Tell whether `path` can be read but once: standard input, a named pipe, a device."""
    if path == STANDARD_INPUT:
        return True
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def octets_in(path: pathlib.Path) -> int:
    """Return how many octets a file has; 0 for a pipe, where nobody knows."""
    return 0 if is_pipe(path) else path.stat().st_size


class Origin:
    """The octets of a file or a pipe; what was looked at ahead is read again.

    Raises Malformed where there is nothing to read.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self.is_pipe = is_pipe(path)
        self._file = _standard_input() if path == STANDARD_INPUT else _open(path)
        self._ahead = b""
        self.done = 0
        """Octets that were taken."""

    def ahead(self, octets: int) -> bytes:
        """Return the next octets, fewer where the end is near, without taking them."""
        while len(self._ahead) < octets and (piece := self._file.read(octets - len(self._ahead))):
            self._ahead += piece
        return self._ahead

    def read(self, most: int) -> bytes:
        """Take up to `most` octets, as many as are there; none at the end."""
        piece = self._ahead[:most] or self._file.read(most) or b""
        self._ahead = self._ahead[most:]
        self.done += len(piece)
        return piece

    def read_into(self, room: memoryview) -> int:
        """Fill the front of `room`; return how many octets, 0 at the end."""
        if self._ahead:
            piece = self.read(len(room))
            room[: len(piece)] = piece
            return len(piece)
        count = self._file.readinto(room) or 0
        self.done += count
        return count

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _standard_input() -> io.FileIO:
    os.set_blocking(sys.stdin.fileno(), True)
    return io.FileIO(sys.stdin.fileno(), "rb", closefd=False)


def _open(path: pathlib.Path) -> io.FileIO:
    """Open a file that has octets, or a pipe; Malformed otherwise."""
    if path.exists() and not path.is_file() and not is_pipe(path):
        raise Malformed("is no regular file", where=str(path))
    try:
        file = io.FileIO(path, "rb")
        empty = path.is_file() and path.stat().st_size == 0
    except OSError as fault:
        raise Malformed(f"cannot be opened: {fault.strerror}", where=str(path)) from fault
    if empty:
        file.close()
        raise Malformed("the file is empty", where=f"{path}, offset 0")
    return file
