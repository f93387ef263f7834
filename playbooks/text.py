"""Texts that people type: of limited length, without signs that no form has."""

import unicodedata

from situation.faults import Malformed

LONGEST = 4000
"""Characters that a text may have if nothing else is said."""

_ALLOWED = "\n\t"
_FORBIDDEN = ("Cc", "Cs")
"""Control characters and halves of surrogate pairs: no database and no document takes them."""

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows: a text could read other than it is."""


def typed(text: str, where: str, *, longest: int = LONGEST) -> str:
    """Return a text as it is kept: lines end with a line feed, no blanks around it.

    Raise `Malformed` with `where` for one that is too long or has a control character, also
    one that turns the direction of the text.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(plain) > longest:
        raise Malformed(f"has more than {longest} characters", where=where)
    if any(_is_forbidden(sign) for sign in plain):
        raise Malformed("has a control character", where=where)
    return plain


def _is_forbidden(sign: str) -> bool:
    if sign in _ALLOWED:
        return False
    return sign in _TURNING or unicodedata.category(sign) in _FORBIDDEN
