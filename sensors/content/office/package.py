"""Packages: zip archives whose members are the parts of one document (ISO/IEC 29500-2)."""

import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, BinaryIO, cast

from sensors.content.container.zipped import ZIP_FAULTS, open_zip
from sensors.content.reader import (
    Broken,
    Encrypted,
    NoReader,
    OverLimit,
    Reading,
    Truncated,
    Undone,
)
from situation.content.piece import Piece, Unreadable
from situation.content.place import Place

_ENCRYPTED = 0x1
_FAULTS: tuple[type[Exception], ...] = (*ZIP_FAULTS, struct.error)
"""What `zipfile` raises where an archive is damaged."""


class _Part(io.RawIOBase):
    """A part that counts what is unpacked of it, and says what is wrong in the reader's words."""

    def __init__(self, member: IO[bytes], reading: Reading) -> None:
        super().__init__()
        self._member = member
        self._reading = reading

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # all it is called with
        try:
            octets = self._member.read(len(buffer))
        except EOFError:
            raise Truncated from None
        except _FAULTS:
            raise Broken("a part cannot be unpacked") from None
        self._reading.spend(len(octets))
        buffer[: len(octets)] = octets
        return len(octets)

    def close(self) -> None:
        self._member.close()
        super().close()


class Package:
    """The parts of a document by name. Names are compared without case, as the standard asks.

    Raises `Broken` where it is no archive.
    """

    def __init__(self, stream: BinaryIO, reading: Reading) -> None:
        self._reading = reading
        try:
            self._zip = open_zip(stream, reading.limits)
            members = self._zip.infolist()
        except _FAULTS:
            raise Broken("its table of parts is damaged") from None
        self._parts = {_key(member.filename): member for member in members if not member.is_dir()}

    @property
    def names(self) -> list[str]:
        """Names of all parts in lower case, sorted."""
        return sorted(self._parts)

    def has(self, name: str) -> bool:
        """Tell whether there is such a part."""
        return _key(name) in self._parts

    def open(self, name: str) -> BinaryIO:
        """Open a part; what is read of it counts. Raises `Broken` and `Encrypted`."""
        part: io.RawIOBase = _Part(self._member(name), self._reading)
        return io.BufferedReader(part, 1 << 16)

    def whole(self, name: str) -> bytes:
        """Return the octets of a part that is small by its nature."""
        with self.open(name) as part:
            return part.read()

    def unspent(self, name: str) -> BinaryIO:
        """Open a part to be handed to `Reading.inner`, which counts it."""
        return cast("BinaryIO", self._member(name))

    def _member(self, name: str) -> IO[bytes]:
        member = self._parts.get(_key(name))
        if member is None:
            raise Broken("a part is missing")
        if member.flag_bits & _ENCRYPTED:
            raise Encrypted
        try:
            return self._zip.open(member)
        except NotImplementedError:
            raise NoReader("a part is packed in an unknown way") from None
        except _FAULTS:
            raise Broken("a part cannot be opened") from None


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def going_on(pieces: Iterator[Piece], place: Place) -> Iterator[Piece]:
    """Yield the pieces of one part; where it cannot be read say so, and let the others be read."""
    try:
        yield from pieces
    except OverLimit:
        raise
    except Undone as fault:
        yield Unreadable(reason=fault.cause, detail=fault.detail, place=replace(place, role="body"))
