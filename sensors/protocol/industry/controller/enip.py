"""EtherNet/IP over TCP and UDP (ODVA, CIP Networks Library, volume 2, 2-3 and 2-6)."""

import struct
from collections.abc import Iterator
from dataclasses import replace

from sensors.protocol.cursor import Cursor, Short
from sensors.protocol.industry.controller.cip import FIELDS, services
from sensors.protocol.industry.function import FUNCTION_FIELDS, OTHER, READ, functions
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample
from sensors.protocol.text import text_of
from situation.faults import Malformed

NAME = "enip"

_HEAD = struct.Struct("<HHII8xI")
_LIST_IDENTITY, _SEND, _SEND_CONNECTED = 0x63, 0x6F, 0x70
_COMMANDS = functions(
    NAME,
    {
        0x00: ("no_operation", OTHER),
        0x04: ("list_services", READ),
        _LIST_IDENTITY: ("list_identity", READ),
        0x64: ("list_interfaces", READ),
        0x65: ("register_session", OTHER),
        0x66: ("unregister_session", OTHER),
        _SEND: ("send_rr_data", OTHER),
        _SEND_CONNECTED: ("send_unit_data", OTHER),
    },
)
_STATUS_LIMIT = 0x6A
_ITEMS_LIMIT = 8
_CONTEXT = slice(12, 20)
_IDENTITY, _CONNECTED, _UNCONNECTED = 0x0C, 0xB1, 0xB2
_DEVICE = struct.Struct("<HHHBBHI")


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _HEAD.size:
        return False
    command, length, _, status, options = _HEAD.unpack_from(octets)
    return bool(
        command
        and command in _COMMANDS
        and status < _STATUS_LIMIT
        and not options
        and _HEAD.size + length <= len(octets)
    )


def _length(octets: bytes) -> int:
    if len(octets) < _HEAD.size:
        return MORE
    command, length, _, _, options = _HEAD.unpack_from(octets)
    return LOST if command not in _COMMANDS or options else _HEAD.size + int(length)


def _read(message: Message) -> Iterator[Fields]:
    if len(message.octets) < _HEAD.size:
        raise Short(_HEAD.size, len(message.octets))
    command, length, _, status, _ = _HEAD.unpack_from(message.octets)
    named = _COMMANDS.get(command)
    if named is None:
        raise Malformed("the command is none of EtherNet/IP", where="message")
    if status:
        yield {**named, "event.outcome": "failure", "event.reason": f"{status:#06x}"}
        return
    cursor = Cursor(message.octets, _HEAD.size).part(length)
    if command in {_SEND, _SEND_CONNECTED} and cursor.left:
        cursor.skip(6)
        yield from _sent(cursor, message) or [named]
    elif command == _LIST_IDENTITY and cursor.left:
        yield {**named, **_identity(cursor)}
    else:
        yield named


def _items(cursor: Cursor) -> Iterator[tuple[int, Cursor]]:
    """Yield kind and contents of the items of the common packet format (2-6)."""
    for _ in range(min(cursor.little(2), _ITEMS_LIMIT)):
        yield cursor.little(2), cursor.part(cursor.little(2))


def _sent(cursor: Cursor, message: Message) -> list[Fields]:
    """Return the services in the items.

    An answer is known by the context of its sender, that of a connection by its sequence number.
    """
    number: object = message.octets[_CONTEXT]
    for kind, item in _items(cursor):
        if kind == _CONNECTED:
            number = item.little(2)
        if kind in {_CONNECTED, _UNCONNECTED}:
            return _joined(list(services(item)), number, message)
    return []


def _joined(found: list[Fields], number: object, message: Message) -> list[Fields]:
    """Return services, an answer with what its request asked for."""
    if len(found) != 1:
        return found
    (one,) = found
    if one["enip.pdu_type"] == "request":
        ask(message.session, (number, message.from_client), one)
        return found
    asked = answer(message.session, (number, not message.from_client))
    return [{**one, **asked, "enip.pdu_type": "response"}]


def _identity(cursor: Cursor) -> Fields:
    """Return what a device says of itself (2-4.3)."""
    for kind, item in _items(cursor):
        if kind == _IDENTITY:
            item.skip(18)
            vendor, device, product, major, minor, _, serial = _DEVICE.unpack(
                item.take(_DEVICE.size)
            )
            return {
                "enip.vendor_id": vendor,
                "enip.device_type": device,
                "enip.product_code": product,
                "enip.revision": f"{major}.{minor}",
                "enip.serial_number": f"{serial:08x}",
                "enip.product_name": text_of(item.take(item.octet())),
            }
    return {}


_TCP = Parser(
    name=NAME,
    standard="ODVA CIP Networks Library, volumes 1 and 2",
    transport="tcp",
    ports=(44_818,),
    begins=_begins,
    length=_length,
    read=_read,
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        *FIELDS,
        "event.outcome",
        "event.reason",
        "enip.vendor_id",
        "enip.device_type",
        "enip.product_code",
        "enip.revision",
        "enip.serial_number",
        "enip.product_name",
    ),
    samples=(
        Sample(
            bytes.fromhex(
                "7000 1c00 01002a00 00000000 0000000000000000 00000000 00000000 0000 0200"
                "a100 0400 224095ff b100 0800 e700 07 02 208e 2401"
            ),
            {"event.action": "enip_stop", "citywatch.ics.act": "stop", "enip.class": 0x8E},
        ),
    ),
)
PARSERS = (_TCP, replace(_TCP, transport="udp", length=len))
