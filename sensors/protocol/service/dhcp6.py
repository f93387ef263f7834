"""DHCP for IPv6 (RFC 8415, 8, 9 and 21; lease queries of RFC 5007 and RFC 5460)."""

import ipaddress
from collections.abc import Iterator

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import Fields, Message, Parser, Sample
from sensors.protocol.service.dhcp import FIELDS, NAME
from sensors.protocol.text import text_of
from situation.faults import Malformed

_KINDS = {
    1: "solicit", 2: "advertise", 3: "request", 4: "confirm", 5: "renew", 6: "rebind",
    7: "reply", 8: "release", 9: "decline", 10: "reconfigure", 11: "information_request",
    12: "relay_forward", 13: "relay_reply", 14: "lease_query", 15: "lease_query_reply",
    16: "lease_query_done", 17: "lease_query_data",
}  # fmt: skip
_RELAYS = (12, 13)
_RELAY_OCTETS = 34
_HOPS_LIMIT = 8
_OPTIONS_LIMIT = 64
_CLIENT, _SERVER, _IDENTITY, _TEMPORARY, _ADDRESS = 1, 2, 3, 4, 5
_RELAYED, _STATUS, _VENDOR, _NAME, _DELEGATION, _PREFIX = 9, 13, 16, 39, 25, 26
_IDENTITY_OCTETS = {_IDENTITY: 12, _TEMPORARY: 4, _DELEGATION: 12}
_LINK_LAYER = {1: 8, 3: 4}
"""Identifiers that end in a hardware address, and where it begins (RFC 8415, 11)."""
_MAC_OCTETS, _ETHERNET = 6, 1
_STATUSES = {
    1: "unspecified_failure", 2: "no_addresses_available", 3: "no_binding", 4: "not_on_link",
    5: "use_multicast", 6: "no_prefix_available",
}  # fmt: skip


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a message begins with options that end where it ends."""
    if len(octets) < 8 or octets[0] not in _KINDS:  # noqa: PLR2004 - head and one option
        return False
    cursor = Cursor(octets, _RELAY_OCTETS if octets[0] in _RELAYS else 4)
    try:
        for _ in _options(cursor):
            pass
    except Malformed:
        return False
    return not cursor.left


def _options(cursor: Cursor) -> Iterator[tuple[int, Cursor]]:
    for _ in range(_OPTIONS_LIMIT):
        if not cursor.left:
            return
        yield cursor.big(2), cursor.part(cursor.big(2))


def _read(message: Message) -> Iterator[Fields]:
    fields: dict[str, object] = {"dhcp.version": 6}
    cursor = Cursor(message.octets)
    for _ in range(_HOPS_LIMIT):
        kind = cursor.octet()
        if kind not in _KINDS:
            raise Malformed("the message is none of DHCPv6", where="message")
        if kind not in _RELAYS:
            break
        cursor.skip(1)
        fields["dhcp.relay_address"] = str(ipaddress.IPv6Address(cursor.take(16)))
        cursor.skip(16)
        relayed = next((part for code, part in _options(cursor) if code == _RELAYED), None)
        if relayed is None:
            raise Malformed("the relayed message is missing", where="message")
        cursor = relayed
    fields |= {"event.action": f"dhcp_{_KINDS[kind]}", "dhcp.message_type": _KINDS[kind]}
    fields["dhcp.transaction_id"] = f"{cursor.big(3):06x}"
    for code, part in _options(cursor):
        fields |= _told(code, part)
    yield fields


def _told(code: int, part: Cursor) -> dict[str, object]:
    """Return what an option says."""
    if code == _CLIENT:
        return _identifier(part.rest())
    if code in _IDENTITY_OCTETS:
        part.skip(_IDENTITY_OCTETS[code])
        return _assigned(part)
    if code == _STATUS:
        return _status(part)
    if code == _VENDOR:
        part.skip(4)
        return {"dhcp.vendor_class": text_of(part.take(part.big(2)))} if part.left else {}
    if code == _NAME:
        part.skip(1)
        return _name(part)
    return {}


def _identifier(value: bytes) -> dict[str, object]:
    fields: dict[str, object] = {"dhcp.client_id": value[:64].hex()}
    at = _LINK_LAYER.get(int.from_bytes(value[:2]))
    if at and value[2:4] == _ETHERNET.to_bytes(2) and len(value) == at + _MAC_OCTETS:
        fields["client.mac"] = value[at:].hex("-").upper()
    return fields


def _assigned(part: Cursor) -> dict[str, object]:
    fields: dict[str, object] = {}
    for code, inner in _options(part):
        if code == _ADDRESS:
            fields.setdefault("dhcp.assigned_address", str(ipaddress.IPv6Address(inner.take(16))))
        elif code == _PREFIX:
            inner.skip(8)
            length = inner.octet()
            prefix = f"{ipaddress.IPv6Address(inner.take(16))}/{length}"
            fields.setdefault("dhcp.assigned_prefix", prefix)
        elif code == _STATUS:
            fields |= _status(inner)
    return fields


def _status(part: Cursor) -> dict[str, object]:
    code = part.big(2)
    if not code:
        return {}
    return {"event.outcome": "failure", "event.reason": _STATUSES.get(code, str(code))}


def _name(part: Cursor) -> dict[str, object]:
    labels: list[str] = []
    while part.left and (size := part.octet()):
        labels.append(text_of(part.take(size)))
    return {"dhcp.fqdn": ".".join(labels)[:255]} if labels else {}


PARSER = Parser(
    name=NAME,
    standard="RFC 8415",
    transport="udp",
    ports=(546, 547),
    begins=_begins,
    read=_read,
    messages=True,
    fields=(*FIELDS, "dhcp.assigned_prefix"),
    samples=(
        Sample(
            bytes.fromhex(
                "01 10 08 74 0001 000e 0001 0001 1c39cf88 080027fe8f95 0006 0004 00170018"
                "0003 000c 00000001 00000e10 00001518"
            ),
            {
                "event.action": "dhcp_solicit",
                "client.mac": "08-00-27-FE-8F-95",
                "dhcp.transaction_id": "100874",
            },
        ),
    ),
)
