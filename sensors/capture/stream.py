"""The octets of a capture file: mapped, or unpacked from gzip through a bounded buffer."""

import mmap
import pathlib
import zlib
from typing import BinaryIO, Protocol

import numpy as np

from sensors.capture.layout import BLOCK_LIMIT
from sensors.octets import Octets
from situation.faults import Malformed

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
_START_OCTETS = 64
_PACKED_OCTETS = 256 * 1024
_BUFFER_OCTETS = 2 * BLOCK_LIMIT
_RELEASE_OCTETS = 64 * 1024 * 1024


class Stream(Protocol):
    """Octets in order. `data[:end]` is valid; `final` tells that nothing follows."""

    data: Octets
    end: int
    final: bool
    damaged: bool
    """Whether the stream ended because the compressed octets are cut or corrupt."""

    def refill(self, position: int) -> int:
        """Make room by dropping what lies before `position`, read on; return its new place."""
        ...

    def release(self, position: int) -> None:
        """Say that nothing before `position` is needed any more."""
        ...

    def done(self, position: int) -> int:
        """Return how many octets of the file are behind `position`."""
        ...

    def close(self) -> None:
        """Let the file go."""
        ...


class MappedStream:
    """A plain file, mapped and never loaded; its pages are given back as they are read."""

    def __init__(self, file: BinaryIO) -> None:
        self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._map.madvise(mmap.MADV_SEQUENTIAL)
        self._released = 0
        self.data: Octets = np.frombuffer(self._map, np.uint8)
        self.end = len(self.data)
        self.final = True
        self.damaged = False

    def refill(self, position: int) -> int:
        """Return `position`: the whole file is there already."""
        return position

    def release(self, position: int) -> None:
        """Give back the pages before `position`, in large steps."""
        upto = position // _RELEASE_OCTETS * _RELEASE_OCTETS
        if upto > self._released:
            self._map.madvise(mmap.MADV_DONTNEED, self._released, upto - self._released)
            self._released = upto

    def done(self, position: int) -> int:
        """Return `position`."""
        return position

    def close(self) -> None:
        """Drop the view; the map goes with the last reference to it."""
        self.data = np.zeros(0, np.uint8)


class GzipStream:
    """A gzip file (RFC 1952), several members included, unpacked piece by piece."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacker = zlib.decompressobj(_GZIP_WINDOW)
        self._packed = b""
        self._read = 0
        self.data: Octets = np.zeros(_BUFFER_OCTETS, np.uint8)
        self.end = 0
        self.final = False
        self.damaged = False

    def refill(self, position: int) -> int:
        """Move what lies from `position` on to the front and fill up behind it."""
        kept = self.end - position
        self.data[:kept] = self.data[position : self.end].copy()
        self.end = kept
        while self.end < len(self.data) and not self.final:
            piece = self._unpack(len(self.data) - self.end)
            self.data[self.end : self.end + len(piece)] = np.frombuffer(piece, np.uint8)
            self.end += len(piece)
        return 0

    def _unpack(self, most: int) -> bytes:
        """Return up to `most` further octets; at the end set `final`, and `damaged` if cut."""
        if not self._packed:
            self._packed = self._file.read(_PACKED_OCTETS)
            self._read += len(self._packed)
        if self._unpacker.eof and self._packed:
            self._unpacker = zlib.decompressobj(_GZIP_WINDOW)
        if not self._packed:
            self.final = True
            self.damaged = not self._unpacker.eof
            return b""
        try:
            piece = self._unpacker.decompress(self._packed, most)
        except zlib.error:
            self.final = self.damaged = True
            return b""
        self._packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data
        return piece

    def release(self, position: int) -> None:
        """Keep all: the buffer is bounded."""

    def done(self, position: int) -> int:
        """Return the packed octets that were read; `position` says nothing about them."""
        del position
        return self._read - len(self._packed)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def open_stream(path: pathlib.Path) -> Stream:
    """Open a capture; Malformed where it is no readable file, is empty or is packed otherwise."""
    try:
        file = path.open("rb")
    except OSError as fault:
        raise Malformed(f"cannot be opened ({fault.strerror})", where=str(path)) from fault
    if not path.is_file():
        file.close()
        raise Malformed("is no regular file", where=str(path))
    start = file.read(_START_OCTETS)
    file.seek(0)
    if not start:
        file.close()
        raise Malformed("the file is empty", where=f"{path}, offset 0")
    if start.startswith(GZIP_MAGIC):
        return GzipStream(file)
    with file:
        return MappedStream(file)
