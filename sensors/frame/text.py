"""Text that compiled code writes: numbers and addresses."""

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.compilation import compiled, integer, stage
from sensors.frame.column import Buffer, Integers, Offsets, text_column

Words = npt.NDArray[np.uint64]

ADDRESS_OCTETS = 45
"""Longest text of an IPv6 address that embeds an IPv4 address (INET6_ADDRSTRLEN less NUL)."""
_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)
_DOT, _COLON = ord("."), ord(":")
_GROUPS = 8
_OCTET = np.uint64(0xFF)
_GROUP = np.uint64(0xFFFF)
_IPV4 = 4
_MAPPED = np.uint64(0xFFFF)
_MAPPED_TEXT = np.frombuffer(b"::ffff:", np.uint8)
_LOW = np.uint64(32)
_LOW_MASK = np.uint64(0xFFFFFFFF)
_ZERO = np.uint64(0)


@compiled
def put_decimal(buffer: Buffer, at: int, value: int) -> int:
    """Write a number of at most three digits; return the end."""
    if value >= 100:  # noqa: PLR2004 - third digit
        buffer[at] = _DIGITS[value // 100]
        at += 1
    if value >= 10:  # noqa: PLR2004 - second digit
        buffer[at] = _DIGITS[value // 10 % 10]
        at += 1
    buffer[at] = _DIGITS[value % 10]
    return at + 1


@compiled
def put_hexadecimal(buffer: Buffer, at: int, value: int, digits: int) -> int:
    """Write a number with leading zeros; return the end."""
    for digit in range(digits):
        buffer[at + digit] = _DIGITS[(value >> (4 * (digits - 1 - digit))) & 0xF]
    return at + digits


@compiled
def _put_ipv4(buffer: Buffer, at: int, address: int) -> int:
    """Write an IPv4 address; return the end."""
    for shift in (24, 16, 8, 0):
        at = put_decimal(buffer, at, (address >> shift) & 0xFF)
        if shift > 0:
            buffer[at] = _DOT
            at += 1
    return at


@compiled
def _group(high: np.uint64, low: np.uint64, number: int) -> int:
    """Return one of the eight groups of an IPv6 address."""
    word = high if number < _GROUPS // 2 else low
    shift = np.uint64(16 * (_GROUPS // 2 - 1 - number % (_GROUPS // 2)))
    return integer((word >> shift) & _GROUP)


@compiled
def _longest_zeros(high: np.uint64, low: np.uint64) -> tuple[int, int]:
    """Return first group and length of the longest run of zeros, the first of equals."""
    first, length, run = -1, 1, 0
    for number in range(_GROUPS):
        run = run + 1 if _group(high, low, number) == 0 else 0
        if run > length:
            first, length = number - run + 1, run
    return first, length


@compiled
def _put_group(buffer: Buffer, at: int, value: int) -> int:
    """Write a group without leading zeros; return the end."""
    digits = 1
    while value >> (4 * digits) > 0:
        digits += 1
    return put_hexadecimal(buffer, at, value, digits)


@compiled
def _put_ipv6(buffer: Buffer, at: int, high: np.uint64, low: np.uint64) -> int:
    """Write an IPv6 address as RFC 5952 has it; return the end."""
    if high == _ZERO and low >> _LOW == _MAPPED:
        for place in range(len(_MAPPED_TEXT)):
            buffer[at + place] = _MAPPED_TEXT[place]
        at += len(_MAPPED_TEXT)
        return _put_ipv4(buffer, at, integer(low & _LOW_MASK))
    first, length = _longest_zeros(high, low)
    number = 0
    while number < _GROUPS:
        if number == first:
            buffer[at] = _COLON
            buffer[at + 1] = _COLON
            at += 2
            number += length
            continue
        if number > 0 and number != first + length:
            buffer[at] = _COLON
            at += 1
        at = _put_group(buffer, at, _group(high, low, number))
        number += 1
    return at


@compiled
def put_address(buffer: Buffer, at: int, address: tuple[np.uint64, np.uint64], version: int) -> int:
    """Write an address of either version; return the end."""
    if version == _IPV4:
        return _put_ipv4(buffer, at, integer(address[1]))
    return _put_ipv6(buffer, at, address[0], address[1])


@stage
def put_addresses(
    highs: Words, lows: Words, versions: Integers, buffer: Buffer, ends: Offsets
) -> None:
    """Write one address a row; version 0 is none."""
    at = 0
    for row in range(len(lows)):
        if versions[row] != 0:
            at = put_address(buffer, at, (highs[row], lows[row]), versions[row])
        ends[row + 1] = at


def address_column(highs: Words, lows: Words, versions: Integers) -> pl.Series:
    """Return addresses as canonical text (RFC 5952), null where the version is 0."""
    present = versions != 0
    return text_column(
        len(lows),
        ADDRESS_OCTETS,
        lambda buffer, ends: put_addresses(highs, lows, versions, buffer, ends),
        None if present.all() else present,
    )
