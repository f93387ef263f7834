"""The octets of a followed file, plain or packed by gzip, from any place on."""

import os
import pathlib
import zlib

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
_PACKED_OCTETS = 64 * 1024


class Plain:
    """A file as it is; it can be read on when its name is gone."""

    packed = False
    damaged = False

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self, at: int, most: int) -> bytes:
        """Return up to `most` octets from `at`; empty at the end of what is there now."""
        return os.pread(self._descriptor, most, at) if most > 0 and at >= 0 else b""

    def stat(self) -> os.stat_result:
        """Return size and times of the file itself."""
        return os.fstat(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


class Packed:
    """A gzip file (RFC 1952), several members included; places are those of what it holds.

    It is unpacked from front to back; a step back begins anew.
    """

    packed = True

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._begin()

    def _begin(self) -> None:
        self._taken = 0
        """Octets of the file that were given to the unpacker, or wait for it."""
        self._unpacker = zlib.decompressobj(_GZIP_WINDOW)
        self._waiting = b""
        self._window = b""
        self._window_at = 0
        self._whole = False
        self.damaged = False
        """Whether the packed octets are corrupt from here on."""

    @property
    def whole(self) -> bool:
        """Whether the last member came to its end, as far as was read."""
        return self._whole

    def read(self, at: int, most: int) -> bytes:
        """Return up to `most` octets from `at`; empty at the end of what is there now."""
        if at < self._window_at:
            self._begin()
        while self._window_at + len(self._window) < at + most:
            piece = self._unpack(min(_PACKED_OCTETS, most))
            if not piece:
                break
            self._window += piece
            self._drop_before(at)
        return self._window[at - self._window_at :][:most]

    def _drop_before(self, at: int) -> None:
        dropped = min(max(0, at - self._window_at), len(self._window))
        self._window = self._window[dropped:]
        self._window_at += dropped

    def _unpack(self, most: int) -> bytes:
        """Return some unpacked octets; empty where there are none yet or no more."""
        piece = b""
        while not piece and not self.damaged and self._fill():
            if self._unpacker.eof:
                self._unpacker = zlib.decompressobj(_GZIP_WINDOW)
            try:
                piece = self._unpacker.decompress(self._waiting, max(1, most))
            except zlib.error:
                self.damaged = True
            self._waiting = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            self._whole = self._unpacker.eof
        return piece

    def _fill(self) -> bool:
        if not self._waiting:
            self._waiting = os.pread(self._descriptor, _PACKED_OCTETS, self._taken)
            self._taken += len(self._waiting)
        return bool(self._waiting)

    def stat(self) -> os.stat_result:
        """Return size and times of the file itself, packed."""
        return os.fstat(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def open_content(path: pathlib.Path) -> Plain | Packed:
    """Open a file for reading; `OSError` where that cannot be."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if os.pread(descriptor, len(GZIP_MAGIC), 0) == GZIP_MAGIC:
        return Packed(descriptor)
    return Plain(descriptor)
