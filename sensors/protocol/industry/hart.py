"""HART-IP over UDP and TCP (HCF_SPEC-085; commands of HCF_SPEC-127 and HCF_SPEC-151)."""

import struct
from collections.abc import Iterator
from dataclasses import replace

from sensors.protocol.cursor import Cursor, Short
from sensors.protocol.industry.function import (
    FUNCTION_FIELDS,
    OTHER,
    READ,
    RESTART,
    WRITE,
    function,
    functions,
)
from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample
from situation.faults import Malformed

NAME = "hart_ip"

_HEAD = struct.Struct(">BBBBHH")
_VERSION = 1
_KINDS = {0: "request", 1: "response", 2: "publish", 3: "error", 15: "error"}
_PASS_THROUGH = 3
_MESSAGES = functions(
    NAME,
    {
        0: ("session_initiate", OTHER),
        1: ("session_close", OTHER),
        2: ("keep_alive", OTHER),
        _PASS_THROUGH: ("pass_through", OTHER),
    },
)
_LENGTHS = range(_HEAD.size, 1024)
_LONG_ADDRESS, _EXPANSIONS = 0x80, 0x60
_READS = (
    *range(4), *range(7, 10), *range(11, 17), 20, 21, 33, 48, 50, 54, 57, 60, 63, 74, 76, 77, 84,
)  # fmt: skip
_WRITES = (6, *range(17, 20), 22, *range(34, 38), *range(43, 48), 49, *range(51, 54), 55, 56)
_RESET = 42
_COMMANDS = {
    **functions(NAME, {code: (f"command_{code}", READ) for code in _READS}),
    **functions(NAME, {code: (f"command_{code}", WRITE) for code in _WRITES}),
    _RESET: function(NAME, "perform_device_reset", RESTART),
}
"""Universal and common-practice commands; HART knows them by their numbers."""


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _HEAD.size:
        return False
    version, kind, message, _, _, length = _HEAD.unpack_from(octets)
    known = version == _VERSION and kind in _KINDS and message in _MESSAGES
    return known and _HEAD.size <= length <= len(octets)


def _length(octets: bytes) -> int:
    if len(octets) < _HEAD.size:
        return MORE
    version, kind, _, _, _, length = _HEAD.unpack_from(octets)
    return length if version == _VERSION and kind in _KINDS and length in _LENGTHS else LOST


def _read(message: Message) -> Iterator[Fields]:
    if len(message.octets) < _HEAD.size:
        raise Short(_HEAD.size, len(message.octets))
    version, kind, code, status, number, length = _HEAD.unpack_from(message.octets)
    if version != _VERSION or kind not in _KINDS:
        raise Malformed("the message is none of HART-IP", where="message")
    named = _MESSAGES.get(code) or function(NAME, f"message_{code}", OTHER)
    if code == _PASS_THROUGH:
        named = _command(Cursor(message.octets, _HEAD.size, length))
    fields = {"hart_ip.message_type": _KINDS[kind], "hart_ip.sequence": number}
    outcome = {"event.outcome": "failure", "event.reason": str(status)} if status else {}
    yield {**named, **fields, **outcome}


def _command(cursor: Cursor) -> Fields:
    """Return the command of a frame of the token-passing link (HCF_SPEC-081)."""
    delimiter = cursor.octet()
    cursor.skip(5 if delimiter & _LONG_ADDRESS else 1)
    cursor.skip((delimiter & _EXPANSIONS) >> 5)
    code = cursor.octet()
    named = _COMMANDS.get(code) or function(NAME, f"command_{code}", OTHER)
    return {**named, "hart_ip.command": code}


_UDP = Parser(
    name=NAME,
    standard="HCF_SPEC-085",
    transport="udp",
    ports=(5094, 5095),
    begins=_begins,
    read=_read,
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        "event.outcome",
        "event.reason",
        "hart_ip.message_type",
        "hart_ip.sequence",
        "hart_ip.command",
    ),
    samples=(
        Sample(
            bytes.fromhex("0100030000030011 82264e0000d2 2a 00 12"),
            {"citywatch.ics.function": "perform_device_reset", "hart_ip.command": 42},
        ),
    ),
)
PARSERS = (_UDP, replace(_UDP, transport="tcp", length=_length))
