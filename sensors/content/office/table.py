"""Tables inside documents: such that hold data row by row, and such that only lay a page out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sensors.content.heading import heading_at
from sensors.content.text.delimited import grids
from situation.content.piece import Passage, Piece
from situation.content.place import Place

Cell = list[Passage]
Row = list[Cell]

_FEWEST_ROWS = 3
_FEWEST_COLUMNS = 2
_EVEN = 0.8
"""Share of the rows of a data table that have as many cells as the widest."""
_ROWS = 2000
"""Rows that are kept before they are handed on."""
_LABEL_ENDS = (":", "：")


@dataclass(slots=True)
class Table:
    """A table while it is read, cell by cell; `take` hands on what has become too long."""

    name: str
    place: Place
    rows: list[Row] = field(default_factory=list)
    header: list[str] | None = None
    row: int = 1

    def begin_row(self) -> None:
        """Begin a row."""
        self.rows.append([])

    def begin_cell(self) -> None:
        """Begin a cell of the row."""
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append([])

    def end_row(self) -> None:
        """Close a row whose last cell was only begun because the one before it had ended."""
        if self.rows and self.rows[-1] and not self.rows[-1][-1]:
            self.rows[-1].pop()

    def add(self, passage: Passage) -> None:
        """Put a paragraph into the cell."""
        if not self.rows or not self.rows[-1]:
            self.begin_cell()
        self.rows[-1][-1].append(passage)

    def take(self, *, last: bool) -> Iterator[Piece]:
        """Yield the rows that are whole, when they are many or the table has come to its end."""
        if not last and len(self.rows) < _ROWS:
            return
        rows, self.rows = self.rows, []
        while rows and not any(rows[-1]):
            rows.pop()
        texts = [[_text(cell) for cell in row] for row in rows]
        if self.header is None and not _holds_data(texts):
            yield from _laid_out(rows)
        else:
            yield from self._grids(texts)

    def _grids(self, texts: list[list[str]]) -> Iterator[Piece]:
        if self.header is None:
            at = heading_at(texts) or 0
            yield from (Passage(text=" ".join(row), place=self.place) for row in texts[:at])
            self.header = texts[at]
            self.row += at + 1
            texts = texts[at + 1 :]
        if texts:
            yield from grids(texts, self.header, self.row, self.place, self.name)
        self.row += len(texts)


def _text(cell: Cell) -> str:
    return "\n".join(passage.text for passage in cell)


def _holds_data(rows: Sequence[Sequence[str]]) -> bool:
    """Judge by the shape: rows of the same width under headings that are no labels of a form."""
    widest = max(map(len, rows), default=0)
    even = sum(1 for row in rows if len(row) == widest)
    if len(rows) < _FEWEST_ROWS or widest < _FEWEST_COLUMNS or even < _EVEN * len(rows):
        return False
    at = heading_at(rows)
    return at is not None and not any(cell.strip().endswith(_LABEL_ENDS) for cell in rows[at])


def _laid_out(rows: Sequence[Row]) -> Iterator[Piece]:
    """Yield a row of one filled cell as it is, others joined: a label stays beside its value."""
    for row in rows:
        filled = [cell for cell in row if cell]
        if len(filled) == 1:
            yield from filled[0]
        elif filled:
            first = filled[0][0]
            yield replace(first, text="\t".join(_text(cell) for cell in row))
