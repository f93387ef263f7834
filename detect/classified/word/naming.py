"""Whether a word can be the name of a person."""

import re
from enum import IntEnum
from typing import Final

from detect.classified.word.table import HAN, characters, either, table, text, words

_TABLE = table("surname")
COMMON: Final = characters(_TABLE["common"])
SINGLE: Final = COMMON | characters(_TABLE["rare"])
COMPOUND: Final = frozenset(words(_TABLE["compound"]))
GIVEN: Final = characters(_TABLE["given"])
TITLES: Final = words(_TABLE["titles"])
_NO_NAMES: Final = frozenset(words(_TABLE["words"]))
_ORDINARY: Final = frozenset(text("ordinary").split())
"""Words of the language that look like names: 方面, 黄河. Behind a label they may be one."""
_ENDINGS: Final = characters(_TABLE["endings"])
_OFFICES: Final = characters(_TABLE["offices"])
_PARTS = re.compile(either(words(_TABLE["parts"])))

SHORTEST: Final = 2
LONGEST: Final = 4
"""Characters of a Han name with a compound surname."""
_DOTTED = re.compile(rf"[{HAN}]{{1,10}}(?:[·•・.][{HAN}]{{1,10}}){{1,4}}")
"""Names of Uyghurs, Kazakhs, Tibetans and transcribed ones: 买买提·艾力."""
_LATIN = re.compile(r"[A-Z][a-z]+(?:[ -][A-Z][a-z.]*){1,3}|[A-Z]{2,}(?:[ ,/]+[A-Z]{2,}){1,3}")
_MASKED = re.compile(
    rf"[{HAN}]{{1,2}}[*＊●×某]{{1,3}}|[*＊●×]{{1,2}}[{HAN}]{{1,2}}|[{HAN}][*＊●×][{HAN}]"
)


class Fit(IntEnum):
    """How well a word fits as a name: the higher, the better."""

    NONE = 0
    POSSIBLE = 1
    """Where a label says so: a rare surname, a foreign name, a name like a word."""
    LIKELY = 2
    """A surname that is known and a given name of one or two characters."""
    CERTAIN = 3
    """A common surname, and the given name ends as given names do."""


def name_fit(word: str) -> Fit:
    """Return how well a normalised word fits as the name of a person."""
    if not SHORTEST <= len(word) <= LONGEST or not _is_han(word):
        return Fit.POSSIBLE if _is_foreign(word) else Fit.NONE
    if word in _NO_NAMES:
        return Fit.NONE
    if word in _ORDINARY:
        return Fit.POSSIBLE
    if word[:2] in COMPOUND and len(word) > len(word[:2]):
        return Fit.CERTAIN
    if word[0] not in SINGLE or len(word) == LONGEST:
        return _possible(word)
    return _by_given(word)


def _by_given(word: str) -> Fit:
    if word[-1] in GIVEN:
        return Fit.CERTAIN if word[0] in COMMON else Fit.LIKELY
    if word[-1] not in _ENDINGS:
        return Fit.LIKELY
    return Fit.POSSIBLE if word[0] in COMMON and word[-1] not in _OFFICES else Fit.NONE


def _possible(word: str) -> Fit:
    # 陈方安生: the surnames of both parents, or of a husband.
    doubled = len(word) == LONGEST and {*word[:2]} <= COMMON and word[-1] in GIVEN
    return Fit.POSSIBLE if doubled or _PARTS.search(word) else Fit.NONE


def _is_han(word: str) -> bool:
    return all("\u3400" <= char <= "\u9fff" for char in word)


def _is_foreign(word: str) -> bool:
    return bool(_DOTTED.fullmatch(word) or _LATIN.fullmatch(word))


def is_common_name(word: str) -> bool:
    """Return whether a word is a name with one of the surnames that nearly everybody bears."""
    return name_fit(word) >= Fit.LIKELY and (word[0] in COMMON or word[:2] in COMPOUND)


def is_masked_name(word: str) -> bool:
    """Return whether a word is a name of which parts are hidden: 张*, 欧阳**, 李某."""
    return bool(_MASKED.fullmatch(word))


_TITLE = re.compile(rf"({either(TITLES)})$")


def without_title(word: str) -> str:
    """Return a name without the form of address behind it: 张三同志 is 张三."""
    found = _TITLE.search(word)
    return word[: found.start()] if found and found.start() >= SHORTEST else word
