"""What a column is called in what is stored about it: its heading, or its letter."""

import re
from typing import Final

from detect.classified.column.cell import day_of
from detect.classified.column.lexicon import said
from detect.classified.normal import folded
from detect.classified.word.address import is_address
from detect.classified.word.naming import Fit, name_fit

_LETTERS: Final = 26
_LONGEST: Final = 40
_VALUE = re.compile(r"[0-9]{5,}|@|[0-9]{3,}[ -][0-9]{3,}|[*●]{2,}")


def letter(index: int) -> str:
    """Return the letters of a column, as spreadsheets have them: A, B, ... AA."""
    letters, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def title(heading: str, index: int) -> str:
    """Return the heading of a column, or its letter where there is none.

    A table without headings may have had its first row taken for them: what may be a value is
    not shown.
    """
    text = heading.strip()
    return letter(index) if not text or _may_be_value(text) else heading


def _may_be_value(text: str) -> bool:
    plain = folded(text)
    if len(plain) > _LONGEST or _VALUE.search(plain) or day_of(plain):
        return True
    return not said(text) and (name_fit(plain) >= Fit.LIKELY or is_address(plain))
