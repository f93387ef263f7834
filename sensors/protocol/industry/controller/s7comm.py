"""S7comm of Siemens controllers (S7-300 and S7-400), within ISO transport (RFC 1006)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sensors.protocol.cursor import Cursor, Short
from sensors.protocol.industry.controller.s7_function import (
    AREAS,
    BLOCK_FUNCTIONS,
    BLOCKS,
    GROUPS,
    INVOCATION,
    INVOCATIONS,
    JOBS,
    PASSWORD,
    READ_VAR,
    RESULTS,
    SYSTEM_STATE,
    USER_FUNCTIONS,
    WRITE_VAR,
)
from sensors.protocol.industry.function import FUNCTION_FIELDS, OTHER, function
from sensors.protocol.industry.transport import (
    DATA,
    KIND_AT,
    USER_DATA_AT,
    gathered,
    packet_length,
    unit,
)
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import Fields, Message, Parser, Sample
from sensors.protocol.text import text_of
from situation.faults import Malformed

NAME = "s7comm"

_HEAD = struct.Struct(">BBHHHH")
_IDENTIFIER = 0x32
_JOB, _ACK, _ACK_DATA, _USER_DATA = 1, 2, 3, 7
_KINDS = {_JOB: "job", _ACK: "ack", _ACK_DATA: "ack_data", _USER_DATA: "userdata"}
_ANY = b"\x12\x0a\x10"
_ITEM = struct.Struct(">3xBHHB")
_ITEM_OCTETS = 12
_ITEMS_LIMIT = 20
_GOOD = 0xFF
_NAME_AT, _SHORTEST_INVOCATION = 8, 3
_NUMBER_AREAS = ("C", "T")
_BIT = 0x01
_TYPES = {
    1: "BIT", 2: "BYTE", 3: "CHAR", 4: "WORD", 5: "INT", 6: "DWORD", 7: "DINT", 8: "REAL",
    28: "COUNTER", 29: "TIMER",
}  # fmt: skip


class _Unit(NamedTuple):
    """One unit of S7comm: its head, its parameters, its data."""

    kind: int
    reference: int
    error: int
    parameters: bytes
    data: bytes


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if packet_length(octets) <= 0 or len(octets) <= USER_DATA_AT:
        return False
    # The connection before it may be one of S7comm, S7comm-plus or MMS alike.
    is_unit = octets[KIND_AT] == DATA and octets[USER_DATA_AT] == _IDENTIFIER
    return is_unit and octets[USER_DATA_AT + 1 : USER_DATA_AT + 2] in _KIND_OCTETS


_KIND_OCTETS = tuple(bytes([kind]) for kind in _KINDS)


def _unit(octets: bytes) -> _Unit:
    if len(octets) < _HEAD.size:
        raise Short(_HEAD.size, len(octets))
    identifier, kind, _, reference, parameters, data = _HEAD.unpack_from(octets)
    if identifier != _IDENTIFIER or kind not in _KINDS:
        raise Malformed("the unit is none of S7comm", where="message")
    cursor = Cursor(octets, _HEAD.size)
    error = cursor.big(2) if kind in {_ACK, _ACK_DATA} else 0
    return _Unit(kind, reference, error, cursor.take(parameters), cursor.take(data))


def _read(message: Message) -> Iterator[Fields]:
    packet = unit(message.octets)
    if packet.kind != DATA:
        return
    octets = gathered(message.session, packet, from_client=message.from_client)
    if not octets:
        return
    found = _unit(octets)
    told = _TELLERS[found.kind](found, message)
    yield {**told, "s7comm.rosctr": _KINDS[found.kind], "s7comm.reference": found.reference}


def _job(found: _Unit, message: Message) -> Fields:
    code = found.parameters[0] if found.parameters else 0
    asked = {
        **(JOBS.get(code) or function(NAME, f"function_{code}", OTHER)),
        **_subject(code, found.parameters),
        "s7comm.function_code": code,
    }
    ask(message.session, (_JOB, found.reference, message.from_client), asked)
    return asked


def _subject(code: int, parameters: bytes) -> Fields:
    """Return what a job is about: variables, a block, or a program invocation."""
    if code in {READ_VAR, WRITE_VAR}:
        return _variables(parameters)
    if code in BLOCK_FUNCTIONS:
        block = _block(parameters[_NAME_AT + 1 :])
        return {"s7comm.block": block} if block else {}
    return _invocation(parameters) if code == INVOCATION else {}


def _variables(parameters: bytes) -> Fields:
    count = parameters[1] if len(parameters) > 1 else 0
    fields: dict[str, object] = {"s7comm.item_count": count}
    items: list[str] = []
    at = 2
    for _ in range(min(count, _ITEMS_LIMIT)):
        if parameters[at : at + 3] != _ANY or at + _ITEM_OCTETS > len(parameters):
            break
        kind, length, block, area = _ITEM.unpack_from(parameters, at)
        bits = int.from_bytes(parameters[at + 9 : at + 12])
        if not items:
            fields |= _first(AREAS.get(area, f"{area:#04x}"), block, bits)
        items.append(_written(area, block, bits, f"{_TYPES.get(kind, kind)} {length}"))
        at += _ITEM_OCTETS
    return {**fields, "s7comm.items": items} if items else fields


def _first(area: str, block: int, bits: int) -> Fields:
    numbered = area in _NUMBER_AREAS
    fields = {"s7comm.area": area, "s7comm.address": bits if numbered else bits >> 3}
    return {**fields, "s7comm.db": block} if block else fields


def _written(area: int, block: int, bits: int, what: str) -> str:
    """Return an item as engineers write it: DB1.DBX10.0 BYTE 4."""
    letters = AREAS.get(area, f"{area:#04x}")
    if letters in _NUMBER_AREAS:
        return f"{letters}{bits} {what}"
    place = f"{bits >> 3}.{bits & 7}"
    return f"DB{block}.DBX{place} {what}" if letters in {"DB", "DI"} else f"{letters}{place} {what}"


def _block(name: bytes) -> str:
    """Return a block as engineers write it: DB1, OB35."""
    begin = name.find(b"_") + 1 if name[:1] == b"_" else 0
    kind, number = BLOCKS.get(name[begin : begin + 2]), name[begin + 2 : begin + 7]
    return f"{kind}{int(number)}" if kind and number.isdigit() else ""


def _invocation(parameters: bytes) -> Fields:
    if len(parameters) < _NAME_AT + _SHORTEST_INVOCATION:
        return {}
    cursor = Cursor(parameters, _NAME_AT)
    argument = cursor.take(cursor.big(2))
    service = cursor.take(cursor.octet())
    named = INVOCATIONS.get(service, {})
    block = _block(argument[2:]) if service.startswith((b"_INS", b"_DELE")) else ""
    fields = {"s7comm.pi_service": text_of(service), "s7comm.block": block}
    return {**named, **{name: value for name, value in fields.items() if value}}


def _acknowledged(found: _Unit, message: Message) -> Fields:
    code = found.parameters[0] if found.parameters else 0
    asked = answer(message.session, (_JOB, found.reference, not message.from_client))
    if not asked:
        asked = {
            **(JOBS.get(code) or function(NAME, f"function_{code}", OTHER)),
            "s7comm.function_code": code,
        }
    if found.error:
        return {**asked, "event.outcome": "failure", "event.reason": f"{found.error:#06x}"}
    result = found.data[0] if code in {READ_VAR, WRITE_VAR} and found.data else _GOOD
    if result != _GOOD:
        reason = RESULTS.get(result, f"{result:#04x}")
        return {**asked, "event.outcome": "failure", "event.reason": reason}
    return {**asked, "event.outcome": "success"}


def _user_data(found: _Unit, message: Message) -> Fields:
    cursor = Cursor(found.parameters, 5)
    kind = cursor.octet()
    key = kind & 0x0F, cursor.octet()
    named = USER_FUNCTIONS.get(key) or GROUPS.get(key[0])
    fields: dict[str, object] = {
        **(named or function(NAME, f"user_function_{key[0]}_{key[1]}", OTHER)),
        "s7comm.function_code": 0,
        "s7comm.method": _METHODS.get(kind >> 4, str(kind >> 4)),
    }
    if key == PASSWORD and kind >> 4 == _REQUEST:
        fields["citywatch.credentials.cleartext"] = True
    if key == SYSTEM_STATE and len(found.data) >= _STATE_OCTETS:
        fields["s7comm.szl_id"] = f"0x{found.data[4:6].hex()}"
    number = _USER_DATA, found.reference, message.from_client ^ (kind >> 4 == _RESPONSE)
    if kind >> 4 == _REQUEST:
        ask(message.session, number, fields)
    elif kind >> 4 == _RESPONSE:
        return {**answer(message.session, number), **fields, **_outcome(found.parameters)}
    return fields


_METHODS = {0: "push", 4: "request", 8: "response"}
_REQUEST, _RESPONSE = 4, 8
_STATE_OCTETS = 8
_ERROR_AT = 10


def _outcome(parameters: bytes) -> Fields:
    error = int.from_bytes(parameters[_ERROR_AT : _ERROR_AT + 2])
    if error:
        return {"event.outcome": "failure", "event.reason": f"{error:#06x}"}
    return {"event.outcome": "success"}


_TELLERS = {_JOB: _job, _ACK: _acknowledged, _ACK_DATA: _acknowledged, _USER_DATA: _user_data}

PARSER = Parser(
    name=NAME,
    standard="S7comm over RFC 1006",
    transport="tcp",
    ports=(102,),
    begins=_begins,
    length=packet_length,
    read=_read,
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        "event.outcome",
        "event.reason",
        "citywatch.credentials.cleartext",
        "s7comm.rosctr",
        "s7comm.reference",
        "s7comm.function_code",
        "s7comm.method",
        "s7comm.item_count",
        "s7comm.items",
        "s7comm.area",
        "s7comm.db",
        "s7comm.address",
        "s7comm.block",
        "s7comm.pi_service",
        "s7comm.szl_id",
    ),
    samples=(
        Sample(
            bytes.fromhex(
                "03000021 02f080 32010000000200100000 29 0000000000 09 505f50524f4752414d"
            ),
            {"event.action": "s7comm_plc_stop", "citywatch.ics.act": "stop"},
        ),
        Sample(
            bytes.fromhex(
                "03000024 02f080 320100000007000e0005 05 01 120a10020001000184000050 0004 0008 2a"
            ),
            {
                "citywatch.ics.function": "write_var",
                "s7comm.area": "DB",
                "s7comm.db": 1,
                "s7comm.address": 10,
                "s7comm.items": ["DB1.DBX10.0 BYTE 1"],
            },
        ),
    ),
)
