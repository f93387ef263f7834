"""One part of a text document that holds paragraphs, and what is set into them.

The runs of a paragraph are joined, so that a word in two types is whole. A paragraph that was
changed comes twice: as it reads now, and as it read before, with what was deleted. Source:
ISO/IEC 29500-1, 17.3 (paragraphs, runs), 17.13.5 (revisions), MS-OI29500 (symbols).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from sensors.content.office.markup import (
    Edge,
    Element,
    attribute,
    children,
    events,
    release,
)
from sensors.content.office.style import Styles, half_points
from sensors.content.office.table import Table
from situation.content.piece import Passage, Piece
from situation.content.place import Place, Role

ROLES: dict[str, Role] = {
    "document": "body",
    "hdr": "header",
    "ftr": "footer",
    "footnotes": "footnote",
    "endnotes": "footnote",
    "comments": "comment",
    "glossaryDocument": "template",
}
"""Roles by the root of a part; a part with another root is no story."""

_DELETED = frozenset({"del", "moveFrom"})
_INSERTED = frozenset({"ins", "moveTo"})
_DRAWN = ("docPr", "cNvPr", "textpath", "shape", "imagedata")
_NAMES = (
    *ROLES,
    *_DELETED,
    *_INSERTED,
    *_DRAWN,
    *("p", "r", "tbl", "tr", "tc", "txbxContent", "AlternateContent"),
)
_PLAIN = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
_STARS = {"f0ab": "★", "00ab": "★", "f0b6": "☆"}
"""Stars of the symbol font Wingdings, which marks of secrecy are set with."""
_FALSE = frozenset({"0", "false", "off"})


@dataclass(slots=True)
class _Paragraph:
    """Texts of one paragraph while its runs are read."""

    now: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    points: float | None = None
    is_deleted_from: bool = False


@dataclass(slots=True)
class _Run:
    """What one run gives."""

    text: str = ""
    code: str = ""
    points: float | None = None
    style: str = ""
    is_hidden: bool = False


@dataclass(slots=True)
class _Page:
    """The page as Word broke it when it last saved, or as it was asked to."""

    number: int = 1
    is_asked: bool = False

    def ask(self) -> None:
        self.number += 1
        self.is_asked = True

    def rendered(self) -> None:
        if not self.is_asked:
            self.number += 1
        self.is_asked = False


class Story:
    """Reads one part. `place` is that of the document."""

    def __init__(self, styles: Styles, place: Place) -> None:
        self._styles = styles
        self._place = place
        self._role: Role = "body"
        self._page = _Page()
        self._paragraphs: list[_Paragraph] = []
        self._boxes = 0
        self._deleted = 0
        self._inserted = 0
        self._table: Table | None = None
        self._tables = 0
        self._named = 0
        self._drawn: set[str] = set()
        self._steps: dict[tuple[Edge, str], Callable[[Element], Iterator[Piece]]] = {
            ("start", "p"): self._begin_paragraph,
            ("end", "p"): self._end_paragraph,
            ("end", "r"): self._run,
            ("start", "tbl"): self._begin_table,
            ("start", "tr"): self._begin_row,
            ("start", "tc"): self._begin_cell,
            ("end", "tr"): self._end_row,
            ("end", "tbl"): self._end_table,
            ("end", "AlternateContent"): self._end_alternatives,
            **{("end", name): self._drawing for name in _DRAWN},
        }

    def pieces(self, part: BinaryIO) -> Iterator[Piece]:
        """Yield what the part holds; nothing where its root says that it is no story."""
        role: Role | None = None
        for edge, name, element in events(part, _NAMES, starts=True):
            if role is None:
                role = ROLES.get(name) if element.getparent() is None else None
                if role is None:
                    return
                self._role = role
                continue
            self._count(edge, name)
            step = self._steps.get((edge, name))
            if step is not None:
                yield from step(element)

    def _count(self, edge: Edge, name: str) -> None:
        by = 1 if edge == "start" else -1
        if name == "txbxContent":
            self._boxes += by
        elif name in _DELETED:
            self._deleted += by
        elif name in _INSERTED:
            self._inserted += by

    def _at(self, role: Role) -> Place:
        page = self._page.number if self._role == "body" else None
        return replace(self._place, role=role, page=page)

    def _begin_paragraph(self, _: Element) -> Iterator[Piece]:
        self._paragraphs.append(_Paragraph())
        yield from ()

    def _end_paragraph(self, element: Element) -> Iterator[Piece]:
        if not self._paragraphs:
            return
        paragraph = self._paragraphs.pop()
        style = _style(element)
        points = paragraph.points or self._styles.points(style)
        release(element)
        role: Role = "text_box" if self._boxes else self._role
        for text, as_role in _texts(paragraph, role):
            yield from self._put(Passage(text=text, place=self._at(as_role), points=points))

    def _put(self, passage: Passage) -> Iterator[Piece]:
        """Yield a passage, or put it by where it is the paragraph of a cell."""
        if self._boxes:
            if passage.text not in self._drawn:
                self._drawn.add(passage.text)
                yield passage
        elif self._table is not None and passage.place.role == self._role:
            self._table.add(passage)
        else:
            yield passage

    def _run(self, element: Element) -> Iterator[Piece]:
        if not self._paragraphs:
            return
        run = self._read(element)
        paragraph = self._paragraphs[-1]
        if run.code:
            paragraph.code.append(run.code)
        if run.is_hidden:
            paragraph.hidden.append(run.text)
            return
        if self._deleted:
            paragraph.is_deleted_from = paragraph.is_deleted_from or bool(run.text)
        elif run.text:
            paragraph.now.append(run.text)
            size = run.points or (self._styles.points(run.style) if run.style else None)
            paragraph.points = max(paragraph.points or 0.0, size or 0.0) or None
        if not self._inserted:
            paragraph.before.append(run.text)
        yield from ()

    def _read(self, element: Element) -> _Run:
        run = _Run()
        texts: list[str] = []
        for name, child in children(element):
            if name in {"t", "delText"}:
                texts.append(child.text or "")
            elif name == "rPr":
                _format(run, child)
            elif name in {"instrText", "delInstrText"}:
                run.code += child.text or ""
            else:
                texts.append(self._mark(name, child))
        run.text = "".join(texts)
        return run

    def _mark(self, name: str, element: Element) -> str:
        """Return the text of what stands in a run beside its text; count pages."""
        if name == "lastRenderedPageBreak":
            self._page.rendered()
        elif name == "br":
            if attribute(element, "type") == "page":
                self._page.ask()
            return "\n"
        elif name == "sym":
            return _symbol(attribute(element, "char"))
        return _PLAIN.get(name, "")

    def _begin_table(self, _: Element) -> Iterator[Piece]:
        self._tables += 1
        if self._tables == 1 and not self._boxes:
            self._named += 1
            self._table = Table(f"表{self._named}", self._at(self._role))
        yield from ()

    def _begin_row(self, _: Element) -> Iterator[Piece]:
        if self._table is not None and self._tables == 1:
            self._table.begin_row()
        yield from ()

    def _begin_cell(self, _: Element) -> Iterator[Piece]:
        if self._table is not None and self._tables == 1:
            self._table.begin_cell()
        yield from ()

    def _end_row(self, element: Element) -> Iterator[Piece]:
        release(element)
        if self._table is not None and self._tables == 1:
            yield from self._table.take(last=False)

    def _end_table(self, element: Element) -> Iterator[Piece]:
        self._tables -= 1
        release(element)
        if self._table is not None and not self._tables:
            table, self._table = self._table, None
            yield from table.take(last=True)

    def _end_alternatives(self, _: Element) -> Iterator[Piece]:
        # Word writes a drawing twice, for new and for old readers.
        self._drawn.clear()
        yield from ()

    def _drawing(self, element: Element) -> Iterator[Piece]:
        for key, role in _SPOKEN.items():
            text = attribute(element, key).strip()
            if text and text not in self._drawn:
                self._drawn.add(text)
                yield Passage(text=text, place=self._at(role))


_SPOKEN: dict[str, Role] = {
    "descr": "alt_text",
    "title": "alt_text",
    "alt": "alt_text",
    "string": "text_box",
}
"""Attributes of drawings that people read: descriptions, and the text of lettering."""


def _texts(paragraph: _Paragraph, role: Role) -> Iterator[tuple[str, Role]]:
    now = "".join(paragraph.now)
    if now.strip():
        yield now, role
    before = "".join(paragraph.before)
    if paragraph.is_deleted_from and before.strip() and before != now:
        yield before, "revision"
    for parts in (paragraph.hidden, paragraph.code):
        text = "".join(parts)
        if text.strip():
            yield text, "hidden"


def _format(run: _Run, properties: Element) -> None:
    for name, child in children(properties):
        if name == "sz":
            run.points = half_points(child)
        elif name in {"vanish", "webHidden", "specVanish"}:
            run.is_hidden = attribute(child, "val") not in _FALSE
        elif name == "rStyle":
            run.style = attribute(child, "val")


def _style(paragraph: Element) -> str:
    for name, child in children(paragraph):
        if name == "pPr":
            return next((attribute(e, "val") for n, e in children(child) if n == "pStyle"), "")
    return ""


def _symbol(code: str) -> str:
    star = _STARS.get(code.lower())
    if star is not None:
        return star
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
