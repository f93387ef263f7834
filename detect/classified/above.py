"""Tables that stand in text: the heading above a value."""

import re
from bisect import bisect_right
from functools import cached_property
from typing import Final

_SIGNS: Final = tuple(map(re.compile, (r"\t", r"\|", "│", ",", r"(?<=\S) {2,}(?=\S)")))
"""What divides cells, the most telling first."""
_RULES: Final = frozenset("-|:+=─│┼├┤═ ")
"""What a line between heading and rows is made of."""
_WIDEST: Final = 4096
"""Characters of a row up to which its cells are counted."""
_LONGEST: Final = 30
_DIGITS: Final = 5
"""Digits that a heading has at most: with more it is a row."""

_Row = tuple[re.Pattern[str] | None, int]
"""Sign between cells, and how often it stands in a line; no sign where it is no row."""
_NONE: Final[_Row] = (None, 0)


def _row_of(line: str) -> _Row:
    for sign in _SIGNS:
        if count := len(sign.findall(line)):
            return sign, count
    return _NONE


class Above:
    """Rows that follow one another in a text with as many cells as the line that heads them."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _heads(self) -> tuple[list[int], list[tuple[re.Pattern[str] | None, str]]]:
        """Return where each line begins, and the sign and text of the line that heads it."""
        begins: list[int] = []
        heads: list[tuple[re.Pattern[str] | None, str]] = []
        row, head, at = _NONE, "", 0
        for line in self._text.split("\n"):
            if row == _NONE or not _RULES.issuperset(line) or not line:
                found = _row_of(line)
                if found != row:
                    row, head = found, line
            begins.append(at)
            heads.append((row[0], head))
            at += len(line) + 1
        return begins, heads

    def heading(self, start: int) -> str:
        """Return the heading of the column in which a value begins; empty where there is none."""
        begins, heads = self._heads
        line = bisect_right(begins, start) - 1
        sign, head = heads[line]
        wide = max(len(head), start - begins[line]) > _WIDEST
        if wide or sign is None or ":" in head or self._text.startswith(head, begins[line]):
            return ""
        place = len(sign.findall(self._text, begins[line], start + 1))
        cell = sign.split(head)[place].strip(" \"'*`")
        is_row = sum(map(str.isdigit, cell)) > _DIGITS or len(cell) > _LONGEST
        return "" if is_row else cell
