"""S7comm-plus of Siemens controllers (S7-1200 and S7-1500), within ISO transport (RFC 1006).

Siemens has published nothing of it; what later versions protect is but told by its function.
"""

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
from sensors.protocol.industry.transport import (
    CONNECT,
    DATA,
    KIND_AT,
    USER_DATA_AT,
    gathered,
    packet_length,
    unit,
)
from sensors.protocol.parser import Fields, Message, Parser, Sample
from situation.faults import Malformed

NAME = "s7comm_plus"

_IDENTIFIER = 0x72
_CALLED = b"SIMATIC-ROOT-"
_HEAD = struct.Struct(">BBH")
_BODY = struct.Struct(">B2xH2xH")
_INTEGRITY_VERSION = 3
_KINDS = {0x31: "request", 0x32: "response", 0x33: "notification"}
_FUNCTIONS = functions(
    NAME,
    {
        0x04BB: ("explore", READ),
        0x04CA: ("create_object", WRITE),
        0x04D4: ("delete_object", WRITE),
        0x04F2: ("set_variable", WRITE),
        0x04FC: ("get_variable", READ),
        0x0506: ("add_link", WRITE),
        0x051A: ("remove_link", WRITE),
        0x0524: ("get_link", READ),
        0x0542: ("set_multiple_variables", WRITE),
        0x054C: ("get_multiple_variables", READ),
        0x0556: ("begin_sequence", OTHER),
        0x0560: ("end_sequence", OTHER),
        0x056B: ("invoke", OTHER),
        0x0586: ("get_subranges", READ),
    },
)
_NOTIFICATION = function(NAME, "notification", READ)


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if packet_length(octets) <= 0 or len(octets) <= USER_DATA_AT:
        return False
    if octets[KIND_AT] == DATA:
        return octets[USER_DATA_AT] == _IDENTIFIER
    if octets[KIND_AT] != CONNECT:
        return False
    try:
        return unit(octets).called.startswith(_CALLED)
    except Malformed:
        return False


def _read(message: Message) -> Iterator[Fields]:
    packet = unit(message.octets)
    data = gathered(message.session, packet, from_client=message.from_client)
    if not data:
        return
    if len(data) < _HEAD.size:
        raise Short(_HEAD.size, len(data))
    identifier, version, length = _HEAD.unpack_from(data)
    if identifier != _IDENTIFIER:
        raise Malformed("the unit is none of S7comm-plus", where="message")
    key = f"continued_{int(message.from_client)}"
    is_continued = message.session.pop(key, False)
    # The last unit of a message has a tail behind its data; units without one go on in the next.
    if len(data) <= _HEAD.size + length:
        message.session[key] = True
    body = b"" if is_continued else data[_HEAD.size :]
    if version == _INTEGRITY_VERSION and body:
        body = body[1 + body[0] :]
    if length and len(body) >= _BODY.size and body[0] in _KINDS:
        yield {**_told(body), "s7comm_plus.version": version}


def _told(body: bytes) -> Fields:
    kind, code, sequence = _BODY.unpack_from(body)
    fields = {"s7comm_plus.kind": _KINDS[kind]}
    if _KINDS[kind] == "notification":
        return {**_NOTIFICATION, **fields}
    named = _FUNCTIONS.get(code) or function(NAME, f"function_{code:04x}", OTHER)
    return {**named, **fields, "s7comm_plus.sequence": sequence}


PARSER = Parser(
    name=NAME,
    standard="S7comm-plus over RFC 1006",
    transport="tcp",
    ports=(102,),
    begins=_begins,
    length=packet_length,
    read=_read,
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        "s7comm_plus.version",
        "s7comm_plus.kind",
        "s7comm_plus.sequence",
    ),
    samples=(
        Sample(
            bytes.fromhex("0300001c 02f080 72010011 310000 0542 0000 0002 00000000 34 000000"),
            {
                "event.action": "s7comm_plus_set_multiple_variables",
                "citywatch.ics.act": "write",
                "s7comm_plus.sequence": 2,
            },
        ),
    ),
)
