"""The text of a Word 97 document out of its pieces (MS-DOC, 2.4.1 and 2.8.35).

A character has a number in the text and a place in the file; properties go by the place.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from sensors.content.legacy.octets import little, quads
from sensors.content.reader import Broken

_PROPERTIES, _TABLE = 0x01, 0x02
_COMPRESSED = 0x40000000
_PLACE = 0x3FFFFFFF
_DESCRIPTOR_OCTETS = 8
_MOST_PIECES = 1_000_000
_MOST_SHARE = 4
"""Characters of the text for each octet of the file: pieces may lie over one another."""


@dataclass(frozen=True, slots=True)
class _Piece:
    first: int
    count: int
    place: int
    octets: int
    """Octets of a character."""


class Pieces:
    """The whole text, with the place in the file of each character."""

    def __init__(self, document: bytes, table: bytes) -> None:
        """Take the stream of the document and the table of pieces (Clx)."""
        self._pieces = _pieces(table)
        if sum(piece.count for piece in self._pieces) > _MOST_SHARE * len(document):
            raise Broken("more text than the file has room for")
        self._firsts = [piece.first for piece in self._pieces]
        self.is_cut = False
        self.text = "".join(self._whole(document))

    def _whole(self, document: bytes) -> Iterator[str]:
        for piece in self._pieces:
            text = _decoded(document, piece)
            yield text
            if len(text) < piece.count:
                self.is_cut = True  # what follows would have the wrong numbers
                return

    def place(self, number: int) -> int:
        """Return where in the file a character stands; -1 where there is none."""
        at = bisect_right(self._firsts, number) - 1
        if at < 0:
            return -1
        piece = self._pieces[at]
        return piece.place + (number - piece.first) * piece.octets

    def stretches(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the parts of a stretch that lie together: first, last + 1, octets of each."""
        while start < end:
            at = bisect_right(self._firsts, start) - 1
            stop = min(end, self._pieces[at].first + self._pieces[at].count) if at >= 0 else start
            if stop <= start:
                return
            yield start, stop, self._pieces[at].octets
            start = stop


def _pieces(table: bytes) -> list[_Piece]:
    at = 0
    while at < len(table) and table[at] == _PROPERTIES:
        at += 3 + little(table, at + 1, 2)
    if at >= len(table) or table[at] != _TABLE:
        raise Broken("no table of pieces")
    size = min(little(table, at + 1, 4), len(table) - at - 5)
    count = min((size - 4) // (4 + _DESCRIPTOR_OCTETS), _MOST_PIECES)
    numbers = quads(table, at + 5, count + 1)
    start = at + 5 + 4 * (count + 1)
    return [
        _piece(numbers, number, little(table, start + _DESCRIPTOR_OCTETS * number + 2, 4))
        for number in range(count)
        if numbers[number + 1] > numbers[number]
    ]


def _piece(numbers: tuple[int, ...], number: int, place: int) -> _Piece:
    first, count = numbers[number], numbers[number + 1] - numbers[number]
    if place & _COMPRESSED:
        return _Piece(first, count, (place & _PLACE) // 2, 1)
    return _Piece(first, count, place & _PLACE, 2)


def _decoded(document: bytes, piece: _Piece) -> str:
    """Return the text of a piece with one character for each number of it."""
    octets = document[piece.place : piece.place + piece.count * piece.octets]
    count = len(octets) // piece.octets
    if piece.octets == 1:
        text = octets.decode("cp1252", errors="replace")
    else:
        text = octets[: 2 * count].decode("utf-16-le", errors="replace")
        if len(text) != count:  # a character beyond 16 bits has two numbers
            units = memoryview(octets[: 2 * count]).cast("H")
            text = "".join(map(chr, units))
    return text
