"""The words of a condition: names, texts, numbers and signs, each with its column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from playbooks.cacao.variable import REFERENCE, full_name
from situation.faults import Malformed

LONGEST = 4096
"""Characters of a condition."""

KEYWORDS = frozenset(("AND", "OR", "NOT", "IN", "LIKE", "ISSUBSET", "EXISTS"))
_WORD = re.compile(
    r"(?P<blank>[ \t\r\n]+)"
    r"|(?P<number>-?(?:\d{1,15}\.\d{1,18}|\d{1,19}))(?![\w.])"
    r"|(?P<text>'(?:[^'\\]|\\['\\]|'')*')"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_-]*(?::[A-Za-z0-9_.-]+)?)"
    r"|(?P<sign><=|>=|!=|<>|==|[=<>()\[\],])",
    re.ASCII,
)
_SAME = {"==": "=", "<>": "!=", "[": "(", "]": ")"}
"""Signs of STIX patterns that say what another says here."""
_ESCAPED = re.compile(r"\\(['\\])|''")


class TokenKind(StrEnum):
    """What a word of a condition is."""

    NAME = "name"
    LITERAL = "literal"
    SIGN = "sign"
    """Also the keywords."""
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `value` is a full name, a value, or the sign; columns count from 1."""

    kind: TokenKind
    value: str | int | float | bool
    column: int

    def is_sign(self, *signs: str) -> bool:
        """Tell whether it is one of these signs or keywords."""
        return self.kind is TokenKind.SIGN and self.value in signs


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the words of a condition, at last one of kind END; raise `Malformed` with the column.

    Brackets of a STIX pattern come as parentheses.
    """
    if len(text) > LONGEST:
        raise Malformed(f"has more than {LONGEST} characters", where="condition")
    at = 0
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            raise fault(f"{text[at]!r} has no place here", at + 1)
        if found.lastgroup != "blank":
            yield _token(str(found.lastgroup), found[0], at + 1)
        at = found.end()
    yield Token(TokenKind.END, "", len(text) + 1)


def fault(reason: str, column: int) -> Malformed:
    """Return what is wrong at a column."""
    return Malformed(reason, where=f"condition, column {column}")


def _token(group: str, text: str, column: int) -> Token:
    if group == "number":
        return Token(TokenKind.LITERAL, float(text) if "." in text else int(text), column)
    if group == "text":
        plain = _ESCAPED.sub(lambda found: found[1] or "'", text[1:-1])
        return Token(TokenKind.LITERAL, plain, column)
    if group == "sign" or text in KEYWORDS:
        return Token(TokenKind.SIGN, _SAME.get(text, text), column)
    if text in ("true", "false"):
        return Token(TokenKind.LITERAL, text == "true", column)
    return Token(TokenKind.NAME, _name(text, column), column)


def _name(text: str, column: int) -> str:
    reference = REFERENCE.fullmatch(text)
    if reference:
        return full_name(reference[1])
    if ":" in text:
        raise fault(f"{text} is no variable, only variables can be asked about", column)
    return full_name(text)
