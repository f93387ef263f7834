"""Headings that stand in the first rows of a table, below a title or a first line of headings."""

from collections.abc import Sequence
from typing import Final

from detect.classified.column.lexicon import said

HEAD_ROWS: Final = 4
_WANTED: Final = 2
_LONGEST: Final = 30
"""Headings that are known, from which a row is one of headings."""


def headings(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], int]:
    """Return the headings of a table and how many of its first rows they take.

    A row in which more headings are known than in the header is the lower line of it; where it
    says nothing, the header above counts.
    """
    known, taken = _known(header), 0
    for at, row in enumerate(rows[:HEAD_ROWS], start=1):
        if _known(row) >= max(_WANTED, known + 1) and _known(row) * 2 >= _filled(row):
            known, taken = _known(row), at
    if not taken:
        return list(header), 0
    lower = rows[taken - 1]
    return [cell.strip() or above for cell, above in zip(lower, header, strict=True)], taken


def _known(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip() and len(cell) < _LONGEST and said(cell))


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())
