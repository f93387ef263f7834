"""OpenDocument texts, tables and presentations (.odt, .ods, .odp; OASIS OpenDocument 1.3).

Cells of tables come by python-calamine; all else stands in three parts of XML: the content, the
styles with headers, footers and masters, and the data of the document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from python_calamine import CalamineWorkbook

from sensors.content.office.embedded import embedded
from sensors.content.office.markup import Element, attribute, events, local, release
from sensors.content.office.package import Package, going_on
from sensors.content.office.table import Table
from sensors.content.office.visibility import Extent, extents_of
from sensors.content.office.word import numbered
from sensors.content.office.workbook.cells import SHOWN, cell_pieces, open_workbook
from sensors.content.reader import Broken, Encrypted, Reading
from situation.content.piece import Passage, Piece
from situation.content.place import Place, Role

_CONTENT = "content.xml"
_PARTS = (_CONTENT, "styles.xml")
_MOST_SPACES = 100
_ROLES: dict[str, Role] = {
    "header": "header",
    "header-left": "header",
    "header-first": "header",
    "footer": "footer",
    "footer-left": "footer",
    "footer-first": "footer",
    "note-body": "footnote",
    "annotation": "comment",
    "notes": "note",
    "text-box": "text_box",
    "deletion": "revision",
    "master-page": "template",
    "handout-master": "template",
}
"""Roles by the element that text stands in; the innermost counts, a box only by itself."""
_TEXTS = ("p", "h")
_DESCRIBED = ("title", "desc")
_NAMES = (
    *_ROLES,
    *_TEXTS,
    *_DESCRIBED,
    *("page", "drawing-page-properties", "table", "table-row", "table-cell"),
)
_APART = frozenset({"annotation", "note", "frame", "tracked-changes"})
"""Elements inside a paragraph whose text is no part of it."""
_META = ("generator", "editing-duration", "editing-cycles", "creation-date", "date", "print-date")


def read_opendocument(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the paragraphs of a text or a presentation, then what stands beside them."""
    package = Package(stream, reading)
    _ask_open(package)
    yield from _parts(package, reading, has_cells=False)


