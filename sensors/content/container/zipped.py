"""Zip archives (APPNOTE), also those of documents whose format nobody knows."""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from sensors.content.container.directory import directory_octets
from sensors.content.container.member import Member, read_members
from sensors.content.decoding import decoded
from sensors.content.limits import Limits
from sensors.content.reader import OverLimit, Reading, Truncated
from situation.content.piece import Piece

ZIP_FAULTS: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,  # a packing that the library does not know
    RuntimeError,  # a member that asks for a password
    EOFError,
    OSError,
    ValueError,
)
"""What `zipfile` raises on archives that are broken."""

_ENTRY_OCTETS = 1024
"""Octets of the directory that a member may take: a name and what programs add to it."""
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_LINK_LIMIT = 4096


def open_zip(stream: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """Open an archive; `Truncated` where its end is missing, `OverLimit` for too many members."""
    octets = directory_octets(stream)
    if not octets and not _is_empty(stream):
        raise Truncated("no directory at its end")
    if octets > limits.archive_members * _ENTRY_OCTETS:
        raise OverLimit("too_many", f"a directory of {octets} octets")
    archive = zipfile.ZipFile(stream)
    if len(archive.filelist) > limits.archive_members:
        raise OverLimit("too_many", f"{len(archive.filelist)} members")
    return archive


def _is_empty(stream: BinaryIO) -> bool:
    stream.seek(0)
    return stream.read(4) == b"PK\x05\x06"


def member_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; one without a mark of UTF-8 is taken for what it looks like."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return decoded(info.filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.filename


def read_zip(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces of all members, in the order of the directory."""
    with open_zip(stream, reading.limits) as archive:
        yield from read_members(_members(archive), reading, ZIP_FAULTS)


def _members(archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        if not info.is_dir():
            yield _member(archive, info)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    encrypted = bool(info.flag_bits & _ENCRYPTED)
    link = stat.S_ISLNK(info.external_attr >> 16) and not encrypted
    return Member(
        name=member_name(info),
        open=lambda: cast(BinaryIO, archive.open(info)),
        link=_target(archive, info) if link else "",
        encrypted=encrypted,
    )


def _target(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    try:
        with archive.open(info) as member:
            return decoded(member.read(_LINK_LIMIT)) or "?"
    except ZIP_FAULTS:
        return "?"
