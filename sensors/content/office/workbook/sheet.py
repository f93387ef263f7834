"""Workbooks (.xlsx, .xlsm, .xlsb, .ods; WPS writes the first too).

Cells come by python-calamine. All that people put beside the cells lies in other parts of the
package: comments, headers and footers, boxes, charts, copies of data behind pivot tables and
links. Source: ISO/IEC 29500-1, 18.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from sensors.content.office.drawing import drawn_pieces
from sensors.content.office.embedded import embedded
from sensors.content.office.markup import Element, attribute, events, release, text_of
from sensors.content.office.package import Package, going_on
from sensors.content.office.properties import properties
from sensors.content.office.relation import owners
from sensors.content.office.workbook.book import Book, book_of
from sensors.content.office.workbook.cells import SHOWN, Hidden, cell_pieces, open_workbook
from sensors.content.office.workbook.margin import extent_of, margin_of
from sensors.content.reader import Reading
from situation.content.piece import Passage, Piece, Unreadable
from situation.content.place import Place

_STRINGS = "xl/sharedstrings.xml"
_PLAIN = ("xl/styles.xml", "xl/theme/", "xl/metadata.xml", "xl/calcchain.xml", _STRINGS)
"""Parts that hold no text of people's beside that of cells."""
_CHUNK_OCTETS = 1 << 20

Aside = Callable[[BinaryIO, Place], Iterator[Piece]]


def read_xlsx(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the cells sheet by sheet, what stands beside them, properties, embedded files."""
    package = Package(stream, reading)
    book = book_of(package)
    hidden: dict[str, Hidden] = {}
    yield from _margins(package, book, hidden, reading.place)
    yield from going_on(_cells(stream, hidden, reading), reading.place)
    yield from _asides(package, book, reading.place)
    yield from properties(package, reading)
    yield from embedded(package, reading)


def _margins(
    package: Package, book: Book, hidden: dict[str, Hidden], place: Place
) -> Iterator[Piece]:
    """Yield headers and footers, and put down what is not shown of the sheets that are read."""
    _drain(package, _STRINGS)
    for part, name in book.sheets.items():
        at = replace(place, sheet=name)
        yield from going_on(_margin(package, part, at, hidden), at)


def _margin(
    package: Package, part: str, place: Place, hidden: dict[str, Hidden]
) -> Iterator[Piece]:
    with package.open(part) as source:
        extent = extent_of(source)
    if extent.is_scattered:
        yield Unreadable(reason="too_large", detail="few cells far apart", place=place)
        return
    hidden[place.sheet] = SHOWN
    if extent.has_aside:
        with package.open(part) as source:
            margin = margin_of(source)
        hidden[place.sheet] = margin.hidden
        for role, text in margin.said:
            yield Passage(text=text, place=replace(place, role=role))


def _drain(package: Package, name: str) -> None:
    """Count what a part unpacks to, before a library unpacks it that counts nothing."""
    if package.has(name):
        with package.open(name) as part:
            while part.read(_CHUNK_OCTETS):
                pass


def _cells(stream: BinaryIO, hidden: dict[str, Hidden], reading: Reading) -> Iterator[Piece]:
    with open_workbook(stream) as workbook:
        for name in workbook.sheet_names:
            if name in hidden or not hidden:
                at = replace(reading.place, sheet=name)
                shown = hidden.get(name, SHOWN)
                yield from going_on(cell_pieces(workbook, name, shown, reading), at)


def _asides(package: Package, book: Book, place: Place) -> Iterator[Piece]:
    """Yield what the other parts hold, each with the sheet that it hangs on."""
    sheet_of = owners(package, book.sheets)
    for name in package.names:
        is_text = name.startswith("xl/") and name.endswith((".xml", ".vml"))
        if is_text and name not in book.sheets and not name.startswith(_PLAIN):
            at = replace(place, sheet=sheet_of.get(name, ""))
            yield from going_on(_aside(package, name, at), at)


def _aside(package: Package, name: str, place: Place) -> Iterator[Piece]:
    root = root_of(package, name)
    aside = _ASIDES.get(root)
    if aside is not None:
        with package.open(name) as part:
            yield from aside(part, place)


def root_of(package: Package, name: str) -> str:
    """Return the name of the root of a part."""
    with package.open(name) as part:
        return next((kind for _, kind, _ in events(part, starts=True)), "")


def _comments(part: BinaryIO, place: Place) -> Iterator[Piece]:
    for _, _, element in events(part, ("comment", "threadedComment")):
        text = text_of(element, "t", "text")
        if text.strip():
            yield Passage(text=text, place=_cell(replace(place, role="comment"), element))
        release(element)


def _cell(place: Place, element: Element) -> Place:
    """Return the place of the cell that `ref` names: `B12`."""
    reference = attribute(element, "ref")
    letters = reference.rstrip("0123456789")
    row = reference[len(letters) :]
    return replace(place, column=letters, row=int(row)) if row and letters.isalpha() else place


def _values(part: BinaryIO, place: Place) -> Iterator[Piece]:
    """Yield copies of cells that are kept behind pivot tables and links to other workbooks."""
    at = replace(place, role="hidden")
    for _, name, element in events(part, ("s", "v", "n", "d")):
        text = attribute(element, "v") or (element.text or "" if name == "v" else "")
        if text.strip():
            yield Passage(text=text, place=at)
        release(element)


def _named(part: BinaryIO, place: Place) -> Iterator[Piece]:
    """Yield names that stand for a text, connections, authors of comments."""
    at = replace(place, role="property")
    for _, kind, element in events(part, ("definedName", "dbPr", "webPr", "person")):
        if kind == "definedName":
            text = text_of(element)
            if '"' in text:
                yield Passage(text=f"{attribute(element, 'name')}: {text}", place=at)
            continue
        for key in ("connection", "command", "url", "displayName"):
            if attribute(element, key).strip():
                yield Passage(text=f"{key}: {attribute(element, key)}", place=at)


_ASIDES: dict[str, Aside] = {
    "comments": _comments,
    "ThreadedComments": _comments,
    "wsDr": drawn_pieces,
    "chartSpace": drawn_pieces,
    "userShapes": drawn_pieces,
    "dataModel": drawn_pieces,
    "drawing": drawn_pieces,
    "xml": drawn_pieces,
    "pivotCacheDefinition": _values,
    "pivotCacheRecords": _values,
    "externalLink": _values,
    "workbook": _named,
    "connections": _named,
    "personList": _named,
}
"""Readers of parts by the names of their roots."""
