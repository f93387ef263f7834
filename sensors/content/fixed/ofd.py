"""OFD, the Chinese format of fixed layout (GB/T 33190-2016): a package of XML.

Text is read wherever it can stand: in pages, in the templates under them, in annotations such as
stamps, in composite units of the resources; beside it what the document says about itself, its
attachments, pictures and seals. A page that no list names any more is read as what it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from sensors.content.fixed.fragment import Fragment, lines_of
from sensors.content.fixed.garbled import is_garbled
from sensors.content.fixed.ofd_outline import ENTRY, Outline, Size, outlines_of
from sensors.content.fixed.ofd_text import ROLES, Content, content_of
from sensors.content.fixed.seal import is_seal, seal_pieces
from sensors.content.office.package import Package, going_on
from sensors.content.reader import Reading
from situation.content.piece import Passage, Piece, Unreadable
from situation.content.place import Place, Role

_EVERYWHERE = float("inf")
"""Gaps of any width: what stands on one baseline is one line, divided by tabs."""


@dataclass(slots=True)
class _Book:
    """One document while it is read."""

    package: Package
    reading: Reading
    outline: Outline
    ordinal: int = 0
    told: set[str] = field(default_factory=set)

    def number(self, role: Role) -> int:
        """Return the next ordinal of the body."""
        self.ordinal += role == "body"
        return self.ordinal if role == "body" else 0


def read_ofd(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the pages of each document of the package, then what lies beside them."""
    package = Package(stream, reading)
    told = {ENTRY}
    book = _Book(package, reading, Outline())
    for outline in outlines_of(package):
        book = _Book(package, reading, outline)
        if outline.is_encrypted:
            yield Unreadable(reason="encrypted", place=reading.place)
        yield from _pages(book)
        yield from _facts(outline, reading.place)
        yield from _attachments(book)
        told |= {*book.told, *outline.parts}
    yield from _rest(book, told)


def _pages(book: _Book) -> Iterator[Piece]:
    for number, name in enumerate(book.outline.pages, start=1):
        yield from _tell(book, name, "body", number)
    for page, name in book.outline.annotations:
        yield from _tell(book, name, "annotation", page)


def _tell(book: _Book, name: str, role: Role, page: int | None) -> Iterator[Piece]:
    """Yield one part once, with the templates under it."""
    if name in book.told:
        return
    book.told.add(name)
    place = replace(book.reading.place, role=role, page=page)
    yield from going_on(_part(book, name, place), place)


def _part(book: _Book, name: str, place: Place) -> Iterator[Piece]:
    with book.package.open(name) as part:
        content = content_of(part)
    for used in content.templates:
        template = book.outline.templates.get(used)
        if template is not None:
            yield from _tell(book, template, "template", place.page)
    yield from _content(book, content, place)


def _content(book: _Book, content: Content, place: Place) -> Iterator[Piece]:
    size = content.size if all(content.size) else book.outline.size
    if content.root == "Res":
        size = (0.0, 0.0)  # where a composite unit is set is told by those who use it
    lines = [*lines_of(content.level, _EVERYWHERE), *content.turned]
    for line in lines:
        yield _passage(book, line, size, place)
    for said in content.said:
        if said:
            yield Passage(text=said, place=place)
    if is_garbled(line.text for line in lines):
        yield Unreadable(reason="garbled", detail="its text cannot be read as such", place=place)


def _passage(book: _Book, line: Fragment, size: Size, place: Place) -> Passage:
    role: Role = "hidden" if line.is_hidden else place.role
    return Passage(
        text=line.text,
        place=replace(place, role=role),
        ordinal=book.number(role),
        box=line.box(*size),
        points=line.points,
    )


def _facts(outline: Outline, place: Place) -> Iterator[Piece]:
    for text in (*outline.facts, *filter(None, outline.headings)):
        yield Passage(text=text, place=replace(place, role="property"))


def _attachments(book: _Book) -> Iterator[Piece]:
    for name, called in book.outline.attachments:
        if name not in book.told:
            book.told.add(name)
            yield from going_on(_file(book, name, called or name), book.reading.place)


def _rest(book: _Book, told: set[str]) -> Iterator[Piece]:
    """Yield the parts that no list named: resources, seals, pages of former versions."""
    for name in book.package.names:
        if name in told:
            continue
        if name.endswith(".xml"):
            yield from going_on(_unnamed(book, name), book.reading.place)
        elif is_seal(name):
            yield from going_on(_seal(book, name), book.reading.place)
        else:
            yield from going_on(_file(book, name, name), book.reading.place)


def _unnamed(book: _Book, name: str) -> Iterator[Piece]:
    with book.package.open(name) as part:
        content = content_of(part)
    role = ROLES.get(content.root)
    if role is not None:
        yield from _content(book, content, replace(book.reading.place, role=role))


def _seal(book: _Book, name: str) -> Iterator[Piece]:
    yield from seal_pieces(book.package.whole(name), name, book.reading)


def _file(book: _Book, name: str, called: str) -> Iterator[Piece]:
    with book.package.unspent(name) as part:
        yield from book.reading.inner(part, called, replace(book.reading.place, role="body"))
