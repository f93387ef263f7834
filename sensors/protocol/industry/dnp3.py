"""DNP3 over TCP and UDP (IEEE 1815-2012): link, transport, application."""

import struct
from collections.abc import Iterator
from dataclasses import replace

from sensors.protocol.cursor import Cursor, Short
from sensors.protocol.industry.dnp3_function import (
    ANSWERS,
    CONFIRM,
    FAILURES,
    FUNCTIONS,
    INDICATIONS,
    LINK_FUNCTIONS,
    OPERATIONS,
    STATUS,
    TRIPS,
    UNSOLICITED,
)
from sensors.protocol.industry.function import FUNCTION_FIELDS, OTHER, function
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample
from situation.faults import Malformed

NAME = "dnp3"

_MAGIC = b"\x05\x64"
_FIRST = frozenset(_MAGIC[:1])
_HEAD = struct.Struct("<2xBBHHH")
_COUNTED = 5  # octets of the head that the length counts
_BLOCK, _CHECK = 16, 2
_PRIMARY = 0x40
_FUNCTION = 0x0F
_FIRST_SEGMENT = 0x40
_SEQUENCE = 0x0F
_POLYNOMIAL = 0xA6BC
_RELAY_OUTPUT = 12, 1
_RELAY_OCTETS = 11
_INDEXED = {0x17: (1, 1), 0x28: (2, 2)}
"""Qualifiers of outputs: octets of the count, and of the index before each object."""


def _tables() -> tuple[tuple[int, ...], ...]:
    """Return for each of eight octets in a row what it adds to the checksum (9.2.4.3)."""
    tables = []
    values = list(range(256))
    for _ in range(8):
        for _ in range(8):
            values = [value >> 1 ^ (_POLYNOMIAL if value & 1 else 0) for value in values]
        tables.append(tuple(values))
    return tuple(reversed(tables))


_TABLES = _tables()


def _is_head(octets: bytes) -> bool:
    return len(octets) >= _HEAD.size and octets[:2] == _MAGIC and octets[2] >= _COUNTED


def _is_sound(octets: bytes) -> bool:
    """Tell whether the checksum of a frame's head is right (9.2.4.3)."""
    check = 0
    for table, octet in zip(_TABLES, octets, strict=False):
        check ^= table[octet]
    return check ^ 0xFFFF == octets[8] | octets[9] << 8


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    return _is_head(octets) and (_size(octets[2]) <= len(octets) or _is_sound(octets))


