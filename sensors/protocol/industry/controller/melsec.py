"""MELSEC communication of Mitsubishi controllers, binary 3E frames over TCP and UDP (SLMP).

The protocol of the engineering tool (MELSOFT) is not published; it is but known by its heads.
"""

import struct
from collections.abc import Iterator
from dataclasses import replace

from sensors.protocol.cursor import Short
from sensors.protocol.industry.function import (
    DOWNLOAD,
    FUNCTION_FIELDS,
    OTHER,
    READ,
    RESTART,
    START,
    STOP,
    UPLOAD,
    WRITE,
    function,
    functions,
)
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample

NAME = "melsec"

_HEAD = struct.Struct("<HBBHBH")
_REQUEST = struct.Struct("<HHH")
_REQUEST_HEAD, _RESPONSE_HEAD = 0x0050, 0x00D0
_LENGTHS = range(2, 8192)
_MODULES = range(0x03D0, 0x0400)
_COMMANDS = functions(
    NAME,
    {
        0x0101: ("read_type_name", READ),
        0x0401: ("batch_read", READ),
        0x0403: ("random_read", READ),
        0x0406: ("block_batch_read", READ),
        0x0619: ("self_test", OTHER),
        0x0801: ("register_monitor", READ),
        0x0802: ("execute_monitor", READ),
        0x1001: ("remote_run", START),
        0x1002: ("remote_stop", STOP),
        0x1003: ("remote_pause", STOP),
        0x1005: ("remote_latch_clear", WRITE),
        0x1006: ("remote_reset", RESTART),
        0x1401: ("batch_write", WRITE),
        0x1402: ("random_write", WRITE),
        0x1406: ("block_batch_write", WRITE),
        0x1617: ("clear_error", WRITE),
        0x1630: ("remote_unlock", OTHER),
        0x1631: ("remote_lock", OTHER),
        0x1810: ("read_directory", READ),
        0x1820: ("create_file", WRITE),
        0x1822: ("delete_file", WRITE),
        0x1824: ("copy_file", WRITE),
        0x1827: ("open_file", OTHER),
        0x1828: ("read_file", UPLOAD),
        0x1829: ("write_file", DOWNLOAD),
        0x182A: ("close_file", OTHER),
    },
)
_UNLOCK = 0x1630
_TOOL = function(NAME, "engineering_tool", OTHER)
_TOOL_RESPONSE = 0x80
_TOOL_HEADS = (
    bytes.fromhex("5700000000111107"),
    bytes.fromhex("d700000000111107"),
    bytes.fromhex("5a0000"),
    bytes.fromhex("da0000"),
)


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _HEAD.size + 2:
        return False
    kind, _, _, module, _, length = _HEAD.unpack_from(octets)
    if kind not in {_REQUEST_HEAD, _RESPONSE_HEAD} or module not in _MODULES:
        return False
    if length not in _LENGTHS or _HEAD.size + length > len(octets):
        return False
    return kind == _RESPONSE_HEAD or octets[11:13] in _COMMAND_OCTETS


_COMMAND_OCTETS = frozenset(code.to_bytes(2, "little") for code in _COMMANDS)


def _begins_tool(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as above
    return any(
        octets.startswith(head[:1]) and octets[2 : len(head)] == head[2:] for head in _TOOL_HEADS
    )


def _length(octets: bytes) -> int:
    if len(octets) < _HEAD.size:
        return MORE
    kind, _, _, _, _, length = _HEAD.unpack_from(octets)
    known = kind in {_REQUEST_HEAD, _RESPONSE_HEAD} and length in _LENGTHS
    return _HEAD.size + int(length) if known else LOST


def _read(message: Message) -> Iterator[Fields]:
    octets = message.octets
    if len(octets) < _HEAD.size + 2:
        raise Short(_HEAD.size + 2, len(octets))
    kind, network, station, _, _, _ = _HEAD.unpack_from(octets)
    told = _request(message) if kind == _REQUEST_HEAD else _response(message)
    yield {**told, "melsec.network": network, "melsec.station": station}


def _request(message: Message) -> Fields:
    if len(message.octets) < _HEAD.size + _REQUEST.size:
        raise Short(_REQUEST.size, len(message.octets) - _HEAD.size)
    _, code, _ = _REQUEST.unpack_from(message.octets, _HEAD.size)
    asked: dict[str, object] = {
        **(_COMMANDS.get(code) or function(NAME, f"command_{code:04x}", OTHER)),
        "melsec.command": f"{code:04x}",
    }
    ask(message.session, NAME, asked)
    if code == _UNLOCK:
        asked["citywatch.credentials.cleartext"] = True
    return {**asked, "melsec.pdu_type": "request"}


def _response(message: Message) -> Fields:
    """Return an answer. The frames have no number, so that it belongs to the request before."""
    code = int.from_bytes(message.octets[_HEAD.size : _HEAD.size + 2], "little")
    asked = answer(message.session, NAME) or function(NAME, "response", OTHER)
    fields = {**asked, "melsec.pdu_type": "response"}
    if not code:
        return {**fields, "event.outcome": "success"}
    return {**fields, "event.outcome": "failure", "event.reason": f"{code:#06x}"}


def _read_tool(message: Message) -> Iterator[Fields]:
    is_response = message.octets[0] & _TOOL_RESPONSE
    yield {**_TOOL, "melsec.pdu_type": "response" if is_response else "request"}


_TCP = Parser(
    name=NAME,
    standard="SLMP (CLPA), MELSEC Communication Protocol 3E",
    transport="tcp",
    ports=(5006, 5007, 5562),
    begins=_begins,
    length=_length,
    read=_read,
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        "event.outcome",
        "event.reason",
        "citywatch.credentials.cleartext",
        "melsec.network",
        "melsec.station",
        "melsec.command",
        "melsec.pdu_type",
    ),
    samples=(
        Sample(
            bytes.fromhex("5000 00 ff ff03 00 0800 1000 0210 0000 0100"),
            {"event.action": "melsec_remote_stop", "citywatch.ics.act": "stop"},
        ),
    ),
)
PARSERS = (
    _TCP,
    replace(_TCP, transport="udp", ports=(5000, 5006, 5007), length=len),
    replace(
        _TCP,
        transport="udp",
        ports=(5560,),
        begins=_begins_tool,
        length=len,
        read=_read_tool,
        messages=False,
        samples=(
            Sample(
                bytes.fromhex("5a000001"),
                {"event.action": "melsec_engineering_tool", "melsec.pdu_type": "request"},
            ),
        ),
    ),
)
