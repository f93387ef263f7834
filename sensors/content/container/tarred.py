"""Tar archives (POSIX pax and ustar, GNU)."""

import io
import tarfile
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, cast

from sensors.content.container.member import Member, read_members
from sensors.content.decoding import decoded
from sensors.content.reader import Reading, Truncated
from situation.content.piece import Piece

TAR_FAULTS: tuple[type[Exception], ...] = (tarfile.TarError, OSError, KeyError)
"""What `tarfile` raises on archives that are broken."""


def read_tar(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the pieces of all members, in the order of the archive."""
    try:
        with tarfile.open(fileobj=stream, mode="r:", errors="surrogateescape") as archive:
            yield from read_members(_members(archive), reading, TAR_FAULTS)
    except tarfile.ReadError as fault:
        if "end of data" in str(fault):
            raise Truncated from None
        raise


def _members(archive: tarfile.TarFile) -> Iterator[Member]:
    while (info := archive.next()) is not None:
        archive.members = []  # type: ignore[attr-defined]  # a list of everything that was read would grow with the archive
        if info.isreg():
            yield Member(name=_name(info.name), open=partial(_open, archive, info))
        elif info.issym() or info.islnk():
            yield Member(name=_name(info.name), link=_name(info.linkname) or "?", open=io.BytesIO)


def _name(name: str) -> str:
    return decoded(name.encode("utf-8", errors="surrogateescape"))


def _open(archive: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO:
    return cast(BinaryIO, archive.extractfile(info))
