"""DHCP for IPv4 (RFC 2131, 2; options of RFC 2132): who asks for an address, and which it gets."""

import ipaddress
from collections.abc import Callable, Iterator

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import Fields, Message, Parser, Sample
from sensors.protocol.text import text_of
from situation.faults import Malformed

NAME = "dhcp"

_COOKIE = b"\x63\x82\x53\x63"
_COOKIE_AT = 236
_REQUEST, _ETHERNET, _MAC_OCTETS = 1, 1, 6
_OPERATIONS = (1, 2)
_PAD, _END = 0, 255
_OPTIONS_LIMIT = 128
_KIND = 53
_KINDS = {
    1: "discover", 2: "offer", 3: "request", 4: "decline", 5: "ack", 6: "nak", 7: "release",
    8: "inform", 9: "force_renew", 10: "lease_query", 11: "lease_unassigned",
    12: "lease_unknown", 13: "lease_active",
}  # fmt: skip
_REFUSED = ("nak", "decline")


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    return octets[:1] in (b"\x01", b"\x02") and octets[_COOKIE_AT : _COOKIE_AT + 4] == _COOKIE


def _address(value: bytes) -> str | None:
    return str(ipaddress.IPv4Address(value[:4])) if len(value) >= 4 else None  # noqa: PLR2004 - IPv4


def _addresses(value: bytes) -> list[str] | None:
    whole = range(0, min(len(value), 32) // 4 * 4, 4)
    return [str(ipaddress.IPv4Address(value[at : at + 4])) for at in whole] or None


def _number(value: bytes) -> int | None:
    return int.from_bytes(value) if len(value) == 4 else None  # noqa: PLR2004 - 32 bits


def _qualified(value: bytes) -> str | None:
    """Return a qualified name (RFC 4702): behind flags, as text or as labels."""
    if len(value) < 4:  # noqa: PLR2004 - flags and two codes
        return None
    if not value[0] & 0x04:
        return text_of(value[3:]) or None
    labels: list[str] = []
    cursor = Cursor(value, 3)
    while cursor.left and (size := cursor.octet()):
        labels.append(text_of(cursor.take(min(size, cursor.left))))
    return ".".join(labels) or None


def _text(value: bytes) -> str | None:
    return text_of(value.rstrip(b"\0")) or None


_OPTIONS: dict[int, tuple[str, Callable[[bytes], object]]] = {
    1: ("dhcp.subnet_mask", _address),
    3: ("dhcp.routers", _addresses),
    6: ("dhcp.dns_servers", _addresses),
    12: ("dhcp.host_name", _text),
    15: ("dhcp.domain_name", _text),
    50: ("dhcp.requested_address", _address),
    51: ("dhcp.lease_seconds", _number),
    54: ("dhcp.server_address", _address),
    55: ("dhcp.parameters", list),
    56: ("event.reason", _text),
    60: ("dhcp.vendor_class", _text),
    61: ("dhcp.client_id", lambda value: value[:64].hex() or None),
    77: ("dhcp.user_class", _text),
    81: ("dhcp.fqdn", _qualified),
}


def _options(cursor: Cursor) -> Iterator[tuple[int, bytes]]:
    """Yield the options; the last may be cut with its datagram."""
    for _ in range(_OPTIONS_LIMIT):
        if not cursor.left:
            return
        code = cursor.octet()
        if code == _END:
            return
        if code == _PAD:
            continue
        if not cursor.left:
            return
        yield code, cursor.take(min(cursor.octet(), cursor.left))


def _mac(kind: int, length: int, value: bytes) -> Fields:
    if kind != _ETHERNET or length != _MAC_OCTETS:
        return {}
    return {"client.mac": value[:_MAC_OCTETS].hex("-").upper()}


def _read(message: Message) -> Iterator[Fields]:
    cursor = Cursor(message.octets)
    operation, kind, length = cursor.octet(), cursor.octet(), cursor.octet()
    cursor.skip(1)
    number = cursor.big(4)
    cursor.skip(4)
    own, assigned, _, relay = (cursor.take(4) for _ in range(4))
    hardware = cursor.take(16)
    cursor.skip(_COOKIE_AT - cursor.at)
    if operation not in _OPERATIONS or cursor.take(4) != _COOKIE:
        raise Malformed("the message is none of DHCP", where="message")
    fields: dict[str, object] = {"dhcp.version": 4, "dhcp.transaction_id": f"{number:08x}"}
    fields |= _mac(kind, length, hardware)
    for name, value in (("client", own), ("assigned", assigned), ("relay", relay)):
        if any(value):
            fields[f"dhcp.{name}_address"] = _address(value)
    yield {**fields, **_told(cursor, operation)}


def _told(cursor: Cursor, operation: int) -> Fields:
    fields: dict[str, object] = {}
    kind = "bootp_request" if operation == _REQUEST else "bootp_reply"
    for code, value in _options(cursor):
        if code == _KIND and value:
            kind = _KINDS.get(value[0], f"type_{value[0]}")
        elif code in _OPTIONS:
            name, form = _OPTIONS[code]
            found = form(value)
            fields |= {} if found is None else {name: found}
    fields |= {"event.action": f"dhcp_{kind}", "dhcp.message_type": kind}
    return {**fields, "event.outcome": "failure"} if kind in _REFUSED else fields


FIELDS = (
    "event.action",
    "event.outcome",
    "event.reason",
    "client.mac",
    "dhcp.version",
    "dhcp.message_type",
    "dhcp.transaction_id",
    "dhcp.client_address",
    "dhcp.assigned_address",
    "dhcp.relay_address",
    "dhcp.client_id",
    "dhcp.vendor_class",
    "dhcp.fqdn",
)
"""Fields of both versions."""

PARSER = Parser(
    name=NAME,
    standard="RFC 2131, RFC 2132",
    transport="udp",
    ports=(67, 68),
    begins=_begins,
    read=_read,
    messages=True,
    fields=tuple(dict.fromkeys((*FIELDS, *(name for name, _ in _OPTIONS.values())))),
    samples=(
        Sample(
            bytes.fromhex("01010600 00003d1d 0000 8000")
            + bytes(16)
            + bytes.fromhex("000b8201fc42")
            + bytes(202)
            + _COOKIE
            + bytes.fromhex("350103 3204c0a8000a 0c0474657374 ff"),
            {
                "event.action": "dhcp_request",
                "client.mac": "00-0B-82-01-FC-42",
                "dhcp.requested_address": "192.168.0.10",
                "dhcp.host_name": "test",
                "dhcp.transaction_id": "00003d1d",
            },
        ),
    ),
)
