r"""Conditions: a small typed grammar of comparisons; nothing in them is ever executed.

    condition = all of {OR}, of {AND}, of NOT, parentheses, comparisons
    comparison = operand (= | != | < | <= | > | >=) operand
               | operand [NOT] (IN (values) | IN list | LIKE 'text%_' | ISSUBSET 'network')
               | EXISTS name

A name is a variable: `hours`, `__hours__` and `__hours__:value` are the same. Texts stand in single
quotes, with `''` or `\'` for a quote. The comparisons of STIX patterns (STIX 2.1, section 9) are
read where they ask about variables; their brackets count as parentheses.
"""

import ipaddress
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from playbooks.cacao.comparison import LONGEST_PATTERN, SIGNS
from playbooks.cacao.playbook import Variable
from playbooks.cacao.term import (
    And,
    Exists,
    Known,
    Listing,
    Literal,
    Name,
    Not,
    Operand,
    Or,
    Term,
    Test,
    names_in,
)
from playbooks.cacao.token import Token, TokenKind, fault, tokens_of

DEEPEST = 32
"""Levels of parentheses and of NOT."""
_WORDS = frozenset(("IN", "LIKE", "ISSUBSET"))
"""The signs that may be negated in their place."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read. Its text is the usual form of it: parsing it gives the same."""

    term: Term

    def holds(self, variables: Mapping[str, Variable]) -> bool:
        """Tell whether it is true of variables, which are known by their full names.

        A comparison with a variable without a value is false. Raise `Malformed` for a variable
        that there is not, or whose value is none of its type.
        """
        return bool(self.verdict(variables))

    def verdict(
        self, variables: Mapping[str, Variable], unknown: AbstractSet[str] = frozenset()
    ) -> bool | None:
        """Return as `holds`, None where it hangs on one of the `unknown` names."""
        return self.term.verdict(Known(variables, unknown))

    @property
    def names(self) -> frozenset[str]:
        """Return the full names of the variables that it asks about."""
        return names_in(self.term)

    def __str__(self) -> str:
        """Return its usual form."""
        return str(self.term)


def parse(text: str) -> Condition:
    """Read a condition; raise `Malformed` with the column of what is wrong."""
    reading = _Reading(list(tokens_of(text)))
    term = reading.any_of()
    reading.expect(TokenKind.END, "the end or AND or OR")
    return Condition(term)


class _Reading:
    """The tokens of one condition and how far they were read."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def any_of(self) -> Term:
        parts = self._joined("OR", self._all_of)
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def expect(self, kind: TokenKind, what: str) -> Token:
        token = self.tokens[self.at]
        if token.kind is not kind:
            raise fault(f"{what} is expected", token.column)
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def _all_of(self) -> Term:
        parts = self._joined("AND", self._part)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _joined(self, word: str, part: Callable[[], Term]) -> list[Term]:
        parts = [part()]
        while self._took(word):
            parts.append(part())
        return parts

    def _part(self) -> Term:
        self.depth += 1
        if self.depth > DEEPEST:
            raise fault(f"is deeper than {DEEPEST} levels", self.tokens[self.at].column)
        try:
            return self._factor()
        finally:
            self.depth -= 1

    def _factor(self) -> Term:
        if self._took("NOT"):
            return Not(self._part())
        if self._took("EXISTS"):
            return Exists(Name(str(self.expect(TokenKind.NAME, "a variable").value)))
        if self._took("("):
            term = self.any_of()
            self._need(")")
            return term
        return self._comparison()

    def _comparison(self) -> Term:
        left = self._operand()
        negated = self._took("NOT")
        token = self.expect(TokenKind.SIGN, "an operator")
        sign = str(token.value)
        if sign not in SIGNS or (negated and sign not in _WORDS):
            raise fault("an operator is expected", token.column)
        right = self._among() if sign == "IN" else self._checked(sign)
        return Test(left, sign, right, negated)

    def _operand(self) -> Name | Literal:
        token = self.tokens[self.at]
        if token.kind is TokenKind.NAME:
            self.at += 1
            return Name(str(token.value))
        return Literal(self.expect(TokenKind.LITERAL, "a variable or a value").value)

    def _among(self) -> Operand:
        if not self._took("("):
            return Name(str(self.expect(TokenKind.NAME, "a list").value))
        values = [Literal(self.expect(TokenKind.LITERAL, "a value").value)]
        while self._took(","):
            values.append(Literal(self.expect(TokenKind.LITERAL, "a value").value))
        self._need(")")
        return Listing(tuple(values))

    def _checked(self, sign: str) -> Operand:
        column = self.tokens[self.at].column
        operand = self._operand()
        if isinstance(operand, Literal) and sign in _CHECKS:
            reason = _CHECKS[sign](operand.value)
            if reason:
                raise fault(reason, column)
        return operand

    def _took(self, sign: str) -> bool:
        if not self.tokens[self.at].is_sign(sign):
            return False
        self.at += 1
        return True

    def _need(self, sign: str) -> None:
        if not self._took(sign):
            raise fault(f"{sign} is expected", self.tokens[self.at].column)


def _pattern_fault(value: object) -> str:
    if not isinstance(value, str):
        return "a pattern is a text"
    long = len(value) > LONGEST_PATTERN
    return f"a pattern has at most {LONGEST_PATTERN} characters" if long else ""


def _network_fault(value: object) -> str:
    try:
        ipaddress.ip_network(str(value))
    except ValueError:
        return f"{value!r} is no network"
    return ""


_CHECKS: Mapping[str, Callable[[object], str]] = {
    "LIKE": _pattern_fault,
    "ISSUBSET": _network_fault,
}
"""What a literal on the right has to be; the answer is what is wrong, empty for nothing."""
