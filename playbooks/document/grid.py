"""Tables of a Word file, written as XML: python-docx looks a cell up in all before it."""

from collections.abc import Sequence
from typing import Final

from docx.document import Document as WordFile
from docx.oxml.table import CT_Tbl
from docx.oxml.text.paragraph import CT_P
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

from playbooks.document import layout
from playbooks.document.writing import BODY, HEADING, element, write

_MARGIN: Final = 100
"""Room left and right in a cell, in twentieths of a point."""
_TWIPS: Final = 20
_LINE: Final = 1.3
"""Distance of lines in a cell as a multiple of the size."""
_SIDES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")


def add_form(file: WordFile, rows: Sequence[Sequence[str]]) -> None:
    """Add a form: each row a label in Hei and its value."""
    grid = _Grid(file, layout.FORM_WIDTHS)
    for label, value in rows:
        cells = grid.add_row(whole=_is_short((label, value)))
        grid.fill(cells[0], label, HEADING, layout.FORM)
        grid.fill(cells[1], value, BODY, layout.FORM)


def add_table(
    file: WordFile, heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]
) -> None:
    """Add a table whose heads stand again on every page."""
    grid = _Grid(file, widths)
    for cell, text in zip(grid.add_row(head=True, whole=True), heads, strict=True):
        grid.fill(cell, text, HEADING, layout.TABLE)
    for row in rows:
        for cell, text in zip(grid.add_row(whole=_is_short(row)), row, strict=True):
            grid.fill(cell, text, BODY, layout.TABLE)


class _Grid:
    """A table with fixed widths of columns, given as shares."""

    def __init__(self, file: WordFile, shares: Sequence[int]) -> None:
        self._file = file
        wide = layout.TEXT_WIDTH_MM * layout.POINTS_A_MM * _TWIPS
        self._widths = [round(wide * share / sum(shares)) for share in shares]
        self._table: CT_Tbl = file.add_table(0, 0)._tbl  # noqa: SLF001 - see the module
        self._set_look()

    def _set_look(self) -> None:
        look = self._table.tblPr
        for old in list(look):
            look.remove(old)
        look.append(element("tblW", w=sum(self._widths), type="dxa"))
        look.append(element("jc", val="center"))
        look.append(_lines())
        look.append(element("tblLayout", type="fixed"))
        look.append(_margins())
        for width in self._widths:
            self._table.tblGrid.append(element("gridCol", w=width))

    def add_row(self, *, whole: bool, head: bool = False) -> list[BaseOxmlElement]:
        """Add an empty row and return its cells; a `whole` one stays on one page."""
        row, about = element("tr"), element("trPr")
        row.append(about)
        if whole:
            about.append(element("cantSplit"))
        if head:
            about.append(element("tblHeader"))
        cells = [_cell(width) for width in self._widths]
        row.extend(cells)
        self._table.append(row)
        return cells

    def fill(self, cell: BaseOxmlElement, text: str, face: str, size: float) -> None:
        """Write a text into a cell; what stands in Hei is a label and stands in the middle."""
        line = element("p")
        look = element("pPr")
        look.append(element("snapToGrid", val="0"))
        twips = round(size * _LINE * _TWIPS)
        look.append(element("spacing", before=60, after=60, line=twips, lineRule="exact"))
        look.append(element("jc", val="center" if face == HEADING else "left"))
        line.append(look)
        cell.append(line)
        if isinstance(line, CT_P):
            write(Paragraph(line, self._file), text, face, size)


def _is_short(row: Sequence[str]) -> bool:
    return sum(len(text) for text in row) < layout.WHOLE_ROW


def _cell(width: int) -> BaseOxmlElement:
    cell, about = element("tc"), element("tcPr")
    about.append(element("tcW", w=width, type="dxa"))
    about.append(element("vAlign", val="center"))
    cell.append(about)
    return cell


def _lines() -> BaseOxmlElement:
    lines = element("tblBorders")
    for side in _SIDES:
        lines.append(element(side, val="single", sz=4, space=0, color="000000"))
    return lines


def _margins() -> BaseOxmlElement:
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w=_MARGIN, type="dxa"))
    return margins
