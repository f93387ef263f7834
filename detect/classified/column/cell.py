"""Cells as they come out of spreadsheets and databases, in one form."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

from detect.classified.normal import folded

_WHOLE_FLOAT = re.compile(r"([0-9]+)\.0+", re.ASCII)
_SCIENTIFIC = re.compile(r"[1-9]\.[0-9]{2,}[Ee]\+?(1[0-9])", re.ASCII)
EMPTY: Final = frozenset({
    "", "-", "--", "/", "\\", "N/A", "n/a", "NA", "null", "NULL", "Null", "None", "none", "nan",
    "NaN", "\\N", "无", "空", "暂无", "未填", "不详", "未知", "—", "――", "无此项", "undefined", "?",
    "待补充",
})  # fmt: skip
"""What is written where there is nothing."""


def plain(cell: str) -> str:
    """Return a cell without what a spreadsheet added: blanks, the apostrophe of text, `.0`."""
    return _bare(folded(cell).strip())


def all_plain(cells: Sequence[str]) -> list[str]:
    """Return `plain` of many cells, which are folded at once."""
    lines = folded("\n".join(cells)).split("\n")
    if len(lines) != len(cells):
        return [plain(cell) for cell in cells]
    stripped = map(str.strip, lines)
    return [
        _bare(cell) if cell[:1] in _MARKS or cell[-2:] in _ZEROES else cell for cell in stripped
    ]


_MARKS: Final = frozenset("'`")
_ZEROES: Final = frozenset({".0", "00"})


def _bare(text: str) -> str:
    text = text.lstrip("'`")
    found = _WHOLE_FLOAT.fullmatch(text) if text.endswith("0") else None
    return found[1] if found else text


def digits_of_float(cell: str) -> int | None:
    """Return how many digits a number had before it was written as 4.40301E+17."""
    found = _SCIENTIFIC.fullmatch(cell)
    return int(found[1]) + 1 if found else None


_DATE = re.compile(
    r"((?:19|20)[0-9]{2})[-/.年 ]?(0?[1-9]|1[0-2])"
    r"(?:[-/.月 ]?(0?[1-9]|[12][0-9]|3[01])日?|月?)"
    r"(?:[ T][0-9:.]{4,15}Z?(?:\+[0-9:]{4,5})?)?",
    re.ASCII,
)
_REVERSED = re.compile(
    r"(0?[1-9]|[12][0-9]|3[01])[-/.](0?[1-9]|1[0-2]|[12][0-9]|3[01])[-/.]((?:19|20)[0-9]{2})"
)
_SERIAL: Final = re.compile(r"[1-6]?[0-9]{4}", re.ASCII)
_EPOCH: Final = dt.date(1899, 12, 30)
"""Day 0 of a spreadsheet's serial numbers (ECMA-376 part 1, 18.17.4.1), after February 1900."""


_MONTHS: Final = 12


def day_of(cell: str, *, serial: bool = False) -> dt.date | None:
    """Return the day that a cell tells (its month's first, where it has no day).

    `serial` takes five digits for the number of a spreadsheet's day as well.
    """
    if found := _DATE.fullmatch(cell):
        return _day(found[1], found[2], found[3] or "1")
    if found := _REVERSED.fullmatch(cell):
        swapped = int(found[2]) > _MONTHS
        return _day(found[3], found[1] if swapped else found[2], found[2] if swapped else found[1])
    if serial and _SERIAL.fullmatch(cell):
        return _EPOCH + dt.timedelta(days=int(cell))
    return None


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
