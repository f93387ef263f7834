"""Lists of 16-bit numbers, and the numbers that mean nothing (GREASE, RFC 8701)."""

import functools
import struct
from collections.abc import Iterable

_REMEMBERED = 256

GREASE = frozenset(0x1010 * nibble + 0x0A0A for nibble in range(16))
"""Numbers that clients put in so that servers learn to pass over what they do not know."""


@functools.lru_cache(maxsize=_REMEMBERED)
def _list_of(count: int) -> struct.Struct:
    return struct.Struct(f">{count}H")


def sixteen(octets: bytes) -> list[int]:
    """Return the numbers that stand one behind the other, without those of GREASE.

    An odd octet at the end is passed over.
    """
    numbers = _list_of(len(octets) // 2).unpack_from(octets)
    return [number for number in numbers if number not in GREASE]


def hexadecimal(numbers: Iterable[int]) -> str:
    """Return numbers as four digits each, with commas between them."""
    listed = tuple(numbers)
    return _list_of(len(listed)).pack(*listed).hex(",", 2)
