"""Word 97 to 2003 documents, and those that WPS Office writes as .wps or .doc.

All stories are read: body, footnotes, headers, footers, comments, endnotes, boxes; deleted and
hidden text apart. Source: MS-DOC.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from sensors.content.legacy.compound import Compound
from sensors.content.legacy.doc_paragraph import Document, Paragraph, paragraphs
from sensors.content.legacy.fib import CHARACTERS, CLX, HEADERS, PARAGRAPHS, STORIES, Fib, fib_of
from sensors.content.legacy.formatting import character_spans, paragraph_spans
from sensors.content.legacy.octets import quads
from sensors.content.legacy.picture import picture_pieces
from sensors.content.legacy.pieces import Pieces
from sensors.content.legacy.storage import stored_files
from sensors.content.legacy.summary import summary_pieces
from sensors.content.office.table import Table
from sensors.content.office.word import numbered
from sensors.content.reader import Broken, Reading
from situation.content.piece import Passage, Piece, Unreadable
from situation.content.place import Place, Role

_SEPARATORS = 6
"""Stories before the first header: lines between text and notes."""
_PER_SECTION = 6
_FOOTERS = frozenset({2, 3, 5})
"""Stories of a section that are footers: of even, odd and first pages."""


@dataclass(frozen=True, slots=True)
class _Story:
    role: Role
    start: int
    end: int


def read_doc(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield paragraphs story by story, then properties, then embedded files."""
    compound = Compound(stream)
    path = compound.named("WordDocument")
    if path is None:
        raise Broken("no document in it")
    data = compound.read(path)
    fib = fib_of(data)
    table = _table(compound, fib)
    document = _document(data, table, fib)
    yield from numbered(_stories(document, fib, table, reading.place))
    if document.pieces.is_cut:
        yield Unreadable(reason="truncated", place=reading.place)
    yield from summary_pieces(compound, reading)
    yield from picture_pieces(compound, reading)
    yield from stored_files(compound, reading)


def _table(compound: Compound, fib: Fib) -> bytes:
    path = compound.named(fib.table)
    if path is None:
        raise Broken("no stream of tables")
    return compound.read(path)


def _document(data: bytes, table: bytes, fib: Fib) -> Document:
    return Document(
        pieces=Pieces(data, _slice(table, fib, CLX)),
        characters=character_spans(data, _slice(table, fib, CHARACTERS)),
        paragraphs=paragraph_spans(data, _slice(table, fib, PARAGRAPHS)),
    )


def _slice(table: bytes, fib: Fib, at: int) -> bytes:
    start, size = fib.tables[at]
    return table[start : start + size]


def _stories(document: Document, fib: Fib, table: bytes, place: Place) -> Iterator[Piece]:
    start = 0
    for role, at in STORIES:
        end = start + fib.lengths[at]
        stories = [_Story(role, start, end)]
        if role == "header":
            bounds = _slice(table, fib, HEADERS)
            stories = list(_margins(start, quads(bounds, 0, len(bounds) // 4))) or stories
        for story in stories:
            yield from _pieces(document, story, place)
        start = end


def _margins(start: int, bounds: tuple[int, ...]) -> Iterator[_Story]:
    """Yield the headers and footers of all sections (MS-DOC, 2.3.5)."""
    for at in range(_SEPARATORS, len(bounds) - 1):
        role: Role = "footer" if (at - _SEPARATORS) % _PER_SECTION in _FOOTERS else "header"
        if bounds[at + 1] > bounds[at]:
            yield _Story(role, start + bounds[at], start + bounds[at + 1])


def _pieces(document: Document, story: _Story, place: Place) -> Iterator[Piece]:
    at = replace(place, role=story.role)
    table: Table | None = None
    tables = 0
    for paragraph in paragraphs(document, story.start, story.end):
        if paragraph.in_table and table is None:
            tables += 1
            table = Table(f"表{tables}", at)
            _begin_row(table)
        elif table is not None and not paragraph.in_table:
            yield from table.take(last=True)
            table = None
        yield from _put(paragraph, table, at)
    if table is not None:
        yield from table.take(last=True)


def _put(paragraph: Paragraph, table: Table | None, place: Place) -> Iterator[Piece]:
    """Yield the texts of a paragraph, but those that stand in a cell, which are put there."""
    if paragraph.now.strip() and not paragraph.ends_row:
        passage = Passage(text=paragraph.now, place=place, points=paragraph.points)
        if table is not None:
            table.add(passage)
        else:
            yield passage
    if paragraph.before.strip():
        yield Passage(text=paragraph.before, place=replace(place, role="revision"))
    if paragraph.hidden.strip():
        yield Passage(text=paragraph.hidden, place=replace(place, role="hidden"))
    if table is not None:
        yield from _next_cell(paragraph, table)


def _next_cell(paragraph: Paragraph, table: Table) -> Iterator[Piece]:
    if paragraph.ends_row:
        table.end_row()
        yield from table.take(last=False)
        _begin_row(table)
    elif paragraph.ends_cell:
        table.begin_cell()


def _begin_row(table: Table) -> None:
    table.begin_row()
    table.begin_cell()