def _begins_anywhere(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as above
    return _is_head(octets) and _is_sound(octets)


def _size(counted: int) -> int:
    """Return the octets of a frame by its length, which counts no checksums."""
    data = counted - _COUNTED
    return _HEAD.size + data + _CHECK * -(-data // _BLOCK)


def _length(octets: bytes) -> int:
    if len(octets) < _HEAD.size:
        return MORE if _MAGIC.startswith(octets[:2]) else LOST
    return _size(octets[2]) if _is_head(octets) else LOST


def _frames(octets: bytes) -> Iterator[bytes]:
    """Yield the frames of a message: one of a stream, all of a datagram."""
    at = 0
    while at < len(octets):
        length = _length(octets[at : at + _HEAD.size])
        if length <= 0:
            raise Malformed("the frame is none of DNP3", where="message")
        if at + length > len(octets):
            raise Short(length, len(octets) - at)
        yield octets[at : at + length]
        at += length


def _user_data(frame: bytes) -> bytes:
    step = _BLOCK + _CHECK
    blocks = (frame[at : at + step][:-_CHECK] for at in range(_HEAD.size, len(frame), step))
    return b"".join(blocks)


def _read(message: Message) -> Iterator[Fields]:
    for frame in _frames(message.octets):
        _, control, destination, source, _ = _HEAD.unpack_from(frame)
        data = _user_data(frame)
        told = _application(data, message) if data else _link(control)
        if told:
            damage = {} if _is_sound(frame) else {"dnp3.checksum_error": True}
            yield {**told, **damage, "dnp3.source": source, "dnp3.destination": destination}


def _link(control: int) -> Fields:
    key = int(bool(control & _PRIMARY)), control & _FUNCTION
    return LINK_FUNCTIONS.get(key) or function(NAME, f"link_function_{key[1]}", OTHER)


def _application(data: bytes, message: Message) -> Fields:
    """Return what a segment says; those behind the first of a fragment hold but the rest of it."""
    if not data[0] & _FIRST_SEGMENT:
        return {}
    cursor = Cursor(data, 1)
    sequence = cursor.octet() & _SEQUENCE
    code = cursor.octet()
    fields: dict[str, object] = {
        **(FUNCTIONS.get(code) or function(NAME, f"function_{code}", OTHER)),
        "dnp3.function_code": code,
        "dnp3.sequence": sequence,
    }
    if code not in ANSWERS:
        fields |= _objects(cursor)
        if code != CONFIRM:
            ask(message.session, sequence, {"dnp3.request": fields["citywatch.ics.function"]})
        return fields
    indications = cursor.big(2)
    fields |= _indicated(indications) | _objects(cursor)
    return fields if code == UNSOLICITED else {**answer(message.session, sequence), **fields}


def _indicated(indications: int) -> dict[str, object]:
    names = [name for bit, name in INDICATIONS if indications & bit]
    failures = [name for bit, name in INDICATIONS if indications & bit & FAILURES]
    fields: dict[str, object] = {"event.outcome": "failure" if failures else "success"}
    if failures:
        fields["event.reason"] = failures[0]
    return {**fields, "dnp3.indications": names} if names else fields


def _objects(cursor: Cursor) -> dict[str, object]:
    """Return the first objects: their group and variation, and the first relay output."""
    if cursor.left < 3:  # noqa: PLR2004 - group, variation, qualifier
        return {}
    kind = cursor.octet(), cursor.octet()
    qualifier = cursor.octet()
    fields: dict[str, object] = {"dnp3.object": f"g{kind[0]}v{kind[1]}"}
    if kind == _RELAY_OUTPUT and qualifier in _INDEXED:
        fields |= _relay_output(cursor, *_INDEXED[qualifier])
    return fields


def _relay_output(cursor: Cursor, count: int, index: int) -> dict[str, object]:
    if cursor.left < count + index + _RELAY_OCTETS:
        return {}
    cursor.skip(count)
    place = int.from_bytes(cursor.take(index), "little")
    code = cursor.octet()
    fields: dict[str, object] = {
        "dnp3.control.index": place,
        "dnp3.control.operation": OPERATIONS.get(code & _FUNCTION, str(code & _FUNCTION)),
        "dnp3.control.count": cursor.octet(),
    }
    if code >> 6 in TRIPS:
        fields["dnp3.control.trip_close"] = TRIPS[code >> 6]
    cursor.skip(8)
    status = cursor.octet() & 0x7F
    return {**fields, "dnp3.control.status": STATUS.get(status, str(status))} if status else fields


_TCP = Parser(
    name=NAME,
    standard="IEEE 1815-2012",
    transport="tcp",
    ports=(20_000,),
    begins=_begins,
    length=_length,
    read=_read,
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        "event.outcome",
        "event.reason",
        "dnp3.checksum_error",
        "dnp3.source",
        "dnp3.destination",
        "dnp3.function_code",
        "dnp3.sequence",
        "dnp3.request",
        "dnp3.indications",
        "dnp3.object",
        "dnp3.control.index",
        "dnp3.control.operation",
        "dnp3.control.count",
        "dnp3.control.trip_close",
        "dnp3.control.status",
    ),
    samples=(
        Sample(
            bytes.fromhex("056408c40a000100fc42 c0c00d 9c86"),
            {"event.action": "dnp3_cold_restart", "citywatch.ics.act": "restart"},
        ),
        Sample(
            bytes.fromhex("05640a4401000a006e25 c0c0810001 c2de"),
            {"event.outcome": "failure", "event.reason": "function_not_supported"},
            from_client=False,
        ),
    ),
)
_UDP = replace(_TCP, transport="udp", length=len)
PARSERS = (
    _TCP,
    _UDP,
    replace(_TCP, ports=(), begins=_begins_anywhere, anywhere=True, first=_FIRST),
    replace(_UDP, ports=(), begins=_begins_anywhere, anywhere=True, first=_FIRST),
)
