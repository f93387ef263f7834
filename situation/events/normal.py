"""The normal form of a filter tree, in which values are written as the stores hold them."""

import datetime as dt
import ipaddress

from situation.events import address
from situation.events.filter import (
    And,
    Cidr,
    Eq,
    Exists,
    Filter,
    In,
    Leaf,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Value,
)
from situation.events.instant import END, iso_text, nanoseconds
from situation.events.word import words
from situation.fields import BY_NAME, Kind

NOTHING = Or(())
"""Matches no document."""

NormalLeaf = Eq | In | Range | Exists | Prefix | Phrase


def normal(where: Filter) -> Filter:
    """Return an equal tree whose leaves are `NormalLeaf` or `NOTHING`.

    Addresses are canonical, dates ISO text with nine digits and within the years that stores
    hold, numbers of a double field floats; a network is a range of addresses.
    """
    match where:
        case And(parts):
            return And(tuple(normal(part) for part in parts))
        case Or(parts):
            return Or(tuple(normal(part) for part in parts))
        case Not(part):
            return Not(normal(part))
    return _leaf(where)


def _leaf(leaf: Leaf) -> Filter:
    match leaf:
        case Eq(name, value):
            literal = _literal(name, value)
            return NOTHING if literal is None else Eq(name, literal)
        case In(name, values):
            literals = [_literal(name, value) for value in values]
            kept = tuple(dict.fromkeys(value for value in literals if value is not None))
            return In(name, kept) if kept else NOTHING
        case Range():
            return _range(leaf)
        case Cidr(name, network):
            return _network(name, network)
        case Phrase(_, text):
            return leaf if words(text) else NOTHING
    return leaf


def _literal(name: str, value: Value) -> Value | None:
    if isinstance(value, dt.datetime):
        nanos = nanoseconds(value)
        return iso_text(nanos) if 0 <= nanos < END else None
    match BY_NAME[name].kind:
        case Kind.IP:
            return address.canonical(str(value))
        case Kind.DOUBLE:
            return float(value) + 0.0
    return value


def _range(leaf: Range) -> Filter:
    since, until = leaf.since, leaf.until
    if isinstance(since, dt.datetime):
        if nanoseconds(since) >= END:
            return NOTHING
        since = max(since, _FIRST)
    if isinstance(until, dt.datetime):
        if nanoseconds(until) <= 0:
            return NOTHING
        until = until if nanoseconds(until) < END else None
    if since is None and until is None:
        return Exists(leaf.field)
    return Range(
        leaf.field,
        None if since is None else _literal(leaf.field, since),
        None if until is None else _literal(leaf.field, until),
    )


_FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _network(name: str, network: str) -> Filter:
    first, last = address.network_keys(network)
    beyond = int.from_bytes(last) + 1
    until = None
    if beyond < 2**ipaddress.IPV6LENGTH:
        until = address.address_of(beyond.to_bytes(len(last)))
    return Range(name, address.address_of(first), until)
