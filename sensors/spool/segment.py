"""A segment read record by record, past whatever is damaged in it."""

import errno
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sensors.spool.disk import Disk, Reading
from sensors.spool.layout import (
    HEAD_OCTETS,
    OPENING_OCTETS,
    RECORD_MAGIC,
    Entry,
    Opening,
    entry_octets,
    read_entry,
    read_opening,
)

_NAME = re.compile(r"(\d{8,})\.seg", re.ASCII)
_PIECE_OCTETS = 4096
"""What is read at once in search of a record: a bad block of the disk costs little more."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record, where it begins and ends, and how many damaged octets lie before it."""

    entry: Entry
    offset: int
    end: int
    skipped: int


def segment_path(folder: pathlib.Path, number: int) -> pathlib.Path:
    """Return the path of a segment."""
    return folder / f"{number:08d}.seg"


def segment_sizes(disk: Disk, folder: pathlib.Path) -> dict[int, int]:
    """Return the octets of each segment by its number, oldest first."""
    found = ((_NAME.fullmatch(name), octets) for name, octets in disk.sizes(folder).items())
    return dict(sorted((int(match[1]), octets) for match, octets in found if match))


def opening_of(file: Reading) -> Opening | None:
    """Return the header of a segment; None where it is damaged."""
    return read_opening(_readable(file, 0, OPENING_OCTETS))


def entries(file: Reading, offset: int, end: int) -> Iterator[Found]:
    """Yield the whole records between `offset` and `end`; damage costs only what it hit."""
    skipped = 0
    while offset < end:
        octets = _record(file, offset, end)
        entry = read_entry(octets) if octets else None
        if octets and entry:
            yield Found(entry, offset, offset + len(octets), skipped)
            offset, skipped = offset + len(octets), 0
            continue
        following = _next_magic(file, offset + 1, end)
        skipped += following - offset
        offset = following


def _record(file: Reading, offset: int, end: int) -> bytes:
    length = entry_octets(_readable(file, offset, HEAD_OCTETS))
    if length is None or offset + length > end:
        return b""
    return _readable(file, offset, length)


def _next_magic(file: Reading, offset: int, end: int) -> int:
    while offset < end:
        found = _readable(file, offset, min(_PIECE_OCTETS, end - offset)).find(RECORD_MAGIC)
        if found >= 0:
            return offset + found
        # Pieces overlap, so that no magic is cut in two.
        offset += _PIECE_OCTETS - len(RECORD_MAGIC) + 1
    return end


def _readable(file: Reading, offset: int, octets: int) -> bytes:
    try:
        return file.read(offset, octets)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        # What the disk does not give back is damaged like what it gives back wrong.
        return b""
