"""Modbus/TCP (MODBUS Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3; Protocol V1.1b3)."""

import struct
from collections.abc import Iterator

from sensors.protocol.cursor import Short
from sensors.protocol.industry.function import FUNCTION_FIELDS, OTHER, function
from sensors.protocol.industry.modbus_function import (
    DIAGNOSTIC_FUNCTIONS,
    DIAGNOSTICS,
    ENCAPSULATED,
    ENCAPSULATED_FUNCTIONS,
    EXCEPTIONS,
    FUNCTIONS,
    UMAS,
    UMAS_FUNCTIONS,
)
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample
from sensors.protocol.text import text_of
from situation.faults import Malformed

NAME = "modbus"

_HEAD = struct.Struct(">HHHBB")
_LENGTHS = range(2, 255)
_PREFIX_OCTETS = 6
_EXCEPTION = 0x80
_EXCEPTION_OCTETS = 3
_OBJECTS_LIMIT = 16
_OBJECTS = ("vendor", "product", "revision", "url", "product_name", "model", "application")

_RANGE = (struct.Struct(">HH"), ("modbus.address", "modbus.quantity"))
_VALUE = (struct.Struct(">HH"), ("modbus.address", "modbus.value"))
_MASK = (struct.Struct(">HHH"), ("modbus.address", "modbus.mask.and", "modbus.mask.or"))
_TWO_RANGES = (
    struct.Struct(">HHHH"),
    ("modbus.read.address", "modbus.read.quantity", "modbus.address", "modbus.quantity"),
)
_QUEUE = (struct.Struct(">H"), ("modbus.address",))
_REQUESTS = {
    **dict.fromkeys((1, 2, 3, 4, 15, 16), _RANGE),
    5: _VALUE,
    6: _VALUE,
    22: _MASK,
    23: _TWO_RANGES,
    24: _QUEUE,
}
"""What stands behind the function code of a request."""
_ANSWERS = {5: _VALUE, 6: _VALUE, 15: _RANGE, 16: _RANGE, 22: _MASK}
"""What an answer repeats of it."""
_PARTS = {
    DIAGNOSTICS: (1, DIAGNOSTIC_FUNCTIONS),
    ENCAPSULATED: (0, ENCAPSULATED_FUNCTIONS),
    UMAS: (1, UMAS_FUNCTIONS),
}
"""Codes with functions of their own, and the octet behind the code that tells which."""


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _HEAD.size:
        return False
    _, protocol, length, _, code = _HEAD.unpack_from(octets)
    if protocol or length not in _LENGTHS or not code & ~_EXCEPTION:
        return False
    if code >= _EXCEPTION:
        return bool(length == _EXCEPTION_OCTETS)
    return code in FUNCTIONS or len(octets) == _PREFIX_OCTETS + length


def _length(octets: bytes) -> int:
    if len(octets) < _HEAD.size:
        return MORE
    _, protocol, length, _, _ = _HEAD.unpack_from(octets)
    return LOST if protocol or length not in _LENGTHS else _PREFIX_OCTETS + length


def _named(code: int, body: bytes) -> Fields:
    """Return the function that a request names."""
    if code in _PARTS:
        at, names = _PARTS[code]
        if at < len(body) and body[at] in names:
            return names[body[at]]
    return FUNCTIONS.get(code) or function(NAME, f"function_{code}", OTHER)


def _values(
    code: int, body: bytes, layouts: dict[int, tuple[struct.Struct, tuple[str, ...]]]
) -> Fields:
    layout = layouts.get(code)
    if layout is None:
        return {}
    form, names = layout
    if len(body) < form.size:
        raise Short(form.size, len(body))
    return dict(zip(names, form.unpack_from(body), strict=True))


def _request(number: int, unit: int, code: int, message: Message) -> Fields:
    body = message.octets[_HEAD.size :]
    asked = {**_named(code, body), **_values(code, body, _REQUESTS)}
    ask(message.session, (number, unit), asked)
    return asked


def _device(body: bytes) -> Fields:
    """Return what a device says of itself (6.21)."""
    fields: dict[str, object] = {}
    at = 6
    for _ in range(_OBJECTS_LIMIT):
        if at + 2 > len(body):
            break
        number, size = body[at], body[at + 1]
        if number < len(_OBJECTS):
            fields[f"modbus.device.{_OBJECTS[number]}"] = text_of(body[at + 2 : at + 2 + size])
        at += 2 + size
    return fields


def _answer(number: int, unit: int, code: int, message: Message) -> Fields:
    body = message.octets[_HEAD.size :]
    asked = answer(message.session, (number, unit))
    if code & _EXCEPTION:
        reason = EXCEPTIONS.get(body[0], f"exception_{body[0]}") if body else "exception"
        named = asked or _named(code & ~_EXCEPTION, b"")
        return {**named, "event.outcome": "failure", "event.reason": reason}
    fields = {**(asked or _named(code, body)), **_values(code, body, _ANSWERS)}
    if code == ENCAPSULATED and body[:1] == b"\x0e":
        fields |= _device(body)
    failed = code == UMAS and body[1:2] == b"\xfd"
    return {**fields, "event.outcome": "failure" if failed else "success"}


def _read(message: Message) -> Iterator[Fields]:
    if len(message.octets) < _HEAD.size:
        raise Short(_HEAD.size, len(message.octets))
    number, protocol, _, unit, code = _HEAD.unpack_from(message.octets)
    if protocol:
        raise Malformed("the protocol is another than Modbus", where="message")
    told = _request if message.from_client else _answer
    yield {
        **told(number, unit, code, message),
        "modbus.pdu_type": "request" if message.from_client else "response",
        "modbus.transaction_id": number,
        "modbus.unit": unit,
        "modbus.function_code": code & ~_EXCEPTION,
    }


PARSER = Parser(
    name=NAME,
    standard="MODBUS Application Protocol Specification V1.1b3",
    transport="tcp",
    ports=(502,),
    begins=_begins,
    length=_length,
    read=_read,
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        "event.outcome",
        "event.reason",
        "modbus.pdu_type",
        "modbus.transaction_id",
        "modbus.unit",
        "modbus.function_code",
        "modbus.address",
        "modbus.quantity",
        "modbus.value",
        "modbus.mask.and",
        "modbus.mask.or",
        "modbus.read.address",
        "modbus.read.quantity",
        *(f"modbus.device.{name}" for name in _OBJECTS),
    ),
    samples=(
        Sample(
            bytes.fromhex("0001 0000 0006 11 06 0001 0003"),
            {
                "event.action": "modbus_write_single_register",
                "citywatch.ics.act": "write",
                "modbus.unit": 17,
                "modbus.address": 1,
                "modbus.value": 3,
            },
        ),
        Sample(
            bytes.fromhex("0002 0000 0003 11 83 02"),
            {
                "citywatch.ics.function": "read_holding_registers",
                "event.outcome": "failure",
                "event.reason": "illegal_data_address",
            },
            from_client=False,
        ),
    ),
)
