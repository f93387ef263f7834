"""Whether the characters of a page mean anything.

Fonts without a usable map of their characters give private or replacement characters, or such
that exist but that nobody writes: a wrong map deals Han characters at random. Of the Han of a
real text nearly all stand among the common ones of GB 2312 or of the first level of Big5.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

GARBLED_SHARE = 0.03
"""Share of characters without meaning from which a page is not taken for read."""
FEWEST_CHARACTERS = 20
"""Characters of a page with a picture below which the picture is taken for the page."""

_MEANINGLESS = frozenset({"Co", "Cn", "Cs"})
_REPLACEMENT = "\ufffd"
_COMMON_SHARE = 0.6
_FEWEST_HAN = 20
"""Han characters from which their kinds are judged."""
_BIG5_SECOND_LEVEL = b"\xc9\x40"


def is_garbled(texts: Iterable[str]) -> bool:
    """Tell whether too many characters of the texts are no signs, or none that anybody writes."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    bad = sum(count for character, count in counts.items() if _means_nothing(character))
    return bad > GARBLED_SHARE * counts.total() or _is_dealt(counts)


@cache
def _means_nothing(character: str) -> bool:
    if character < "\u0100":
        return character < " " and character not in "\t\n\r"
    return character == _REPLACEMENT or unicodedata.category(character) in _MEANINGLESS


def _is_dealt(counts: Counter[str]) -> bool:
    """Whether its letters beyond the alphabets look as if they had been dealt at random."""
    kinds = [(_kind(character), count) for character, count in counts.items()]
    letters, simplified, traditional = (
        sum(count for kind, count in kinds if kind[at]) for at in range(3)
    )
    return letters >= _FEWEST_HAN and max(simplified, traditional) < _COMMON_SHARE * letters


@cache
def _kind(character: str) -> tuple[bool, bool, bool]:
    """Return whether it is a letter of the East, and common in simplified, in traditional text."""
    is_letter = character > "\u2e80" and character.isalpha()
    return is_letter, is_letter and _in_gb2312(character), is_letter and _in_big5(character)


def _in_gb2312(letter: str) -> bool:
    return bool(letter.encode("gb2312", "ignore"))


def _in_big5(letter: str) -> bool:
    octets = letter.encode("big5", "ignore")
    return b"" < octets < _BIG5_SECOND_LEVEL
