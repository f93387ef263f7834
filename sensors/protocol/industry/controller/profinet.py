"""PROFINET IO over UDP (IEC 61158-6-10): calls of its context manager, which are DCE-RPC (C706)."""

import struct
from collections.abc import Iterator

from sensors.protocol.cursor import Short
from sensors.protocol.industry.function import (
    FUNCTION_FIELDS,
    OTHER,
    READ,
    WRITE,
    function,
    functions,
)
from sensors.protocol.parser import Fields, Message, Parser, Sample
from situation.faults import Malformed

NAME = "profinet"

_HEAD_OCTETS = 80
_VERSION = 4
_INTERFACE_AT, _OPERATION_AT = 24, 68
_NODE = bytes.fromhex("827100a02442df7d")
"""What the identifiers of the interfaces of device, controller and supervisor end in."""
_LITTLE = 0x10
_KINDS = {0: "request", 2: "response", 3: "fault", 6: "reject"}
_OPERATIONS = functions(
    NAME,
    {
        0: ("connect", OTHER),
        1: ("release", OTHER),
        2: ("read", READ),
        3: ("write", WRITE),
        4: ("control", OTHER),
        5: ("read_implicit", READ),
    },
)
_FORMS = {True: struct.Struct("<H"), False: struct.Struct(">H")}


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _HEAD_OCTETS or octets[0] != _VERSION:
        return False
    # The first eight octets of the identifier turn with the order of the sender.
    end = _INTERFACE_AT + 16
    return octets[end - 8 : end] == _NODE


def _read(message: Message) -> Iterator[Fields]:
    octets = message.octets
    if len(octets) < _HEAD_OCTETS:
        raise Short(_HEAD_OCTETS, len(octets))
    if octets[0] != _VERSION:
        raise Malformed("the version of the call is another than 4", where="message")
    kind = _KINDS.get(octets[1])
    if kind is None:
        return
    (code,) = _FORMS[bool(octets[4] & _LITTLE)].unpack_from(octets, _OPERATION_AT)
    named = _OPERATIONS.get(code) or function(NAME, f"operation_{code}", OTHER)
    outcome = {"event.outcome": "failure"} if kind in {"fault", "reject"} else {}
    yield {**named, "profinet.pdu_type": kind, **outcome}


PARSER = Parser(
    name=NAME,
    standard="IEC 61158-6-10, C706",
    transport="udp",
    ports=(34_964,),
    begins=_begins,
    read=_read,
    anywhere=True,
    first=frozenset((_VERSION,)),
    messages=True,
    fields=(*FUNCTION_FIELDS, "event.outcome", "profinet.pdu_type"),
    samples=(
        Sample(
            bytes.fromhex("0400200010000000")
            + bytes(16)
            + bytes.fromhex("0100a0de976cd111827100a02442df7d")
            + bytes(28)
            + bytes.fromhex("0300 ffff ffff 0000 0000 0000"),
            {"event.action": "profinet_write", "citywatch.ics.act": "write"},
        ),
    ),
)
