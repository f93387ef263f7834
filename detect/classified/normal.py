"""Text in one form: compatibility forms folded, invisible characters dropped, places kept."""

import sys
import unicodedata
from functools import cached_property
from typing import Final

INVISIBLE: Final = frozenset(
    char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) == "Cf"
)
"""Format characters: zero-width spaces and joiners, marks of direction, the byte order mark."""
_DROPPED: Final = dict.fromkeys(map(ord, INVISIBLE))


def folded(text: str) -> str:
    """Return text after NFKC, without characters of category Cf (Unicode, UAX 15 and 44)."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return text if INVISIBLE.isdisjoint(text) else text.translate(_DROPPED)


class Normal:
    """Text and its normal form, `folded`; both have the same lines.

    `where` leads from a place in the normal form back to the text as it was.
    """

    def __init__(self, text: str) -> None:
        self._original = text
        self.folded = folded(text)

    @cached_property
    def _lines(self) -> list[str]:
        return self._original.split("\n")

    def where(self, index: int) -> tuple[int, int]:
        """Return line and character (from 0) in the original of a place in the normal form."""
        line = self.folded.count("\n", 0, index)
        begin = self.folded.rfind("\n", 0, index) + 1
        if self.folded is self._original:
            return line, index - begin
        return line, _offset(self._lines[line], index - begin)


def _offset(line: str, wanted: int) -> int:
    """Return the character of a line from which the `wanted` character of its normal form came."""
    made = 0
    for at, char in enumerate(line):
        made += len(folded(char))
        if made > wanted:
            return at
    return len(line)
