"""HTML (WHATWG): the texts of its blocks, its tables as grids, what stands in attributes.

The parser mends what is broken, so that every text is read; nothing is fetched or run.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from lxml import etree

from sensors.content.heading import HEAD_ROWS, heading_at
from sensors.content.reader import Reading
from sensors.content.text.delimited import grids
from sensors.content.text.plain import read_text, text_blocks
from situation.content.piece import Passage, Piece, Unreadable
from situation.content.place import Place, Role

_WHOLE_OCTETS = 32 * 1024 * 1024
"""Octets of a page that is parsed; a longer one is read as text."""
_CHUNK = 64 * 1024
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|rp|rt|ruby"
    "|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
"""Elements within a line; all others begin and end a text."""
_TOLD_ATTRIBUTES = frozenset(
    {"alt", "title", "value", "content", "placeholder", "href", "src", "action", "aria-label"}
)
_FIELDS = 2
_DEPTH = 250


def read_html(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield passages and grids in the order of the page."""
    if reading.size > _WHOLE_OCTETS:
        yield from read_text(stream, reading)
        return
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    for block in text_blocks(stream, reading):
        for start in range(0, len(block.data), _CHUNK):
            parser.feed(block.data[start : start + _CHUNK])
    root = parser.close()
    if root is not None:
        page = _Page(reading.place)
        yield from page.told(root)
        if page.deepest >= _DEPTH:
            yield from read_text(stream, reading)
            yield Unreadable(reason="too_deep", detail="markup", place=reading.place)


class _Page:
    """The walk through one page: collects the text of a block until the block ends."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._parts: list[str] = []
        self._line = 1
        self._ordinal = 0
        self.deepest = 0
        """Depth of the innermost element: the parser leaves out what is deeper than its limit."""

    def told(self, root: etree._Element) -> Iterator[Piece]:
        """Yield all that stands below an element."""
        walk = etree.iterwalk(root, events=("start", "end", "comment"))
        depth = 0
        for event, element in walk:
            depth += (event == "start") - (event == "end")
            self.deepest = max(self.deepest, depth)
            if event == "comment":
                yield from self._comment(element)
            elif event == "start":
                yield from self._start(element, walk)
            else:
                yield from self._end(element)
        yield from self._block()

    def _comment(self, element: etree._Element) -> Iterator[Piece]:
        text = (element.text or "").strip()
        if text:
            yield Passage(text=text, place=self._at("comment", element))
        self._parts.append(element.tail or "")

    def _start(self, element: etree._Element, walk: etree.iterwalk) -> Iterator[Piece]:
        if not _INLINE.fullmatch(str(element.tag)):
            yield from self._block()
        self._line = element.sourceline or self._line
        for key, value in element.attrib.items():
            yield from self._attribute(str(key), str(value), element)
        rows = _rows(element) if element.tag == "table" else None
        if rows:
            walk.skip_subtree()
            yield from self._table(rows)
        else:
            self._parts.append(element.text or "")

    def _end(self, element: etree._Element) -> Iterator[Piece]:
        if not _INLINE.fullmatch(str(element.tag)):
            yield from self._block()
        self._parts.append(element.tail or "")

    def _block(self) -> Iterator[Piece]:
        text = " ".join("".join(self._parts).split())
        self._parts.clear()
        if text:
            self._ordinal += 1
            place = replace(self._place, line=self._line)
            yield Passage(text=text, place=place, ordinal=self._ordinal)

    def _attribute(self, key: str, value: str, element: etree._Element) -> Iterator[Piece]:
        told = key in _TOLD_ATTRIBUTES or key.startswith("data-")
        if told and value.strip():
            role: Role = "alt_text" if key == "alt" else "body"
            name = element.get("name") or key
            text = f"{name}: {value.strip()}"
            yield Passage(text=text, place=self._at(role, element))

    def _at(self, role: Role, element: etree._Element) -> Place:
        return replace(self._place, role=role, line=element.sourceline)

    def _table(self, rows: list[list[str]]) -> Iterator[Piece]:
        at = heading_at(rows[:HEAD_ROWS])
        for row in rows[: at or 0]:
            text = " ".join(cell for cell in row if cell)
            if text:
                yield Passage(text=text, place=replace(self._place, line=self._line))
        header = rows[at] if at is not None else []
        body = rows[0 if at is None else at + 1 :]
        place = replace(self._place, line=self._line)
        yield from grids(body, header, 1 if at is None else at + 2, place)


def _rows(table: etree._Element) -> list[list[str]] | None:
    """Return the cells of a table; None of one that only lays out a page."""
    if table.find(".//table") is not None:
        return None
    rows = [
        [" ".join("".join(map(str, cell.itertext())).split()) for cell in row if _is_cell(cell)]
        for row in table.iter("tr")
    ]
    rows = [row for row in rows if row]
    wide = max(map(len, rows), default=0)
    return rows if len(rows) >= _FIELDS and wide >= _FIELDS else None


def _is_cell(element: etree._Element) -> bool:
    return element.tag in {"td", "th"}
