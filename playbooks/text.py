"""Texts that people type: of limited length, without signs that no form has."""

import unicodedata

from situation.faults import Malformed

LONGEST = 4000
"""Characters that a text may have if nothing else is said."""

_ALLOWED = "\n\t"
_FORBIDDEN = ("Cc", "Cs")
"""Control characters and halves of surrogate pairs: no database and no document takes them."""


def typed(text: str, where: str, *, longest: int = LONGEST) -> str:
    """Return a text as it is kept: lines end with a line feed, no blanks around it.

    Raise `Malformed` with `where` for one that is too long or has a control character.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(plain) > longest:
        raise Malformed(f"has more than {longest} characters", where=where)
    if any(unicodedata.category(sign) in _FORBIDDEN and sign not in _ALLOWED for sign in plain):
        raise Malformed("has a control character", where=where)
    return plain
