"""IEC 60870-5-104: telecontrol over TCP (IEC 60870-5-104:2006, 5 and 7)."""

import struct
from collections.abc import Iterator
from dataclasses import replace

from sensors.protocol.cursor import Short
from sensors.protocol.industry.function import FUNCTION_FIELDS, OTHER, function
from sensors.protocol.industry.iec104_type import (
    CAUSES,
    CONFIRMATIONS,
    CONTROLS,
    SEGMENT,
    SEGMENT_FUNCTIONS,
    TYPES,
    UNKNOWNS,
)
from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample
from situation.faults import Malformed

NAME = "iec104"

_START = 0x68
_LENGTHS = range(4, 254)
_HEAD_OCTETS, _CONTROL_AT = 2, 2
_APCI_OCTETS = 6
_NUMBERED, _FORMAT, _SUPERVISORY = 0x01, 0x03, 0x01
_ASDU = struct.Struct("<BBBBHHB")  # the object address as 16 and 8 bits
_SEQUENCE, _COUNT = 0x80, 0x7F
_CAUSE, _NEGATIVE, _TEST = 0x3F, 0x40, 0x80
_SELECT = 0x80
_VALUES = {
    45: (struct.Struct("<B"), 0x01),
    46: (struct.Struct("<B"), 0x03),
    58: (struct.Struct("<B"), 0x01),
    59: (struct.Struct("<B"), 0x03),
    49: (struct.Struct("<h"), 0),
    62: (struct.Struct("<h"), 0),
    50: (struct.Struct("<f"), 0),
    63: (struct.Struct("<f"), 0),
}
"""What commands set, and the bits of it; without bits all of it, with the qualifier behind."""


def _is_frame(octets: bytes) -> bool:
    if len(octets) < _APCI_OCTETS or octets[0] != _START or octets[1] not in _LENGTHS:
        return False
    control = octets[_CONTROL_AT]
    if not control & _NUMBERED:
        return not octets[4] & _NUMBERED and octets[1] >= _LENGTHS.start + _ASDU.size
    if octets[1] != _LENGTHS.start:
        return False
    if control & _FORMAT == _SUPERVISORY:
        return control == _SUPERVISORY and not octets[3] and not octets[4] & _NUMBERED
    return control in CONTROLS and octets[3:_APCI_OCTETS] == b"\0\0\0"


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if not _is_frame(octets):
        return False
    return bool(octets[_CONTROL_AT] & _NUMBERED) or octets[_APCI_OCTETS:][:1] in _TYPE_OCTETS


_TYPE_OCTETS = tuple(bytes([code]) for code in TYPES)


def _begins_anywhere(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as above
    """Tell whether the conversation begins with a control function, which is all of a payload."""
    return len(octets) == _APCI_OCTETS and _is_frame(octets) and octets[_CONTROL_AT] in CONTROLS


def _length(octets: bytes) -> int:
    if len(octets) < _HEAD_OCTETS:
        return MORE
    if octets[0] != _START or octets[1] not in _LENGTHS:
        return LOST
    return _HEAD_OCTETS + octets[1]


def _read(message: Message) -> Iterator[Fields]:
    octets = message.octets
    if len(octets) < _APCI_OCTETS:
        raise Short(_APCI_OCTETS, len(octets))
    control = octets[_CONTROL_AT]
    if not control & _NUMBERED:
        yield _told(octets, from_client=message.from_client)
    elif control & _FORMAT != _SUPERVISORY:
        if control not in CONTROLS:
            raise Malformed("the control function is none", where="message")
        yield CONTROLS[control]


def _told(octets: bytes, *, from_client: bool) -> Fields:
    """Return what an ASDU says: its type, its cause, its first object."""
    if len(octets) < _APCI_OCTETS + _ASDU.size:
        raise Short(_ASDU.size, len(octets) - _APCI_OCTETS)
    code, count, cause, originator, common, low, high = _ASDU.unpack_from(octets, _APCI_OCTETS)
    named = TYPES.get(code) or function(NAME, f"type_{code}", OTHER)
    number = cause & _CAUSE
    return {
        **(SEGMENT_FUNCTIONS[from_client] if code == SEGMENT else named),
        "iec104.type_id": code,
        "iec104.cause": CAUSES.get(number, str(number)),
        "iec104.originator": originator,
        "iec104.common_address": common,
        "iec104.object_address": low | high << 16,
        "iec104.object_count": count & _COUNT,
        **_outcome(number, cause),
        **_value(code, octets[_APCI_OCTETS + _ASDU.size :]),
    }


def _outcome(number: int, cause: int) -> dict[str, object]:
    fields: dict[str, object] = {"iec104.test": True} if cause & _TEST else {}
    if number in UNKNOWNS:
        return {**fields, "event.outcome": "failure", "event.reason": CAUSES[number]}
    if cause & _NEGATIVE:
        return {**fields, "event.outcome": "failure", "event.reason": "negative_confirmation"}
    return {**fields, "event.outcome": "success"} if number in CONFIRMATIONS else fields


def _value(code: int, data: bytes) -> dict[str, object]:
    layout = _VALUES.get(code)
    if layout is None:
        return {}
    form, mask = layout
    if len(data) < form.size + (not mask):
        raise Short(form.size, len(data))
    (value,) = form.unpack_from(data)
    qualifier = data[0] if mask else data[form.size]
    if isinstance(value, float):
        value = round(value, 6) if abs(value) < 1e30 else str(value)  # noqa: PLR2004 - NaN and such
    return {
        "iec104.value": value & mask if mask else value,
        "iec104.select": bool(qualifier & _SELECT),
    }


PARSER = Parser(
    name=NAME,
    standard="IEC 60870-5-104:2006",
    transport="tcp",
    ports=(2404,),
    begins=_begins,
    length=_length,
    read=_read,
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        "event.outcome",
        "event.reason",
        "iec104.type_id",
        "iec104.cause",
        "iec104.originator",
        "iec104.common_address",
        "iec104.object_address",
        "iec104.object_count",
        "iec104.test",
        "iec104.value",
        "iec104.select",
    ),
    samples=(
        Sample(
            bytes.fromhex("68 04 07 00 00 00"),
            {"event.action": "iec104_startdt_act", "citywatch.ics.act": "start"},
        ),
        Sample(
            bytes.fromhex("68 0e 0000 0000 2d 01 06 00 0300 941100 81"),
            {
                "citywatch.ics.function": "C_SC_NA_1",
                "citywatch.ics.act": "write",
                "iec104.cause": "activation",
                "iec104.common_address": 3,
                "iec104.object_address": 4500,
                "iec104.value": 1,
                "iec104.select": True,
            },
        ),
    ),
)
PARSERS = (
    PARSER,
    replace(
        PARSER,
        ports=(),
        begins=_begins_anywhere,
        anywhere=True,
        first=frozenset((_START,)),
        samples=PARSER.samples[:1],
    ),
)
