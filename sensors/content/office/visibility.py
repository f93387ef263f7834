"""Which rows and columns of an OpenDocument table are not shown, and how far its cells spread.

Rows and cells may be told once for many (OpenDocument 1.3, 19.675, 19.677, 19.750). The part is
parsed here before another library may parse it that trusts it to be well formed.
"""

from dataclasses import dataclass, field
from typing import BinaryIO

from sensors.content.office.markup import Element, attribute, events
from sensors.content.office.workbook.cells import Hidden, is_scattered

_NAMES = ("table", "table-row", "table-column", "table-cell", "covered-table-cell")
_UNSEEN = frozenset({"collapse", "filter"})
_MOST_ROWS = 1_048_576


@dataclass(slots=True)
class Extent:
    """What is known of one table."""

    hidden_rows: set[int] = field(default_factory=set)
    has_hidden_columns: bool = False
    row: int = 0
    column: int = 0
    last_row: int = 0
    last_column: int = 0
    cells: int = 0

    @property
    def hidden(self) -> Hidden:
        """What is not shown."""
        return Hidden(self.hidden_rows, self.has_hidden_columns)

    @property
    def is_scattered(self) -> bool:
        """Whether few cells spread over a rectangle that would fill the memory."""
        return is_scattered(self.last_row * self.last_column, self.cells)


def extents_of(part: BinaryIO) -> dict[str, Extent]:
    """Return what is known of the tables by their names. Raises `Broken`."""
    tables: dict[str, Extent] = {}
    extent = Extent()
    for edge, name, element in events(part, _NAMES, starts=True):
        if name == "table":
            if edge == "start":
                extent = tables.setdefault(attribute(element, "name"), Extent())
        elif name == "table-column":
            if attribute(element, "visibility") in _UNSEEN:
                extent.has_hidden_columns = True
        elif name == "table-row":
            if edge == "start":
                _begin_row(extent, element)
        elif edge == "end":
            _cell(extent, element)
        if edge == "end":
            element.clear(keep_tail=True)
    return tables


def _begin_row(extent: Extent, element: Element) -> None:
    first, count = extent.row + 1, _repeated(element, "number-rows-repeated")
    extent.row, extent.column = extent.row + count, 0
    if attribute(element, "visibility") in _UNSEEN:
        extent.hidden_rows.update(range(first, min(first + count, _MOST_ROWS)))


def _cell(extent: Extent, element: Element) -> None:
    extent.column += _repeated(element, "number-columns-repeated")
    if attribute(element, "value-type") or len(element):
        extent.cells += 1
        extent.last_row = max(extent.last_row, extent.row)
        extent.last_column = max(extent.last_column, extent.column)


def _repeated(element: Element, name: str) -> int:
    count = attribute(element, name)
    return int(count) if count.isascii() and count.isdigit() else 1
