"""Forms laid out as a sheet: labels and values side by side, read as one text."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Final

from detect.classified.column.lexicon import EXACT, NONE, said
from detect.classified.column.title import letter
from detect.classified.normal import folded
from situation.content.piece import Grid
from situation.content.place import Place

_MOST_CELLS: Final = 400
_LONGEST_LABEL: Final = 8
"""Characters of a label that only ends like a known one: 申请人姓名."""
_KINDS: Final = 2
_SHARE, _DIFFERENT = 0.25, 0.75
"""Kinds that the labels below the first row name, the share of labels among the filled cells, and
of different ones among the labels, from which a sheet is a form. A table has its labels in its
first row, or in the second as well, and words that look like labels there come again and again."""


def _label(text: str) -> str:
    """Return the kind that a cell names as a label, or nothing."""
    told = next((one for one in said(text) if one.kind not in {NONE, "company"}), None)
    if told is None or (told.strength < EXACT and len(text) > _LONGEST_LABEL):
        return ""
    return told.kind


def is_form(grid: Grid) -> bool:
    """Tell whether a grid is a form and no table."""
    rows = max(map(len, grid.columns), default=0)
    if grid.total_rows is not None or not 0 < rows * len(grid.columns) <= _MOST_CELLS:
        return False
    first = [cell for cell in grid.header if cell.strip()]
    if len(first) > 1 and all(map(said, first)):
        return False
    below = [(row, text) for row, _, text in _cells(grid) if row >= grid.first_row]
    labels = [(row, text) for row, text in below if _label(text)]
    distinct = {text for _, text in labels}
    return (
        len({row for row, _ in labels}) >= min(2, rows)
        and len(labels) >= _SHARE * len(below)
        and len(distinct) >= _DIFFERENT * len(labels)
        and len(set(map(_label, distinct))) >= _KINDS
    )


def _cells(grid: Grid) -> Iterator[tuple[int, int, str]]:
    """Yield row, column and text of the filled cells, row by row; the heading is a row as well."""
    for column, cell in enumerate(grid.header):
        if cell.strip():
            yield grid.first_row - 1, column, cell
    for row in range(max(map(len, grid.columns), default=0)):
        for column, cells in enumerate(grid.columns):
            if cells[row].strip():
                yield grid.first_row + row, column, cells[row]


class Form:
    """The text of a form in its normal form, which knows the cell of each place.

    It is one line, a colon behind each label that has a value: a form is about one person.
    """

    def __init__(self, grid: Grid) -> None:
        cells = [(row, column, folded(cell)) for row, column, cell in _cells(grid)]
        texts = [" ".join(cell.split()) for _, _, cell in cells]
        self._place = grid.place
        self._cells = cells
        self._begins = list(accumulate((len(text) + 1 for text in texts), initial=0))
        self.text = "".join(
            text + (":" if _label(text) and not _label(behind) else "\t")
            for text, behind in pairwise((*texts, ""))
        )

    def place(self, index: int) -> Place:
        """Return the cell in which a character stands; its column by its letter."""
        row, column, _ = self._cells[bisect_right(self._begins, index, hi=len(self._cells)) - 1]
        return replace(self._place, row=row, column=letter(column))
