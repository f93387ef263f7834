"""One direction of a TCP conversation: segments put in order by their sequence numbers."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

_WORD = 0xFFFFFFFF
_HALF = 0x80000000
HELD_SEGMENTS = 6
"""Segments that wait for one that is missing; one more, and it is missing for good."""


class Segment(NamedTuple):
    """Payload of a segment as far as it was kept."""

    sequence: int
    octets: bytes
    cut: int
    """Octets behind it that were not captured or not kept."""
    time: int
    missing: int = 0
    """Octets of the stream right before these that nobody will ever see."""


Fits = Callable[[bytes], bool]


class Stream:
    """Orders segments (RFC 9293, 3.4). What was seen before is left out, what is early waits.

    `buffer` is what a parser has not taken yet, `skip` how many octets nobody reads, `lost` tells
    that the parser does not know where the next message begins.
    """

    __slots__ = ("_cut", "_first", "_held", "_next", "buffer", "lost", "skip", "waiting")

    def __init__(self) -> None:
        self._next = -1
        self._cut = 0
        self._first: Segment | None = None
        self._held: Sequence[Segment] = ()
        self.buffer = b""
        self.skip = 0
        self.lost = False
        self.waiting = 0
        """Octets that wait for a segment before them."""

    def is_next(self, segment: Segment) -> bool:
        """Tell whether a segment may be read as it is, as nearly all of them; count it as read."""
        if self._next < 0:
            self._first = segment
        elif segment.sequence == self._next and not self._held:
            self._first = None
        else:
            return False
        self._pass(segment)
        return True

    def take(self, segment: Segment, fits: Fits) -> list[Segment]:
        """Return what can be read now that `segment` has come.

        A segment beyond a gap is read at once where no message is under way and `fits` says that
        one begins with it, or where the gap lies in what nobody reads.
        """
        if self.is_next(segment):
            return [segment]
        ahead = self._ahead(segment)
        if self._first is not None:
            first, self._first = self._first, None
            if ahead < 0 and segment.sequence != first.sequence and self.buffer == first.octets:
                return self._from_before(segment, first)
        if ahead < 0:
            late = self._without_old(segment, -ahead)
            return [] if late is None else [self._piece(late, 0), *self._released()]
        if self._may_jump(segment, ahead, fits):
            return [self._piece(segment, ahead), *self._released()]
        self._hold(segment)
        return self._released(forced=len(self._held) > HELD_SEGMENTS)

    def _from_before(self, segment: Segment, first: Segment) -> list[Segment]:
        """Begin again with the second segment, which stands before the one that came first."""
        self.buffer = b""
        pieces = [self._piece(segment, 0)]
        self._hold(first)
        return [*pieces, *self._released()]

    def _hold(self, segment: Segment) -> None:
        self._held = sorted((*self._held, segment), key=self._ahead)
        self.waiting += len(segment.octets)

    def rest(self) -> list[Segment]:
        """Return what waited for segments that never came."""
        pieces: list[Segment] = []
        while self._held:
            pieces += self._released(forced=True)
        return pieces

    def wanted(self, piece: Segment) -> bytes:
        """Return what of a piece has to be read; what a gap tore is forgotten."""
        octets = piece.octets
        if not self.skip and not piece.missing:
            return octets
        if piece.missing > self.skip:
            self.skip = 0
            self.buffer = b""
            self.lost = True
            return octets
        self.skip -= piece.missing
        passed = min(self.skip, len(octets))
        self.skip -= passed
        return octets[passed:]

    def _ahead(self, segment: Segment) -> int:
        """Return how far a segment lies beyond what was read; below 0 it lies before."""
        ahead = (segment.sequence - self._next) & _WORD
        return ahead - _WORD - 1 if ahead >= _HALF else ahead

    def _may_jump(self, segment: Segment, ahead: int, fits: Fits) -> bool:
        if ahead <= max(self._cut, self.skip):
            return True
        return not self.buffer and not self._held and fits(segment.octets)

    def _piece(self, segment: Segment, ahead: int) -> Segment:
        """Return a segment as the next piece, and go on behind it."""
        self._pass(segment)
        return segment._replace(missing=ahead) if ahead else segment

    def _pass(self, segment: Segment) -> None:
        self._cut = segment.cut
        self._next = (segment.sequence + len(segment.octets)) & _WORD

    def _released(self, *, forced: bool = False) -> list[Segment]:
        """Return the waiting segments that follow; the first of them in any case if `forced`."""
        pieces: list[Segment] = []
        while self._held:
            segment = self._held[0]
            ahead = self._ahead(segment)
            if ahead > 0 and not forced:
                break
            forced = False
            self._held = self._held[1:]
            self.waiting -= len(segment.octets)
            late = self._without_old(segment, -ahead) if ahead < 0 else segment
            if late is not None:
                pieces.append(self._piece(late, max(ahead, 0)))
        return pieces

    @staticmethod
    def _without_old(segment: Segment, seen: int) -> Segment | None:
        """Return what of a segment was not seen before."""
        if seen >= len(segment.octets):
            return None
        sequence = (segment.sequence + seen) & _WORD
        return segment._replace(sequence=sequence, octets=segment.octets[seen:])
