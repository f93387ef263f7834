"""By which a followed file is known again, whatever its name and inode are by then.

Checksums (CRC-32) of what was read up to some marks, more densely at the beginning, so that a
copy can be compared that is shorter; and the last octets that were read.
"""

import enum
import zlib
from dataclasses import dataclass
from typing import Protocol

_FIRST_MARK = 64
_MARK_STEP = 4
"""Marks lie at 64, 256, 1,024 ... octets behind where reading began."""
TAIL_OCTETS = 64
SURE_OCTETS = 256
"""Octets that have to agree before two files of unlike names are held for the same."""
_QUICK_OCTETS = 1024
_PIECE_OCTETS = 1024 * 1024


class Content(Protocol):
    """Octets that can be read from any place on, unpacked."""

    def read(self, at: int, most: int) -> bytes:
        """Return up to `most` octets from `at`; empty at the end of what is there now."""
        ...


class Likeness(enum.Enum):
    """What a file is to the one that a fingerprint was taken of."""

    SAME = "same"
    """It has all that was read, and perhaps more."""
    BEHIND = "behind"
    """It is shorter than what was read, and as far as it goes the same."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What was read of a file from octet `since` up to `offset`."""

    since: int = 0
    offset: int = 0
    check: int = 0
    """Checksum of the octets from `since` to `offset`."""
    marks: tuple[tuple[int, int], ...] = ()
    """Octet and the checksum up to there, ascending."""
    tail: bytes = b""

    def grown(self, octets: bytes) -> "Fingerprint":
        """Return the fingerprint when `octets` were read behind it."""
        marks, check, taken = self.marks, self.check, 0
        end = self.offset + len(octets)
        while (mark := self.since + _FIRST_MARK * _MARK_STEP ** len(marks)) <= end:
            check = zlib.crc32(octets[taken : mark - self.offset], check)
            taken = mark - self.offset
            marks = (*marks, (mark, check))
        check = zlib.crc32(memoryview(octets)[taken:], check)
        tail = (self.tail + octets[-TAIL_OCTETS:])[-TAIL_OCTETS:]
        return Fingerprint(self.since, end, check, marks, tail)

    def stops(self) -> list[tuple[int, int]]:
        """Return all places where the checksum is known, ascending."""
        inside = [(mark, check) for mark, check in self.marks if mark < self.offset]
        return [*inside, (self.offset, self.check)] if self.offset > self.since else []


def likeness(content: Content, known: Fingerprint) -> tuple[Likeness, int]:
    """Return what `content` is to the file that is known, and how many octets show it."""
    at, check, shown = known.since, 0, 0
    for stop, expected in known.stops():
        while at < stop and (piece := content.read(at, min(stop - at, _PIECE_OCTETS))):
            check = zlib.crc32(piece, check)
            at += len(piece)
        if at < stop:
            return (Likeness.BEHIND if shown else Likeness.OTHER), shown
        if check != expected:
            return Likeness.OTHER, shown
        shown = stop - known.since
    return (Likeness.SAME if shown else Likeness.OTHER), shown


def still_same(content: Content, known: Fingerprint) -> bool:
    """Tell, by a few octets, whether a file still holds what was read of it."""
    began = known.offset - len(known.tail)
    if content.read(began, len(known.tail)) != known.tail:
        return False
    first = [mark for mark in known.marks if mark[0] - known.since <= _QUICK_OCTETS]
    if not first:
        return True
    stop, expected = first[-1]
    return zlib.crc32(content.read(known.since, stop - known.since)) == expected


def is_beginning_of(content: Content, whole: Content) -> bool:
    """Tell whether all that `content` holds is what `whole` begins with."""
    at, most = 0, TAIL_OCTETS
    while piece := content.read(at, most):
        if whole.read(at, len(piece)) != piece:
            return False
        at, most = at + len(piece), _PIECE_OCTETS
    return at > 0


def fingerprint_of(content: Content) -> Fingerprint:
    """Return the fingerprint of all that `content` holds now."""
    known = Fingerprint()
    while piece := content.read(known.offset, _PIECE_OCTETS):
        known = known.grown(piece)
    return known