def read_ods(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the cells of a table document, then what stands beside them."""
    package = Package(stream, reading)
    _ask_open(package)
    try:
        extents = _extents(package)
        workbook = None if _is_scattered(extents) else open_workbook(stream)
    except Broken:
        workbook = None
    if workbook is None:
        # What the library cannot read still has its cells as text, as far as it goes.
        yield from _parts(package, reading, has_cells=False)
        return
    with workbook:
        yield from going_on(_cells(workbook, extents, reading), reading.place)
    yield from _parts(package, reading, has_cells=True)


def _is_scattered(extents: Mapping[str, Extent]) -> bool:
    return any(extent.is_scattered for extent in extents.values())


def _extents(package: Package) -> dict[str, Extent]:
    with package.open(_CONTENT) as part:
        return extents_of(part)


def _cells(
    workbook: CalamineWorkbook, extents: Mapping[str, Extent], reading: Reading
) -> Iterator[Piece]:
    for name in workbook.sheet_names:
        at = replace(reading.place, sheet=name)
        hidden = extents[name].hidden if name in extents else SHOWN
        yield from going_on(cell_pieces(workbook, name, hidden, reading), at)


def _ask_open(package: Package) -> None:
    """Raise `Encrypted` where the manifest says that the parts are."""
    if package.has("meta-inf/manifest.xml") and (
        b"encryption-data" in package.whole("meta-inf/manifest.xml")
    ):
        raise Encrypted


def _parts(package: Package, reading: Reading, *, has_cells: bool) -> Iterator[Piece]:
    for name in package.names:
        if name.rpartition("/")[2] in _PARTS:
            pieces = _story(package, name, reading.place, has_cells=has_cells)
            yield from going_on(numbered(pieces), reading.place)
    yield from going_on(_facts(package, replace(reading.place, role="property")), reading.place)
    yield from embedded(package, reading)


@dataclass(slots=True)
class _Story:
    """One part while it is read."""

    place: Place
    has_cells: bool
    roles: list[Role] = field(default_factory=list)
    pages: int = 0
    tables: int = 0
    depth: int = 0
    table: Table | None = None
    unseen: set[str] = field(default_factory=set)
    """Styles of pages that are not shown."""
    is_unseen: bool = False


def _story(package: Package, name: str, place: Place, *, has_cells: bool) -> Iterator[Piece]:
    story = _Story(place, has_cells)
    with package.open(name) as part:
        for edge, kind, element in events(part, _NAMES, starts=True):
            if edge == "start":
                _begin(story, kind, element)
            else:
                yield from _end(story, kind, element)


def _begin(story: _Story, kind: str, element: Element) -> None:
    if kind in _ROLES:
        story.roles.append(_ROLES[kind])
    elif kind == "page":
        story.pages += 1
        story.is_unseen = attribute(element, "style-name") in story.unseen
    elif kind == "table":
        story.depth += 1
        if story.depth == 1 and not story.has_cells:
            story.tables += 1
            story.table = Table(f"表{story.tables}", _at(story, "body"))
    elif story.table is not None and story.depth == 1:
        if kind == "table-row":
            story.table.begin_row()
        elif kind == "table-cell":
            story.table.begin_cell()


def _end(story: _Story, kind: str, element: Element) -> Iterator[Piece]:
    if kind in _ROLES:
        story.roles.pop()
        element.clear(keep_tail=True)  # a paragraph goes on behind what is anchored in it
    elif kind in _TEXTS:
        yield from _paragraph(story, element)
        release(element)
    elif kind == "drawing-page-properties":
        _note_unseen(story, element)
    elif kind in _DESCRIBED:
        text = (element.text or "").strip()
        if text:
            yield Passage(text=text, place=_at(story, "alt_text"))
    elif kind in {"table", "table-row"}:
        story.depth -= kind == "table"
        release(element)
        yield from _rows(story)


def _note_unseen(story: _Story, properties: Element) -> None:
    style = properties.getparent()
    if style is not None and attribute(properties, "visibility") == "hidden":
        story.unseen.add(attribute(style, "name"))


def _role(story: _Story) -> Role:
    roles = [role for role in story.roles if role != "text_box"]
    if roles:
        return roles[-1]
    if story.is_unseen:
        return "hidden"
    # On a slide every text stands in a box.
    return "text_box" if story.roles and not story.pages else "body"


def _rows(story: _Story) -> Iterator[Piece]:
    if story.table is None:
        return
    yield from story.table.take(last=not story.depth)
    story.table = story.table if story.depth else None


def _paragraph(story: _Story, element: Element) -> Iterator[Piece]:
    text = "".join(_texts(element))
    if not text.strip():
        return
    role = _role(story)
    passage = Passage(text=text, place=_at(story, role))
    if role == "body" and story.has_cells and story.depth:
        return  # the text of a cell, which came with the cells
    if role == "body" and story.table is not None:
        story.table.add(passage)
    else:
        yield passage


def _at(story: _Story, role: Role) -> Place:
    return replace(story.place, role=role, page=story.pages or None)


def _texts(element: Element) -> Iterator[str]:
    """Yield the text of a paragraph in its order, without what is only anchored in it."""
    yield element.text or ""
    for child in element:
        name = local(child)
        if name == "s":
            count = attribute(child, "c")
            yield " " * min(int(count) if count.isdigit() else 1, _MOST_SPACES)
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name not in _APART:
            yield from _texts(child)
        yield child.tail or ""


def _facts(package: Package, place: Place) -> Iterator[Piece]:
    if not package.has("meta.xml"):
        return
    with package.open("meta.xml") as part:
        for _, name, element in events(part):
            text = (element.text or "").strip()
            if text and name not in _META:
                yield Passage(text=f"{attribute(element, 'name') or name}: {text}", place=place)
            release(element)
