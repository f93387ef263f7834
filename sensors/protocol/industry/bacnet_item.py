"""Tagged values of BACnet (ANSI/ASHRAE 135-2020, 20.2)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sensors.protocol.cursor import Cursor
from sensors.protocol.industry.bacnet_vocabulary import OBJECTS
from sensors.protocol.text import text_of

BOOLEAN, UNSIGNED, SIGNED, REAL, TEXT, ENUMERATED, OBJECT = 1, 2, 3, 4, 7, 9, 12
"""Application tags."""

_ITEMS_LIMIT = 24
_CLASS, _KIND = 0x08, 0x07
_EXTENDED_NUMBER = 15
_LONG, _OPENING, _CLOSING = 5, 6, 7
_TWO_OCTETS, _FOUR_OCTETS = 254, 255
_INSTANCE_BITS, _INSTANCE = 22, 0x3FFFFF
_REAL = struct.Struct(">f")
_INTEGER_LIMIT = 8
_WIDE_TEXT = 4


class Item(NamedTuple):
    """A value with its tag. `depth` counts the opened tags that it lies in."""

    number: int
    is_context: bool
    depth: int
    value: bytes


def items(octets: bytes) -> Iterator[Item]:
    """Yield the first values of a service; those of a segment may be cut, and end there."""
    cursor = Cursor(octets)
    depth = 0
    for _ in range(_ITEMS_LIMIT):
        if not cursor.left:
            return
        first = cursor.octet()
        number = first >> 4
        if number == _EXTENDED_NUMBER:
            number = cursor.octet()
        is_context, kind = bool(first & _CLASS), first & _KIND
        if is_context and kind >= _OPENING:
            depth += 1 if kind == _OPENING else -1
            continue
        if number == BOOLEAN and not is_context:
            yield Item(number, is_context, depth, bytes([kind]))
            continue
        size = _size(cursor, kind)
        if size > cursor.left:
            return
        yield Item(number, is_context, depth, cursor.take(size))


def _size(cursor: Cursor, kind: int) -> int:
    if kind < _LONG:
        return kind
    size = cursor.octet()
    if size == _TWO_OCTETS:
        return cursor.big(2)
    return cursor.big(4) if size == _FOUR_OCTETS else size


def object_name(value: bytes) -> str:
    """Return an object identifier as text: analog-output 5."""
    number = int.from_bytes(value)
    kind = number >> _INSTANCE_BITS
    return f"{OBJECTS[kind] if kind < len(OBJECTS) else kind} {number & _INSTANCE}"


def text(value: bytes) -> str:
    """Return a character string, whose first octet tells its encoding."""
    return text_of(value[1:], "utf-16-be" if value[:1] == bytes([_WIDE_TEXT]) else "utf-8")


def plain(item: Item) -> str | None:
    """Return an application value as text; None for one that is not simple."""
    if item.is_context or (len(item.value) > _INTEGER_LIMIT and item.number != TEXT):
        return None
    if item.number in {BOOLEAN, UNSIGNED, ENUMERATED}:
        return str(int.from_bytes(item.value))
    if item.number == SIGNED:
        return str(int.from_bytes(item.value, signed=True))
    if item.number == REAL and len(item.value) == _REAL.size:
        return f"{_REAL.unpack(item.value)[0]:.7g}"
    if item.number == OBJECT:
        return object_name(item.value)
    return text(item.value) if item.number == TEXT else None
