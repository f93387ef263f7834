"""What a sheet of a workbook has beside its cells: headers, footers, rows and columns not shown.

The part of a sheet is as long as its cells; it is parsed only where it says that there is such a
thing. On the way it is told how far the cells spread, for a table of nothing but its two corners
would fill the memory. Source: ISO/IEC 29500-1, 18.3.1.46 (headers), 18.3.1.73 (rows).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from sensors.content.office.markup import attribute, children, events, release
from sensors.content.office.workbook.cells import Hidden, is_scattered
from situation.content.place import Role

_CHUNK_OCTETS = 1 << 20
_OVERLAP_OCTETS = 64
_ASIDE = re.compile(rb"headerFooter|hidden=")
_ROW = re.compile(rb"row [^>]{0,200}?r=\"(\d{1,7})\"")
_COLUMN = re.compile(rb" r=\"([A-Z]{1,3})\d")
_PART = re.compile(r"&([LCR])")
_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|K\d\d[+-]\d{3}|\d{1,3}|[PNDTFAZGBIUESXYHO])')
_FALSE = frozenset({"", "0", "false"})


@dataclass(slots=True)
class Margin:
    """What stands beside the cells. `said` holds role and text of headers and footers."""

    said: list[tuple[Role, str]] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    has_hidden_columns: bool = False

    @property
    def hidden(self) -> Hidden:
        """What is not shown."""
        return Hidden(self.rows, self.has_hidden_columns)


@dataclass(slots=True)
class Extent:
    """How far the cells of a sheet spread, and how many there are."""

    columns: set[bytes] = field(default_factory=set)
    rows: int = 0
    cells: int = 0
    has_aside: bool = False
    """Whether the part has anything for `margin_of`."""

    @property
    def is_scattered(self) -> bool:
        """Whether few cells spread over a rectangle that would fill the memory."""
        spread = max(map(column_number, self.columns), default=0) * self.rows
        return is_scattered(spread, self.cells)


def extent_of(part: BinaryIO) -> Extent:
    """Look through the octets of a part."""
    extent = Extent()
    held = b""
    while chunk := part.read(_CHUNK_OCTETS):
        data = held + chunk
        extent.has_aside = extent.has_aside or _ASIDE.search(data) is not None
        found = _COLUMN.findall(data)
        extent.columns.update(found)
        extent.cells += len(found)
        extent.rows = max(extent.rows, max(map(int, _ROW.findall(data)), default=0))
        held = data[-_OVERLAP_OCTETS:]
    return extent


def column_number(letters: bytes) -> int:
    """Return the number of a column by its letters, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def margin_of(part: BinaryIO) -> Margin:
    """Read what stands beside the cells."""
    margin = Margin()
    for _, name, element in events(part, ("row", "col", "headerFooter")):
        is_hidden = attribute(element, "hidden") not in _FALSE
        if name == "headerFooter":
            for kind, child in children(element):
                role: Role = "header" if kind.endswith("Header") else "footer"
                margin.said += [(role, text) for text in margin_texts(child.text or "")]
        elif name == "col":
            margin.has_hidden_columns = margin.has_hidden_columns or is_hidden
        elif is_hidden and attribute(element, "r").isdigit():
            margin.rows.add(int(attribute(element, "r")))
        release(element)
    return margin


def margin_texts(coded: str) -> Iterator[str]:
    """Yield the left, middle and right part of a header without the codes of its type."""
    parts = _PART.split(coded.replace("&&", "\0"))
    for text in (parts[0], *parts[2::2]):
        plain = _CODE.sub("", text).replace("\0", "&").strip()
        if plain:
            yield plain
