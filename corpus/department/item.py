"""A file of the department and what is true of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from corpus.column.graded import cell, heading
from corpus.dice import Dice
from corpus.mark.page import Truth
from corpus.person import Person, people

NAME = "示例市人力资源和社会保障局"
"""The department, as the scenarios' table of the city writes it."""
GREPPABLE = frozenset(
    {
        "resident_id",
        "mobile",
        "bank_card",
        "address",
        "email",
        "passport",
        "travel_permit",
        "plate",
        "student_number",
        "residence_permit",
        "password",
        "cloud_key",
        "token",
        "private_key",
        "connection_string",
        "gps",
        "social_security",
        "name",
        "biometric",
    }
)  # fmt: skip
"""Kinds whose values a scan must never store: those that are searched for afterwards."""

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows with their heading, how many values of each kind they hold, and the values."""

    rows: Rows
    kinds: Counter[str]
    planted: frozenset[tuple[str, str]]


def planted(values: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Keep what can be searched for: names of three characters or more, whole values."""
    return frozenset(
        (kind, value)
        for kind, value in values
        if kind in GREPPABLE and (kind != "name" or len(value) > 2)
    )


_NOT_KINDS = frozenset(
    {
        "serial",
        "date",
        "department",
        "status",
        "amount",
        "place",
        "count",
        "title",
        "share",
        "url",
        "category",
        "order_number",
        "case_number",
        "parcel",
        "product",
        "version",
    }
)  # fmt: skip


def table(dice: Dice, keys: str, count: int, who: Sequence[Person] | None = None) -> Table:
    """Make a table about invented people: `keys` are kinds divided by blanks."""
    about = who or people(dice, count)
    names = keys.split()
    rows = tuple(tuple(cell(dice, kind, one) for kind in names) for one in about)
    pairs = [
        (kind, value)
        for row in rows
        for kind, value in zip(names, row, strict=True)
        if kind not in _NOT_KINDS and value
    ]
    return Table(
        rows=(tuple(heading(dice, kind) for kind in names), *rows),
        kinds=Counter(kind for kind, _ in pairs),
        planted=planted(pairs),
    )


def together(*tables: Table) -> tuple[Counter[str], frozenset[tuple[str, str]]]:
    """Add up what several tables hold."""
    kinds: Counter[str] = Counter()
    values: frozenset[tuple[str, str]] = frozenset()
    for one in tables:
        kinds += one.kinds
        values |= one.planted
    return kinds, values


_HIDDEN: dict[str, Callable[[str], str]] = {
    "resident_id": lambda value: f"{value[:6]}********{value[14:]}",
    "mobile": lambda value: f"{value[:3]}****{value[7:]}",
    "bank_card": lambda value: f"{value[:4]} **** **** {value[-4:]}",
    "name": lambda value: value[0] + "*" * (len(value) - 1),
}


def masked(rows: Rows, keys: str) -> Rows:
    """Mask the columns of a table as offices do: 6+4 of an identity number, 3+4 of a phone."""
    rules = [_HIDDEN.get(kind) for kind in keys.split()]
    head, *others = rows
    return (
        head,
        *(
            tuple(rule(value) if rule else value for rule, value in zip(rules, row, strict=True))
            for row in others
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file. `grade` is 0 to 4, None where it is not to be judged (a mark ends the reading).

    `violations` are those that a scan has to raise with the catalogue that comes along and the
    permissions that the file has; `allowed` those that it may raise besides, as notes. `unreadable`
    is the reason where it cannot be read.
    """

    path: str
    data: bytes
    kinds: Counter[str] = field(default_factory=Counter)
    grade: int | None = 0
    marks: tuple[Truth, ...] = ()
    violations: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    planted: frozenset[tuple[str, str]] = frozenset()
    note: str = ""
    open_to_all: bool = False
    """Whether all users of the machine may read it."""
