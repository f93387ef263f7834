"""Archives that libarchive reads: 7z, RAR 4 and 5, CAB, ISO 9660, RPM, ar.

The system brings libarchive; where it is absent these archives are said to have no reader.
Members come as a stream: nothing is unpacked that is not read, and nothing beyond the budget.
"""

import ctypes
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from sensors.content.container.member import Member, read_members
from sensors.content.decoding import decoded
from sensors.content.holding import described
from sensors.content.reader import Broken, Encrypted, NoReader, Reading, Truncated, Undone
from situation.content.piece import Piece

if TYPE_CHECKING:
    from libarchive.entry import ArchiveEntry

try:
    import libarchive
    from libarchive import ArchiveError
except (ImportError, AttributeError, OSError, TypeError):  # without the system's library
    HAS_LIBARCHIVE = False
else:
    HAS_LIBARCHIVE = True

_BLOCK_OCTETS = 64 * 1024
_EMPTY_OCTETS = 32
"""Octets of a 7z archive without members; of the other formats nobody writes such."""
_MEANINGS: tuple[tuple[str, type[Undone]], ...] = (
    ("encrypt", Encrypted),
    ("passphrase", Encrypted),
    ("truncated", Truncated),
    ("premature", Truncated),
)
"""By a word of the library's message: why an archive cannot be read."""


def read_foreign(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces of all members, in the order of the archive."""
    if not HAS_LIBARCHIVE:
        raise NoReader("libarchive is not installed")
    with described(stream) as file:
        file.seek(0)
        try:
            with libarchive.fd_reader(file.fileno(), block_size=_BLOCK_OCTETS) as archive:
                faults: list[Undone] = []
                members = (_member(entry, faults) for entry in _files(archive))
                seen = 0
                for piece in read_members(members, reading, (Undone,)):
                    seen += 1
                    yield piece
                if not seen and reading.size != _EMPTY_OCTETS:
                    raise Truncated("no member")
        except ArchiveError as fault:
            raise _undone(fault) from None


def _files(archive: "libarchive.read.ArchiveRead") -> Iterator["ArchiveEntry"]:
    for entry in archive:
        if entry.isfile or entry.issym or entry.islnk:
            yield entry


def _member(entry: "ArchiveEntry", faults: list[Undone]) -> Member:
    link = _text(entry.linkpath) if entry.issym or entry.islnk else ""
    return Member(
        name=_text(entry.pathname) or "?",
        open=lambda: cast(BinaryIO, io.BufferedReader(_Content(entry, faults), _BLOCK_OCTETS)),
        link=link or ("?" if entry.issym or entry.islnk else ""),
        encrypted=_is_encrypted(entry),
    )


def _is_encrypted(entry: "ArchiveEntry") -> bool:
    asked = libarchive.ffi.libarchive.archive_entry_is_data_encrypted
    asked.argtypes = [ctypes.c_void_p]
    return bool(asked(entry._entry_p))  # noqa: SLF001 - the binding lacks this one question


def _text(name: str | bytes | None) -> str:
    return decoded(name) if isinstance(name, bytes) else name or ""


class _Content(io.RawIOBase):
    """The content of one member, as a stream that is read once."""

    def __init__(self, entry: "ArchiveEntry", faults: list[Undone]) -> None:
        super().__init__()
        self._faults = faults
        """Of all members so far: behind the first one nothing of the archive can be read."""
        self._blocks = entry.get_blocks(_BLOCK_OCTETS)
        self._block = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        if not self._block:
            self._block = self._next()
        taken = min(len(buffer), len(self._block))
        buffer[:taken] = self._block[:taken]
        self._block = self._block[taken:]
        return taken

    def _next(self) -> bytes:
        try:
            return next(self._blocks, b"")
        except ArchiveError as fault:
            self._faults.append(_undone(fault))
            raise self._faults[0] from None


def _undone(fault: "ArchiveError") -> Undone:
    message = str(fault).lower()
    return next((kind() for word, kind in _MEANINGS if word in message), Broken("archive"))
