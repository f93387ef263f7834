"""FINS of OMRON controllers, over UDP and TCP (OMRON W342, 3; W421, 7)."""

import struct
from collections.abc import Iterator
from dataclasses import replace

from sensors.protocol.cursor import Short
from sensors.protocol.industry.controller.fins_function import FUNCTIONS
from sensors.protocol.industry.function import FUNCTION_FIELDS, OTHER, function
from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample
from situation.faults import Malformed

NAME = "fins"

_HEAD = struct.Struct(">BBBBBBBBBBH")
_KINDS = (0x80, 0x81, 0xC0, 0xC1)  # command or response, answer wanted or not
_RESPONSE = 0x40
_GATEWAYS = range(8)
_MAGIC = b"FINS"
_FRAME = struct.Struct(">4sIII")
_COUNTED = 8  # octets of the frame's head that its length counts
_LENGTHS = range(_COUNTED, 4096)
_SEND = 2
_NODES = {0: "node_address_request", 1: "node_address_response"}


def _is_message(octets: bytes) -> bool:
    if len(octets) < _HEAD.size:
        return False
    kind, reserved, gateways, *_, code = _HEAD.unpack_from(octets)
    return kind in _KINDS and not reserved and gateways in _GATEWAYS and code in FUNCTIONS


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    return _is_message(octets)


def _begins_frame(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as above
    return octets.startswith(_MAGIC) and _length(octets) > 0


def _length(octets: bytes) -> int:
    if len(octets) < _FRAME.size:
        return MORE if _MAGIC.startswith(octets[:4]) else LOST
    magic, length, _, _ = _FRAME.unpack_from(octets)
    return _FRAME.size - _COUNTED + length if magic == _MAGIC and length in _LENGTHS else LOST


def _read(message: Message) -> Iterator[Fields]:
    yield _told(message.octets)


def _read_frame(message: Message) -> Iterator[Fields]:
    if len(message.octets) < _FRAME.size:
        raise Short(_FRAME.size, len(message.octets))
    _, _, code, error = _FRAME.unpack_from(message.octets)
    if code == _SEND:
        yield _told(message.octets[_FRAME.size :])
    elif code in _NODES:
        outcome = {"event.outcome": "failure", "event.reason": f"{error:#010x}"} if error else {}
        yield {**function(NAME, _NODES[code], OTHER), **outcome}


def _told(octets: bytes) -> Fields:
    if len(octets) < _HEAD.size:
        raise Short(_HEAD.size, len(octets))
    kind, _, _, network, node, machine, _, source, _, number, code = _HEAD.unpack_from(octets)
    if kind not in _KINDS:
        raise Malformed("the message is none of FINS", where="message")
    named = FUNCTIONS.get(code) or function(NAME, f"command_{code:04x}", OTHER)
    is_response = bool(kind & _RESPONSE)
    return {
        **named,
        "fins.pdu_type": "response" if is_response else "command",
        "fins.service_id": number,
        "fins.destination": f"{network}.{node}.{machine}",
        "fins.source_node": source,
        **(_outcome(octets[_HEAD.size :]) if is_response else {}),
    }


def _outcome(body: bytes) -> Fields:
    code = int.from_bytes(body[:2])
    if code:
        return {"event.outcome": "failure", "event.reason": f"{code:#06x}"}
    return {"event.outcome": "success"}


_UDP = Parser(
    name=NAME,
    standard="OMRON W342, FINS commands",
    transport="udp",
    ports=(9600,),
    begins=_begins,
    read=_read,
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        "event.outcome",
        "event.reason",
        "fins.pdu_type",
        "fins.service_id",
        "fins.destination",
        "fins.source_node",
    ),
    samples=(
        Sample(
            bytes.fromhex("80000200010000fb0007 0402 ffff"),
            {"event.action": "fins_stop", "citywatch.ics.act": "stop"},
        ),
    ),
)
PARSERS = (
    _UDP,
    replace(
        _UDP,
        transport="tcp",
        begins=_begins_frame,
        length=_length,
        read=_read_frame,
        anywhere=True,
        first=frozenset(_MAGIC[:1]),
        samples=(
            Sample(
                bytes.fromhex("46494e53 00000014 00000002 00000000 80000200010000fb0007 0307"),
                {"event.action": "fins_program_area_write", "citywatch.ics.act": "download"},
            ),
        ),
    ),
)
