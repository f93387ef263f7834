"""Where the headings of a table stand, when nothing but its rows is known."""

import re
from collections.abc import Sequence

HEAD_ROWS = 10
"""Rows in which the headings are looked for: titles and remarks may stand above them."""
_LONGEST = 40
_FILLED = 0.6
_VALUE = re.compile(
    r"[-+]?[\d.,:/ -]*\d[\d.,:/ -]*%?|[^@\s]+@[^@\s]+|https?://.*|.*[★☆].*", re.ASCII
)
"""A cell that is a value and no name of a column: figures, dates, addresses of mail and web, marks
of secrecy."""


def heading_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the index of the row of headings among the first rows; None where there is none.

    It is the first row that is filled nearly as widely as the widest, with short and distinct
    texts alone. Above it stand titles.
    """
    head = rows[:HEAD_ROWS]
    widest = max((_filled(row) for row in head), default=0)
    for at, row in enumerate(head):
        if _filled(row) >= max(1, _FILLED * widest):
            return at if _is_heading(row) and _differs(row, rows[at + 1 :]) else None
    return None


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _is_heading(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return len(set(cells)) > len(cells) // 2 and not any(
        len(cell) > _LONGEST or _VALUE.fullmatch(cell) for cell in cells
    )


def _differs(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the row is not simply the first of rows that all look like it.

    A text that comes again below in its own column is a value.
    """
    again = sum(
        1
        for at, cell in enumerate(row)
        if cell.strip() and any(at < len(other) and other[at] == cell for other in below)
    )
    return again <= len(row) // 3
