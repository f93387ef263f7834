"""What a condition is made of, and what it says of variables.

Three answers are possible: true, false, and None where it hangs on a value that is not known yet.
"""

import itertools
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from playbooks.cacao.comparison import SIGNS
from playbooks.cacao.playbook import Variable
from playbooks.cacao.variable import typed
from situation.faults import Malformed


@dataclass(frozen=True, slots=True)
class Known:
    """The variables by their full names, and the names whose values only the real run knows."""

    variables: Mapping[str, Variable]
    unknown: AbstractSet[str] = frozenset()

    def variable(self, name: str) -> Variable:
        """Return the variable; raise `Malformed` for one that there is not."""
        found = self.variables.get(name)
        if found is None:
            raise Malformed(f"there is no variable {name}", where="condition")
        return found


@dataclass(frozen=True, slots=True)
class Name:
    """A variable by its full name."""

    name: str

    def __str__(self) -> str:
        """Return it as CACAO refers to a variable."""
        return f"{self.name}:value"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the condition."""

    value: str | int | float | bool

    def __str__(self) -> str:
        """Return it as it is written."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, str):
            return "'{}'".format(self.value.replace("\\", "\\\\").replace("'", "\\'"))
        return format(Decimal(repr(self.value)), "f")


@dataclass(frozen=True, slots=True)
class Listing:
    """The values in parentheses after IN."""

    values: tuple[Literal, ...]

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"({', '.join(map(str, self.values))})"


Operand = Name | Literal | Listing


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison. One with a variable that has no value is false, also when it is negated."""

    left: Name | Literal
    sign: str
    right: Operand
    negated: bool = False

    def verdict(self, known: Known) -> bool | None:
        """Return what it says; raise `Malformed` for a variable that there is not."""
        names = [part.name for part in (self.left, self.right) if isinstance(part, Name)]
        variables = [known.variable(name) for name in names]
        if any(name in known.unknown for name in names):
            return None
        if any(variable.value is None for variable in variables):
            return False
        return SIGNS[self.sign](*_pair(self.left, self.right, known)) != self.negated

    def __str__(self) -> str:
        """Return it as it is written."""
        sign = f"NOT {self.sign}" if self.negated else self.sign
        return f"{self.left} {sign} {self.right}"


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether a variable has a value."""

    name: Name

    def verdict(self, known: Known) -> bool | None:
        """Return what it says; raise `Malformed` for a variable that there is not."""
        variable = known.variable(self.name.name)
        return None if self.name.name in known.unknown else variable.value is not None

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"EXISTS {self.name}"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: "Term"

    def verdict(self, known: Known) -> bool | None:
        """Return the opposite of what the part says."""
        verdict = self.part.verdict(known)
        return None if verdict is None else not verdict

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"NOT {_inner(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts."""

    parts: tuple["Term", ...]

    def verdict(self, known: Known) -> bool | None:
        """Return false if any part is false, else None if any is unknown."""
        verdicts = [part.verdict(known) for part in self.parts]
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def __str__(self) -> str:
        """Return it as it is written."""
        return " AND ".join(map(_inner, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more parts."""

    parts: tuple["Term", ...]

    def verdict(self, known: Known) -> bool | None:
        """Return true if any part is true, else None if any is unknown."""
        verdicts = [part.verdict(known) for part in self.parts]
        if True in verdicts:
            return True
        return None if None in verdicts else False

    def __str__(self) -> str:
        """Return it as it is written."""
        return " OR ".join(map(_inner, self.parts))


Term = Test | Exists | Not | And | Or


def _inner(part: Term) -> str:
    return f"({part})" if isinstance(part, And | Or) else str(part)


def _pair(left: Name | Literal, right: Operand, known: Known) -> tuple[object, object]:
    """Return both values; a text opposite a variable is read as one of the variable's type."""
    kinds = [known.variable(part.name).type for part in (left, right) if isinstance(part, Name)]
    kind = kinds[0] if kinds and kinds[0] != "list" else "string"
    return _value(left, kind, known), _value(right, kind, known)


def _value(part: Operand, kind: str, known: Known) -> object:
    if isinstance(part, Name):
        variable = known.variable(part.name)
        value = typed(variable.type, variable.value or "")
        return [_read(item, kind) for item in value] if isinstance(value, list) else value
    if isinstance(part, Listing):
        return [_read(item.value, kind) for item in part.values]
    return _read(part.value, kind)


def _read(value: object, kind: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        return typed(kind, value)
    except Malformed:
        return value


def names_in(part: Term) -> frozenset[str]:
    """Return the full names of the variables that a condition asks about."""
    if isinstance(part, And | Or):
        return frozenset(itertools.chain.from_iterable(map(names_in, part.parts)))
    if isinstance(part, Not):
        return names_in(part.part)
    if isinstance(part, Exists):
        return frozenset((part.name.name,))
    return frozenset(side.name for side in (part.left, part.right) if isinstance(side, Name))


def misfits(part: Term, variables: Mapping[str, Variable]) -> list[str]:
    """Return the comparisons that cannot hold for variables of these types, as they are written."""
    if isinstance(part, And | Or):
        return [fault for each in part.parts for fault in misfits(each, variables)]
    if isinstance(part, Not):
        return misfits(part.part, variables)
    if isinstance(part, Exists):
        return []
    return [] if _can_hold(part, variables) else [f"{part} can never be told"]


def _can_hold(test: Test, variables: Mapping[str, Variable]) -> bool:
    named = [side for side in (test.left, test.right) if isinstance(side, Name)]
    written = [side for side in (test.left, test.right) if isinstance(side, Literal)]
    if isinstance(test.right, Listing):
        written += test.right.values
    types = {variables[side.name].type for side in named}
    if test.sign in ("LIKE", "ISSUBSET") or "list" in types:
        return True
    return all(_is_of(kind, literal.value) for kind in types for literal in written)


def _is_of(kind: str, value: object) -> bool:
    if isinstance(value, bool):
        return kind == "bool"
    if isinstance(value, int | float):
        return kind in ("integer", "long", "float")
    try:
        typed(kind, str(value))
    except Malformed:
        return False
    return True
