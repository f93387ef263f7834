"""The filter tree: closed, typed, bounded; every store answers it alike or refuses it.

A leaf matches a document only if the document has the field, so `Not(Eq(...))` matches
documents without the field. Text is compared as it is written; case counts.
"""

import datetime as dt
import ipaddress
import math
from collections.abc import Iterator
from dataclasses import dataclass

from situation.events import address
from situation.faults import Malformed
from situation.fields import BY_NAME, Field, Kind

Value = str | int | float | bool | dt.datetime

MAX_DEPTH = 8
MAX_NODES = 256
MAX_VALUES = 1024
MAX_PREFIX = 1000
"""UTF-8 octets that a prefix may have; Lucene answers no longer one."""


@dataclass(frozen=True, slots=True)
class And:
    """Matches where every part matches; all documents where there are no parts."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Matches where any part matches; nothing where there are no parts."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Matches where the part does not."""

    part: "Filter"


@dataclass(frozen=True, slots=True)
class Eq:
    """The field has this value. Addresses compare as addresses, dates to the nanosecond."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    """The field has one of these values."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """`since` <= field < `until`; either end may be open. Not for keywords and text."""

    field: str
    since: Value | None = None
    until: Value | None = None


@dataclass(frozen=True, slots=True)
class Exists:
    """The document has the field."""

    field: str


@dataclass(frozen=True, slots=True)
class Cidr:
    """The address lies in the network, for example `10.1.0.0/16` or `fd00::/8`."""

    field: str
    network: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The keyword begins with this text."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The text holds these words in this order, whatever their case."""

    field: str
    text: str


Filter = And | Or | Not | Eq | In | Range | Exists | Cidr | Prefix | Phrase
Leaf = Eq | In | Range | Exists | Cidr | Prefix | Phrase

_COMPARABLE = {Kind.IP, Kind.DATE, Kind.LONG, Kind.DOUBLE}
_PYTHON_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.KEYWORD: (str,),
    Kind.IP: (str,),
    Kind.DATE: (dt.datetime,),
    Kind.LONG: (int,),
    Kind.DOUBLE: (int, float),
    Kind.BOOLEAN: (bool,),
    Kind.WILDCARD: (str,),
}
_PREFIXED = {Kind.KEYWORD, Kind.WILDCARD}


def check(tree: Filter) -> None:
    """Refuse a tree that is too deep, too large, or asks a field what it cannot answer."""
    for nodes, (node, depth) in enumerate(_walk(tree, 1), 1):
        if depth > MAX_DEPTH:
            raise Malformed(f"the filter is deeper than {MAX_DEPTH} levels", where="filter")
        if nodes > MAX_NODES:
            raise Malformed(f"the filter has more than {MAX_NODES} parts", where="filter")
        if not isinstance(node, And | Or | Not):
            _check_leaf(node)


def _walk(tree: Filter, depth: int) -> Iterator[tuple[Filter, int]]:
    yield tree, depth
    if depth > MAX_DEPTH:
        return
    parts = (tree.part,) if isinstance(tree, Not) else getattr(tree, "parts", ())
    for part in parts:
        yield from _walk(part, depth + 1)


def _check_leaf(leaf: Leaf) -> None:
    field = BY_NAME.get(leaf.field)
    if field is None:
        raise Malformed("the field is not declared and cannot be filtered", where=leaf.field)
    if field.kept_only:
        raise Malformed("the field is only kept and cannot be filtered", where=leaf.field)
    match leaf:
        case Eq(value=value):
            _check_value(field, value)
        case In(values=values):
            _check_values(field, values)
        case Range():
            _check_range(field, leaf)
        case Cidr(network=network):
            _check_cidr(field, network)
        case Prefix(text=text):
            _check_prefix(field, text)
        case Phrase(text=text):
            _check_kind(field, {Kind.TEXT}, bool(text.strip()), "a phrase")
        case Exists():
            pass


def _check_values(field: Field, values: tuple[Value, ...]) -> None:
    if len(values) > MAX_VALUES:
        raise Malformed(f"more than {MAX_VALUES} values", where=field.name)
    for value in values:
        _check_value(field, value)


def _check_value(field: Field, value: Value) -> None:
    types = _PYTHON_TYPES.get(field.kind)
    if types is None:
        raise Malformed("text is asked by a phrase, not by a value", where=field.name)
    fits = isinstance(value, types) and (field.kind is Kind.BOOLEAN or not isinstance(value, bool))
    if not fits:
        raise Malformed(f"{value!r} is no {field.kind.value}", where=field.name)
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        raise Malformed(f"{value!r} has no time zone", where=field.name)
    if field.kind is Kind.LONG and not -(2**63) <= int(str(value)) < 2**63:
        raise Malformed(f"{value!r} does not fit into 64 bits", where=field.name)
    if field.kind is Kind.DOUBLE and not _is_finite(value):
        raise Malformed(f"{value!r} is no finite number", where=field.name)
    if field.kind is Kind.IP and address.canonical(str(value)) is None:
        raise Malformed(f"{value!r} is no address", where=field.name)


def _is_finite(value: Value) -> bool:
    try:
        return math.isfinite(float(str(value)))
    except OverflowError:
        return False


def _check_range(field: Field, leaf: Range) -> None:
    if field.kind not in _COMPARABLE:
        raise Malformed(f"a {field.kind.value} has no range", where=field.name)
    if leaf.since is None and leaf.until is None:
        raise Malformed("a range needs at least one end", where=field.name)
    for end in (leaf.since, leaf.until):
        if end is not None:
            _check_value(field, end)


def _check_cidr(field: Field, network: str) -> None:
    try:
        ipaddress.ip_network(network)
    except ValueError as error:
        raise Malformed(f"{network!r} is no network: {error}", where=field.name) from error
    _check_kind(field, {Kind.IP}, given=True, what="a network")


def _check_prefix(field: Field, text: str) -> None:
    _check_kind(field, _PREFIXED, bool(text), "a prefix")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_PREFIX:
        raise Malformed(f"a prefix has at most {MAX_PREFIX} octets", where=field.name)


def _check_kind(field: Field, kinds: set[Kind], given: bool, what: str) -> None:  # noqa: FBT001
    if field.kind not in kinds:
        raise Malformed(f"a {field.kind.value} is not asked by {what}", where=field.name)
    if not given:
        raise Malformed(f"{what} must not be empty", where=field.name)
