"""Text that the parser writes: numbers, and the parts of a JSON object."""

import numpy as np

from sensors.compilation import called, compiled
from sensors.frame.column import Buffer

_ZERO, _BACKSLASH, _QUOTE = ord("0"), ord("\\"), ord('"')
_BASE = 10


def literal(text: str) -> Buffer:
    """Return text as octets that compiled code can hold."""
    return np.frombuffer(text.encode("ascii"), np.uint8)


@called
def put_literal(buffer: Buffer, at: int, text: Buffer) -> int:
    """Write a text as it stands; return the end."""
    for place in range(len(text)):
        buffer[at + place] = text[place]
    return at + len(text)


@called
def put_number(buffer: Buffer, at: int, value: int) -> int:
    """Write a number that is not negative; return the end."""
    digits, rest = 1, value // _BASE
    while rest > 0:
        digits += 1
        rest //= _BASE
    for place in range(digits):
        buffer[at + digits - 1 - place] = _ZERO + value % _BASE
        value //= _BASE
    return at + digits


@compiled
def put_octet(buffer: Buffer, at: int, value: int) -> int:
    """Write one character; return the end."""
    buffer[at] = value
    return at + 1


@called
def put_quoted(buffer: Buffer, at: int, text: Buffer, begin: int, end: int) -> int:
    """Write printable text as a string of JSON (RFC 8259, 7); return the end."""
    buffer[at] = _QUOTE
    at += 1
    for place in range(begin, end):
        value = text[place]
        if value in (_BACKSLASH, _QUOTE):
            buffer[at] = _BACKSLASH
            at += 1
        buffer[at] = value
        at += 1
    buffer[at] = _QUOTE
    return at + 1
