"""Resource records (RFC 1035, 3.2 and 3.3): where they lie, and their data as text."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.compilation import called, compiled, integer
from sensors.dns.name import put_character, put_name, skip_name
from sensors.dns.text import literal, put_literal, put_number
from sensors.frame.column import Buffer
from sensors.frame.text import put_address, put_hexadecimal
from sensors.octets import Octets, big16, big32, big64, octet

_RECORD_OCTETS = 10
_SPACE = ord(" ")
_IPV4, _IPV6 = 4, 6
_IPV4_OCTETS, _IPV6_OCTETS = 4, 16
_SHOWN_OCTETS = 128
_TEXT_OCTETS = 400
_SOA_NUMBERS = 5
_UNKNOWN = literal("\\# ")

_OTHER, _ADDRESS, _TEXTS, _START, _POLICY, _NAMED = range(6)
_NUMBERS = {
    2: 0, 5: 0, 12: 0, 15: 1, 18: 1, 21: 1, 33: 3, 36: 1, 39: 0, 64: 1, 65: 1,
}  # fmt: skip
"""Numbers of 16 bits before the name, of types whose data is a name (NS, CNAME, PTR, MX, AFSDB,
RT, SRV, KX, DNAME, SVCB, HTTPS). The parameters behind the name of the last two are left out."""
_SHAPED = {1: _ADDRESS, 6: _START, 13: _TEXTS, 16: _TEXTS, 28: _ADDRESS, 99: _TEXTS, 257: _POLICY}
_LAST_SHAPED = max(_SHAPED)


def _shapes() -> npt.NDArray[np.uint8]:
    shapes = np.full(_LAST_SHAPED + 1, _OTHER, np.uint8)
    for kind, shape in _SHAPED.items():
        shapes[kind] = shape
    for kind, numbers in _NUMBERS.items():
        shapes[kind] = _NAMED + numbers
    return shapes


_SHAPES = _shapes()


class Record(NamedTuple):
    """A resource record: numbers, and where its name and its data lie."""

    name: int
    kind: int
    group: int
    """Its class."""
    ttl: int
    begin: int
    end: int
    """Of the data; -1 if the octets end before."""


@called
def record_at(data: Octets, at: int, end: int) -> Record:
    """Return the record at `at`."""
    name = at
    at = skip_name(data, at, end)
    if at < 0 or at + _RECORD_OCTETS > end:
        return Record(name, 0, 0, 0, 0, -1)
    begin = at + _RECORD_OCTETS
    behind = begin + big16(data, at + 8)
    return Record(
        name,
        big16(data, at),
        big16(data, at + 2),
        big32(data, at + 4),
        begin,
        behind if behind <= end else -1,
    )


@called
def address_of(data: Octets, record: Record) -> tuple[np.uint64, np.uint64, int]:
    """Return both halves of the address and its version, 0 where the data is none."""
    length = record.end - record.begin
    if record.kind == 1 and length == _IPV4_OCTETS:
        return np.uint64(0), np.uint64(big32(data, record.begin)), _IPV4
    if record.kind != 1 and length == _IPV6_OCTETS:
        return big64(data, record.begin), big64(data, record.begin + 8), _IPV6
    return np.uint64(0), np.uint64(0), 0


@compiled
def is_address(record: Record) -> bool:
    """Tell whether a record is of type A or AAAA."""
    return record.kind <= _LAST_SHAPED and integer(_SHAPES[record.kind]) == _ADDRESS


@called
def _put_named(data: Octets, base: int, record: Record, text: Buffer, out: int) -> int:
    """Write numbers and the name behind them."""
    numbers = integer(_SHAPES[record.kind]) - _NAMED
    start, at = out, record.begin
    if at + 2 * numbers > record.end:
        return start
    for _ in range(numbers):
        out = put_number(text, out, big16(data, at))
        text[out] = _SPACE
        out += 1
        at += 2
    behind, out = put_name(data, (base, at, record.end), text, out)
    return out if behind >= 0 else start


@called
def _put_start(data: Octets, base: int, record: Record, text: Buffer, out: int) -> int:
    """Write SOA: server, mailbox, serial, refresh, retry, expiry, minimum."""
    start, at = out, record.begin
    for _ in range(2):
        at, out = put_name(data, (base, at, record.end), text, out)
        if at < 0:
            return start
        text[out] = _SPACE
        out += 1
    if at + 4 * _SOA_NUMBERS > record.end:
        return start
    for number in range(_SOA_NUMBERS):
        out = put_number(text, out, big32(data, at + 4 * number))
        text[out] = _SPACE
        out += 1
    return out - 1


@called
def _put_characters(data: Octets, at: int, end: int, text: Buffer, out: int) -> int:
    """Write characters as they are."""
    for place in range(at, end):
        out = put_character(text, out, octet(data, place))
    return out


@called
def _put_texts(data: Octets, record: Record, text: Buffer, out: int) -> int:
    """Write the strings of TXT with a blank between them."""
    at, end = record.begin, min(record.end, record.begin + _TEXT_OCTETS)
    while at < end:
        if at > record.begin:
            text[out] = _SPACE
            out += 1
        behind = min(at + 1 + octet(data, at), end)
        out = _put_characters(data, at + 1, behind, text, out)
        at = behind
    return out


@called
def _put_policy(data: Octets, record: Record, text: Buffer, out: int) -> int:
    """Write CAA (RFC 8659): flags, tag, value."""
    begin, end = record.begin, min(record.end, record.begin + _TEXT_OCTETS)
    if begin + 2 > end:
        return out
    value = min(begin + 2 + octet(data, begin + 1), end)
    out = put_number(text, out, octet(data, begin))
    text[out] = _SPACE
    out = _put_characters(data, begin + 2, value, text, out + 1)
    text[out] = _SPACE
    return _put_characters(data, value, end, text, out + 1)


@called
def _put_unknown(data: Octets, record: Record, text: Buffer, out: int) -> int:
    """Write data of other types in hexadecimal (RFC 3597, 5), its first octets."""
    out = put_number(text, put_literal(text, out, _UNKNOWN), record.end - record.begin)
    text[out] = _SPACE
    out += 1
    for place in range(record.begin, min(record.end, record.begin + _SHOWN_OCTETS)):
        out = put_hexadecimal(text, out, octet(data, place), 2)
    return out


@called
def put_data(data: Octets, base: int, record: Record, text: Buffer, out: int) -> int:
    """Write the data of a record; nothing is written of what is broken."""
    if record.end <= record.begin:
        return out
    shape = integer(_SHAPES[record.kind]) if record.kind <= _LAST_SHAPED else _OTHER
    if shape >= _NAMED:
        out = _put_named(data, base, record, text, out)
    elif shape == _ADDRESS:
        high, low, version = address_of(data, record)
        out = put_address(text, out, (high, low), version) if version > 0 else out
    elif shape == _START:
        out = _put_start(data, base, record, text, out)
    elif shape == _TEXTS:
        out = _put_texts(data, record, text, out)
    elif shape == _POLICY:
        out = _put_policy(data, record, text, out)
    else:
        out = _put_unknown(data, record, text, out)
    return out
