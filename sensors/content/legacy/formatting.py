"""Properties of characters and paragraphs in a Word 97 document (MS-DOC, 2.8.5, 2.9.22, 5.1).

They stand on pages of 512 octets, each for a stretch of the file, as lists of changes to a style.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sensors.content.legacy.octets import little, quads

_PAGE_OCTETS = 512
_PAGE_NUMBER = 0x3FFFFF
_MOST_PAGES = 200_000
_OPERANDS = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
"""Octets of an operand by the kind of its change; of kind 6 the operand tells it."""
_TABLE_CHANGE = 0xD608
"""A change whose length takes two octets."""

DELETED, INSERTED, VANISHED, SIZE = 0x0800, 0x0801, 0x083C, 0x4A43
IN_TABLE, ROW_END = 0x2416, 0x2417


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the file with what is changed in it."""

    start: int
    end: int
    changes: dict[int, int]


class Spans:
    """Changes by place in the file."""

    def __init__(self, spans: list[Span]) -> None:
        self._spans = sorted(spans, key=lambda span: span.start)
        self._starts = [span.start for span in self._spans]

    def at(self, place: int) -> dict[int, int]:
        """Return the changes at a place; none where nothing is said."""
        span = self._span(place)
        return span.changes if span is not None else {}

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int, dict[int, int]]]:
        """Yield begin, end and changes of the runs that a stretch of the file is made of."""
        while start < end:
            span = self._span(start)
            at = bisect_right(self._starts, start)
            following = self._starts[at] if at < len(self._starts) else end
            stop = min(end, span.end if span is not None else following)
            yield start, stop, span.changes if span is not None else {}
            start = stop

    def _span(self, place: int) -> Span | None:
        at = bisect_right(self._starts, place) - 1
        if at < 0 or self._spans[at].end <= place:
            return None
        return self._spans[at]


def character_spans(document: bytes, table: bytes) -> Spans:
    """Read the properties of characters; `table` lists their pages."""
    return Spans(list(_spans(document, table, 1, _character_changes)))


def paragraph_spans(document: bytes, table: bytes) -> Spans:
    """Read the properties of paragraphs; `table` lists their pages."""
    return Spans(list(_spans(document, table, 13, _paragraph_changes)))


Changes = Callable[[bytes, int], bytes]
"""Returns the list of changes that stands on a page at a place."""


def _spans(document: bytes, table: bytes, octets: int, changes: Changes) -> Iterator[Span]:
    count = min((len(table) - 4) // 8, _MOST_PAGES)
    for number in quads(table, 4 * (count + 1), count) if count > 0 else ():
        start = (number & _PAGE_NUMBER) * _PAGE_OCTETS
        page = document[start : start + _PAGE_OCTETS]
        if len(page) < _PAGE_OCTETS:
            continue
        runs = page[-1]
        places = quads(page, 0, runs + 1)
        for at in range(min(runs, len(places) - 1)):
            offset = little(page, 4 * (runs + 1) + octets * at, 1) * 2
            found = dict(_changes(changes(page, offset))) if offset else {}
            if places[at + 1] > places[at]:
                yield Span(places[at], places[at + 1], found)


def _character_changes(page: bytes, offset: int) -> bytes:
    return page[offset + 1 : offset + 1 + page[offset]]


def _paragraph_changes(page: bytes, offset: int) -> bytes:
    size, start = page[offset] * 2 - 1, offset + 1
    if size < 0:
        size, start = little(page, offset + 1, 1) * 2, offset + 2
    return page[start + 2 : start + size]  # behind the number of the style


def _changes(listed: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at + 2 <= len(listed):
        code = little(listed, at, 2)
        at += 2
        size = _OPERANDS.get(code >> 13)
        if size is None:
            size = little(listed, at, 2 if code == _TABLE_CHANGE else 1) + 1
        yield code, little(listed, at, min(size, 4))
        at += size
