"""What packs a capture: gzip, bzip2, xz and zstd, each unpacked piece by piece."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

import pyarrow as pa

from sensors.capture.origin import Origin

_GZIP_WINDOW = 31
_PACKED_OCTETS = 256 * 1024
_PIECE_OCTETS = 64 * 1024
"""What is lost at most before the place where a packed file is corrupt."""
_XZ_MEMORY = 256 * 1024 * 1024
"""Beyond the 65 MiB that xz asks for at its highest level."""


class Source(Protocol):
    """Octets of a capture, unpacked."""

    damaged: bool
    """Whether they ended early, because the file is cut or corrupt."""

    def read_into(self, room: memoryview) -> int:
        """Fill the front of `room`; return how many octets, 0 at the end."""
        ...


class Plain:
    """A file as it is."""

    damaged = False

    def __init__(self, origin: Origin) -> None:
        self.read_into = origin.read_into


class _Unpacker(Protocol):
    """What bz2 and lzma offer: what does not fit the answer is kept for the next one."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Inflater:
    """A gzip member (RFC 1952) in the manner of the other unpackers."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(_GZIP_WINDOW)

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    @property
    def needs_input(self) -> bool:
        return not self._unpacker.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._unpacker.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._unpacker.decompress(self._unpacker.unconsumed_tail + data, max_length)


class _Packing(NamedTuple):
    """A format of members that follow one another, perhaps with zeros between them."""

    magic: bytes
    member: Callable[[], _Unpacker]
    fault: type[Exception]


_PACKINGS = (
    _Packing(b"\x1f\x8b", _Inflater, zlib.error),
    _Packing(b"BZh", bz2.BZ2Decompressor, OSError),
    _Packing(
        b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY), lzma.LZMAError
    ),
)
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPABLE_MAGIC, _SKIPPABLE_KINDS = b"\x2a\x4d\x18", range(0x50, 0x60)
_MAGIC_OCTETS = 6


class Packed:
    """A file of gzip, bzip2 or xz members."""

    def __init__(self, origin: Origin, packing: _Packing) -> None:
        self._origin = origin
        self._packing = packing
        self._member = packing.member()
        self.damaged = False

    def read_into(self, room: memoryview) -> int:
        """Fill the front of `room`; return how many octets, 0 at the end."""
        most = min(len(room), _PIECE_OCTETS)
        while not self.damaged:
            packed = self._packed()
            if packed is None:
                break
            try:
                piece = self._member.decompress(packed, most)
            except self._packing.fault:
                self.damaged = True
                break
            if piece:
                room[: len(piece)] = piece
                return len(piece)
        return 0

    def _packed(self) -> bytes | None:
        """Return what the member takes next; None where the file ends, damaged or not."""
        if self._member.eof:
            rest = self._member.unused_data.lstrip(b"\0")
            while not rest and (more := self._origin.read(_PACKED_OCTETS)):
                rest = more.lstrip(b"\0")
            if not rest:
                return None
            self._member = self._packing.member()
            return rest
        if not self._member.needs_input:
            return b""
        packed = self._origin.read(_PACKED_OCTETS)
        self.damaged = not packed
        return packed or None


class Zstandard:
    """A file of zstd frames (RFC 8878), skippable ones included."""

    def __init__(self, origin: Origin) -> None:
        self._stream = pa.CompressedInputStream(pa.PythonFile(_File(origin), mode="r"), "zstd")
        self.damaged = False

    def read_into(self, room: memoryview) -> int:
        """Fill the front of `room`; return how many octets, 0 at the end."""
        if self.damaged:
            return 0
        try:
            # An error takes along what was unpacked for the same call.
            return int(self._stream.readinto(room[:_PIECE_OCTETS]))
        except OSError:
            self.damaged = True
            return 0


class _File:
    """An origin as pyarrow wants its files."""

    closed = False

    def __init__(self, origin: Origin) -> None:
        self.read = origin.read

    def close(self) -> None:
        """Leave the origin open: the stream closes it."""


def source_of(origin: Origin) -> Source:
    """Return the octets that an origin holds, unpacked where it begins like something packed."""
    start = origin.ahead(_MAGIC_OCTETS)
    if start.startswith(_ZSTD_MAGIC) or (
        start[1:].startswith(_SKIPPABLE_MAGIC) and start[0] in _SKIPPABLE_KINDS
    ):
        return Zstandard(origin)
    for packing in _PACKINGS:
        if start.startswith(packing.magic):
            return Packed(origin, packing)
    return Plain(origin)
