"""Text that stands in another text as base64 (RFC 4648) or with signs of it as %XX (RFC 3986)."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from detect.classified.recogniser import LEFT, RIGHT

WAKES: Final = (r"[A-Za-z0-9+/_\-]{24}", "%(?:2[2Bb]|3[AaDd]|40|[Ee][4-9])")
"""What wakes the search; shorter runs hold no value that tells anything. Of the escapes those that
stand before values: quotes, plus, colon, equals sign, at, Han characters."""
LONGEST: Final = 1 << 20
"""Characters of a run that are decoded."""

_SIGN: Final = r"[A-Za-z0-9+/_\-]"
_RUN: Final = re.compile(
    rf"(?<!{_SIGN})(?:(?:{_SIGN}{{60,76}}\r?\n)+{_SIGN}{{1,76}}|{_SIGN}{{24,}})={{0,2}}(?![A-Za-z0-9+/=])"
)
_TELLING: Final = re.compile("[0-9]{8}|[\u4e00-\u9fff]{2}|[@:=]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def decoded(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a run begins and the text in it, where it is text."""
    for match in _RUN.finditer(text):
        if match.end() - match.start() <= LONGEST:
            inner = _text(match[0])
            if inner and _TELLING.search(inner) and not _CONTROL.search(inner):
                yield match.start(), inner


def _text(run: str) -> str:
    run = re.sub(r"[\r\n=]", "", run).translate(_URL_SAFE)
    if len(run) % 4 == 1:
        return ""
    try:
        return base64.b64decode(run + "=" * (-len(run) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


_URL_SAFE: Final = str.maketrans("-_", "+/")


_WORD: Final = re.compile(r"[!#-&(-;=?-~]{6,}")
"""Signs of an address or of the body of a form."""


def unescaped(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield where a word with escapes begins, the word, and the text that it means."""
    for match in _WORD.finditer(text):
        word = match[0]
        if "%" in word and len(word) <= LONGEST and (inner := unquote(word)) != word:
            yield match.start(), word, inner


def stands_in(value: str, word: str) -> bool:
    """Tell whether a value can be seen in a word without taking out its escapes."""
    return value in word and re.search(LEFT + re.escape(value) + RIGHT, word) is not None
