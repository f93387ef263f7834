"""The octets of a capture file, plain or gzip, read through one bounded buffer.

A buffer that fits the second-level cache is quicker than a mapping, whose pages come in one
fault and one cache miss at a time, and a file that shrinks meanwhile is a short read, not SIGBUS.
"""

import pathlib
import zlib
from typing import BinaryIO

import numpy as np

from sensors.capture.layout import BLOCK_LIMIT
from sensors.octets import octets_of
from situation.faults import Malformed

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
_PACKED_OCTETS = 256 * 1024
_PIECE_OCTETS = 64 * 1024
"""What is lost at most before the place where a gzip file is corrupt."""
_BUFFER_OCTETS = 512 * 1024
_BUFFER_LIMIT = 2 * BLOCK_LIMIT


class Plain:
    """A file as it is."""

    damaged = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.done = 0
        """Octets of the file that were taken."""

    def read_into(self, room: memoryview) -> int:
        """Fill the front of `room`; return how many octets, 0 at the end."""
        count = self._file.readinto(room)  # type: ignore[attr-defined] # BinaryIO lacks it; the file has it
        self.done += count
        return int(count)


class Gzip:
    """A gzip file (RFC 1952), several members included, unpacked piece by piece."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacker = zlib.decompressobj(_GZIP_WINDOW)
        self._packed = b""
        self.done = 0
        """Octets of the file that were taken."""
        self.damaged = False
        """Whether the file ended early, because it is cut or corrupt."""

    def read_into(self, room: memoryview) -> int:
        """Fill the front of `room`; return how many octets, 0 at the end."""
        while not self.damaged:
            if not self._packed:
                self._packed = self._file.read(_PACKED_OCTETS)
                self.done += len(self._packed)
            if not self._packed:
                self.damaged = not self._unpacker.eof
                break
            piece = self._unpack(min(len(room), _PIECE_OCTETS))
            if piece:
                room[: len(piece)] = piece
                return len(piece)
        return 0

    def _unpack(self, most: int) -> bytes:
        if self._unpacker.eof:
            self._unpacker = zlib.decompressobj(_GZIP_WINDOW)
        try:
            piece = self._unpacker.decompress(self._packed, most)
        except zlib.error:
            self.damaged = True
            return b""
        self._packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data
        return piece


class Stream:
    """The octets of a capture in order: `data[:end]` is valid, `final` tells that none follow."""

    def __init__(self, path: pathlib.Path) -> None:
        self._file = _open(path)
        start = self._file.read(len(GZIP_MAGIC))
        self._file.seek(0)
        self._source = Gzip(self._file) if start == GZIP_MAGIC else Plain(self._file)
        self._buffer = np.zeros(_BUFFER_OCTETS, np.uint8)
        self.data = octets_of(self._buffer)
        self.end = 0
        self.final = False
        self.refill(0)

    @property
    def done(self) -> int:
        """Octets of the file that were read."""
        return self._source.done

    @property
    def damaged(self) -> bool:
        """Whether a compressed file ended early, because it is cut or corrupt."""
        return self._source.damaged

    def refill(self, position: int) -> int:
        """Drop what lies before `position` and read on; return the new place of `position`.

        Where nothing can be dropped the buffer doubles, up to what the greatest block needs.
        """
        kept = self._buffer[position : self.end].copy()
        if len(kept) == len(self._buffer) and len(kept) < _BUFFER_LIMIT:
            self._buffer = np.zeros(2 * len(kept), np.uint8)
            self.data = octets_of(self._buffer)
        self._buffer[: len(kept)] = kept
        self.end = len(kept)
        room = self._buffer.data
        while self.end < len(room) and not self.final:
            count = self._source.read_into(room[self.end :])
            self.end += count
            self.final = count == 0
        return 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _open(path: pathlib.Path) -> BinaryIO:
    """Open a file that has octets; Malformed otherwise."""
    if path.exists() and not path.is_file():
        raise Malformed("is no regular file", where=str(path))
    try:
        file = path.open("rb", buffering=0)
        empty = path.stat().st_size == 0
    except OSError as fault:
        raise Malformed(f"cannot be opened: {fault.strerror}", where=str(path)) from fault
    if empty:
        file.close()
        raise Malformed("the file is empty", where=f"{path}, offset 0")
    return file
