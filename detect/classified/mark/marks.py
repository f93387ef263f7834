"""The search for marks of secrecy in the pieces of a resource."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from detect.classified.column.title import title
from detect.classified.mark.document import Document
from detect.classified.mark.grammar import STAR
from detect.classified.mark.line import AFTER, Line
from detect.classified.mark.scoring import RAISED
from detect.classified.mark.waking import spots
from situation.content.piece import Block, Grid, Passage
from situation.content.place import Place
from situation.content.verdict import MAX_PLACES, Mark

_REACH: Final = 4096
"""Octets around a spot that are read."""
_LINES_BEFORE, _LINES_AFTER = 16, 21
_HEAD: Final = 2048
_CELL: Final = re.compile(
    rf"密[^\n]{{0,4}}[{STAR}☆*●]|^.{{0,12}}密.{{0,12}}$|内部|外传|注意保", re.MULTILINE
)


class Marks:
    """Finds the marks of one resource. Pieces come in the order of reading.

    Of plain text it is enough to hand over the stretches in which one of `MARK_WAKES` matches.
    What a mark is shows only by what follows, so `raised` comes some lines behind it, and at the
    end of the resource by `marks`.
    """

    def __init__(self, resource_name: str = "") -> None:
        self._name = resource_name
        self._member = ""
        self._document = Document(resource_name)
        self._found: list[Mark] = []
        self._next_line: int | None = None
        self._ordinal = 0

    @property
    def raised(self) -> bool:
        """Whether a mark of a state secret is sure: nothing else need be read."""
        return self._document.raised or any(_is_raised(mark) for mark in self._found)

    def take(self, piece: Passage | Block | Grid) -> None:
        """Look for marks in a passage, a stretch of plain text or a stretch of a table."""
        self._enter(piece.place.member)
        if isinstance(piece, Passage):
            self._take_passage(piece)
        elif isinstance(piece, Block):
            self._take_block(piece)
        else:
            self._take_grid(piece)

    def marks(self) -> tuple[Mark, ...]:
        """Return what was found, the gravest first; of the same mark in a document the best."""
        self._document.pause()
        best: dict[tuple[str, ...], Mark] = {}
        for mark in sorted((*self._found, *self._document.marks()), key=_gravity):
            best.setdefault(
                (mark.place.member, mark.classed, mark.level, mark.term or mark.text), mark
            )
        return tuple(best.values())[:MAX_PLACES]

    def _enter(self, member: str) -> None:
        if member == self._member:
            return
        self._document.pause()
        self._found.extend(self._document.marks())
        self._member = member
        self._document = Document(member or self._name)
        self._ordinal, self._next_line = 0, None

    def _take_passage(self, passage: Passage) -> None:
        for text in passage.text.split("\n"):
            if not text.strip():
                continue
            self._ordinal += passage.place.role == "body"
            self._document.feed(
                Line(
                    text=text,
                    place=passage.place,
                    number=passage.ordinal or self._ordinal,
                    box=passage.box,
                    points=passage.points,
                )
            )

    def _take_block(self, block: Block) -> None:
        first = block.place.line or 1
        if first == 1:
            self._document.open_with(_texts(block.data[:_HEAD]))
        for begin, end in _windows(block.data):
            number = first + block.data.count(b"\n", 0, begin)
            if number != self._next_line:
                self._document.pause()
            skipped = _blank_lines(block.data[:begin]) if first == 1 else 0
            for text in block.data[begin:end].decode(errors="ignore").split("\n"):
                if text.strip():
                    place = Place(member=block.place.member, role=block.place.role, line=number)
                    self._document.feed(Line(text=text, place=place, number=number - skipped))
                elif first == 1:
                    skipped += 1
                number += 1
            self._next_line = number

    def _take_grid(self, grid: Grid) -> None:
        for index, column in enumerate(grid.columns):
            heading = grid.header[index] if index < len(grid.header) else ""
            if _CELL.search(heading):
                self._document.pause()
                self._document.feed(Line(text=heading, place=_cell_place(grid, 0, index), number=1))
                self._document.overhear(_rows(grid, 0))
            if _CELL.search("\n".join(column)):
                self._take_column(grid, index, heading)

    def _take_column(self, grid: Grid, index: int, heading: str) -> None:
        column = grid.columns[index]
        told = [row for row, cell in enumerate(column) if _CELL.search(cell)]
        values = Counter(column[row] for row in told)
        fellows = (len(told), len(values))
        for value in values:
            row = column.index(value)
            self._document.pause()
            cells = [other[row] for other in grid.columns]
            for text in filter(str.strip, (heading, *cells[:index])):
                self._document.feed(Line(text=text, place=_cell_place(grid, row, index)))
            for text in filter(str.strip, value.split("\n")):
                self._document.feed(
                    Line(
                        text=text,
                        place=_cell_place(grid, row + grid.first_row, index),
                        number=row + grid.first_row,
                        cells=(*grid.header, *cells),
                        column=heading,
                        fellows=fellows,
                    )
                )
            self._document.overhear(_rows(grid, row + 1))


def _rows(grid: Grid, first: int) -> Iterator[str]:
    """Yield the cells of some rows, row by row."""
    for row in range(first, min(first + AFTER, len(grid.columns[0]) if grid.columns else 0)):
        yield from (column[row] for column in grid.columns)


def _cell_place(grid: Grid, row: int, index: int) -> Place:
    place = grid.place
    heading = grid.header[index] if index < len(grid.header) else ""
    return Place(
        member=place.member,
        role=place.role,
        page=place.page,
        sheet=place.sheet or grid.name,
        row=row or None,
        column=title(heading, index),
    )


def _is_raised(mark: Mark) -> bool:
    return mark.classed == "secret" and mark.score >= RAISED


def _gravity(mark: Mark) -> tuple[bool, int]:
    return mark.classed != "secret", -mark.score


def _texts(data: bytes) -> Iterator[str]:
    return (text for text in data.decode(errors="ignore").split("\n") if text.strip())


def _blank_lines(data: bytes) -> int:
    return sum(not line.strip() for line in data.split(b"\n")[:-1])


def _windows(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the stretches of lines around the spots, from left to right and not overlapping."""
    last: tuple[int, int] | None = None
    for spot in sorted(spots(data)):
        begin, end = _before(data, spot), _behind(data, spot)
        if last is not None and begin <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (begin, end)
    if last is not None:
        yield last


def _before(data: bytes, spot: int) -> int:
    """Return where the window of a spot begins: some lines before it, never within a line."""
    floor, at = max(0, spot - _REACH), spot
    for _ in range(_LINES_BEFORE):
        found = data.rfind(b"\n", floor, at)
        if found < 0:
            break
        at = found
    else:
        return at + 1
    return floor if at == spot or floor == 0 else at + 1


def _behind(data: bytes, spot: int) -> int:
    """Return where it ends, at the end of a line if there is one within reach."""
    ceiling, at = min(len(data), spot + _REACH), spot
    for _ in range(_LINES_AFTER):
        found = data.find(b"\n", at, ceiling)
        if found < 0:
            return ceiling
        at = found + 1
    return at
