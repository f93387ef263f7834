"""Services of the Common Industrial Protocol (ODVA, CIP Networks Library, volume 1)."""

from collections.abc import Iterator

from sensors.protocol.cursor import Cursor
from sensors.protocol.industry.function import (
    DOWNLOAD,
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
from sensors.protocol.parser import Fields
from sensors.protocol.text import text_of

_PROTOCOL = "enip"
_MULTIPLE, _UNCONNECTED_SEND = 0x0A, 0x52
_MANAGER, _FILE, _PCCC, _SYMBOLS = 0x06, 0x37, 0x67, 0x6B
"""Classes with services of their own: connection manager, file, PCCC, symbols."""
_FIRST_OF_CLASS = 0x4B

_SERVICES = functions(
    _PROTOCOL,
    {
        0x01: ("get_attributes_all", READ),
        0x02: ("set_attributes_all", WRITE),
        0x03: ("get_attribute_list", READ),
        0x04: ("set_attribute_list", WRITE),
        0x05: ("reset", RESTART),
        0x06: ("start", START),
        0x07: ("stop", STOP),
        0x08: ("create", WRITE),
        0x09: ("delete", WRITE),
        _MULTIPLE: ("multiple_service_packet", OTHER),
        0x0D: ("apply_attributes", WRITE),
        0x0E: ("get_attribute_single", READ),
        0x10: ("set_attribute_single", WRITE),
        0x11: ("find_next_object_instance", READ),
        0x15: ("restore", WRITE),
        0x16: ("save", WRITE),
        0x17: ("no_operation", OTHER),
        0x18: ("get_member", READ),
        0x19: ("set_member", WRITE),
        0x1A: ("insert_member", WRITE),
        0x1B: ("remove_member", WRITE),
    },
)
_TAG_SERVICES = functions(
    _PROTOCOL,
    {
        0x4C: ("read_tag", READ),
        0x4D: ("write_tag", WRITE),
        0x4E: ("read_modify_write_tag", WRITE),
        0x52: ("read_tag_fragmented", READ),
        0x53: ("write_tag_fragmented", WRITE),
        0x55: ("get_instance_attribute_list", READ),
    },
)
"""Services of tags, by name or as instances of their class (Logix 5000, 1756-PM020)."""
_OF_CLASS = {
    _SYMBOLS: _TAG_SERVICES,
    _PCCC: functions(_PROTOCOL, {0x4B: ("execute_pccc", OTHER)}),
    _MANAGER: functions(
        _PROTOCOL,
        {
            0x4E: ("forward_close", OTHER),
            _UNCONNECTED_SEND: ("unconnected_send", OTHER),
            0x54: ("forward_open", OTHER),
            0x56: ("get_connection_data", READ),
            0x57: ("search_connection_data", READ),
            0x5A: ("get_connection_owner", READ),
            0x5B: ("large_forward_open", OTHER),
        },
    ),
    _FILE: functions(
        _PROTOCOL,
        {
            0x4B: ("initiate_upload", UPLOAD),
            0x4C: ("initiate_download", DOWNLOAD),
            0x4D: ("initiate_partial_read", UPLOAD),
            0x4E: ("initiate_partial_write", DOWNLOAD),
            0x4F: ("upload_transfer", UPLOAD),
            0x50: ("download_transfer", DOWNLOAD),
            0x51: ("clear_file", WRITE),
        },
    ),
}
_RESPONSE = 0x80
_SERVICES_LIMIT = 16
_CLASS, _INSTANCE, _ATTRIBUTE = 0x20, 0x24, 0x30
_WIDE = 0x01
_SYMBOL = 0x91
_LOGICAL = {_CLASS: "enip.class", _INSTANCE: "enip.instance", _ATTRIBUTE: "enip.attribute"}

FIELDS = (*_LOGICAL.values(), "enip.tag", "enip.pdu_type", "enip.status")


def services(cursor: Cursor, depth: int = 0) -> Iterator[Fields]:
    """Yield the services of a message: those that a packet of several or a sending one holds."""
    code = cursor.octet()
    if code & _RESPONSE:
        yield _answered(code & ~_RESPONSE, cursor)
        return
    path = _path(cursor.part(2 * cursor.octet()))
    kind = path.get("enip.class")
    if depth == 0 and code == _UNCONNECTED_SEND and kind == _MANAGER:
        cursor.skip(2)
        yield from services(cursor.part(cursor.little(2)), 1)
    elif depth < 2 and code == _MULTIPLE:  # noqa: PLR2004 - sent, then several
        yield from _several(cursor)
    else:
        yield {**_named(code, path), **path, "enip.pdu_type": "request"}


def _named(code: int, path: Fields) -> Fields:
    kind = path.get("enip.class")
    own = _OF_CLASS.get(kind, {}) if isinstance(kind, int) else {}
    if "enip.tag" in path:
        own = _TAG_SERVICES
    found = own.get(code) or _SERVICES.get(code)
    return found or function(_PROTOCOL, f"service_{code:02x}", OTHER)


def _several(cursor: Cursor) -> Iterator[Fields]:
    """Yield the services of a multiple service packet, which stand where its offsets say."""
    begin = cursor.at
    count = cursor.little(2)
    offsets = [cursor.little(2) for _ in range(min(count, _SERVICES_LIMIT))]
    for offset in offsets:
        yield from services(Cursor(cursor.octets, begin + offset, cursor.end), 2)


def _answered(code: int, cursor: Cursor) -> Fields:
    """Return an answer. It names no class, so that the services of one class have no name here."""
    cursor.skip(1)
    status = cursor.octet()
    named = _SERVICES.get(code) if code < _FIRST_OF_CLASS else None
    fields: dict[str, object] = {
        **(named or function(_PROTOCOL, f"service_{code:02x}", OTHER)),
        "enip.pdu_type": "response",
        "enip.status": status,
    }
    if not status:
        return {**fields, "event.outcome": "success"}
    return {**fields, "event.outcome": "failure", "event.reason": f"{status:#04x}"}


def _path(cursor: Cursor) -> dict[str, object]:
    """Return class, instance, attribute and the name of a tag out of a path (C-1.4)."""
    fields: dict[str, object] = {}
    symbols: list[str] = []
    while cursor.left:
        segment = cursor.octet()
        if segment == _SYMBOL:
            size = cursor.octet()
            symbols.append(text_of(cursor.take(size)))
            cursor.skip(size & 1)
        elif segment & ~_WIDE in _LOGICAL and segment & _WIDE:
            cursor.skip(1)
            fields[_LOGICAL[segment & ~_WIDE]] = cursor.little(2)
        elif segment in _LOGICAL:
            fields[_LOGICAL[segment]] = cursor.octet()
        else:
            break
    return {**fields, "enip.tag": ".".join(symbols)[:1024]} if symbols else fields
