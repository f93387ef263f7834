"""Text that stands in another text as base64 (RFC 4648): found, decoded, to be judged as text."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

WAKES: Final = (r"[A-Za-z0-9+/_\-]{24}",)
"""What wakes the search; shorter runs hold no value that tells anything."""
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
