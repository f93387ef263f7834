"""Text from the wire: decoded leniently, without control characters, of bounded length."""

import re

from situation.fields import KEYWORD_LIMIT

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def text_of(octets: bytes, encoding: str = "utf-8", limit: int = KEYWORD_LIMIT) -> str:
    """Return octets as text of at most `limit` characters.

    What is not text of the encoding, and each control character, becomes U+FFFD. UTF-8 that is
    none is read as GB18030 if it is that.
    """
    # No encoding has characters of more than four octets.
    return cleaned(_decoded(octets[: 4 * limit], encoding), limit)


def cleaned(text: str, limit: int = KEYWORD_LIMIT) -> str:
    """Return text without control characters, of at most `limit` characters."""
    if text.isprintable() and len(text) <= limit:
        return text
    return _CONTROLS.sub(_REPLACEMENT, text[:limit])


def _decoded(octets: bytes, encoding: str) -> str:
    if encoding != "utf-8":
        return octets.decode(encoding, errors="replace")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        pass
    try:
        return octets.decode("gb18030")
    except UnicodeDecodeError:
        return octets.decode(errors="replace")
