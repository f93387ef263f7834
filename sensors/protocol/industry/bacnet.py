"""BACnet/IP (ANSI/ASHRAE 135-2020): virtual link (annex J), network (6), application (20)."""

from collections.abc import Iterator

from sensors.protocol.cursor import Cursor
from sensors.protocol.industry.bacnet_item import Item, items, object_name, plain
from sensors.protocol.industry.bacnet_vocabulary import (
    ABORTIONS,
    COMMUNICATION,
    COMMUNICATIONS,
    CONFIRMED,
    ENABLED,
    ERRORS,
    LINKS,
    NAME,
    NETWORKS,
    OBJECT_TAGS,
    PROPERTIES,
    READ_MULTIPLE,
    REINITIALIZE,
    REJECTIONS,
    STATES,
    UNCONFIRMED,
    WRITE_MULTIPLE,
)
from sensors.protocol.industry.function import FUNCTION_FIELDS, OTHER, function
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import Fields, Message, Parser, Sample
from situation.faults import Malformed

_LINK = 0x81
_LINK_OCTETS = 4
_LINK_FUNCTIONS = range(12)
_RESULT, _FORWARDED, _CARRIERS = 0, 4, (4, 9, 10, 11)
_FORWARDED_OCTETS = 6
_VERSION = 1
_NETWORK_MESSAGE, _DESTINATION, _SOURCE = 0x80, 0x20, 0x08
_REQUEST, _UNCONFIRMED, _SIMPLE, _COMPLEX = 0, 1, 2, 3
_SEGMENT_ACK, _ERROR, _REJECT, _ABORT = 4, 5, 6, 7
_SEGMENTED = 0x08
_PDU = {
    _REQUEST: "confirmed_request", _UNCONFIRMED: "unconfirmed_request", _SIMPLE: "simple_ack",
    _COMPLEX: "complex_ack", _ERROR: "error", _REJECT: "reject", _ABORT: "abort",
}  # fmt: skip
_OBJECT_OCTETS = 4
_STATE_TAG, _CONTROL_TAG = 0, 1
_PASSWORD_TAGS = {REINITIALIZE: 1, COMMUNICATION: 2}


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _LINK_OCTETS or octets[0] != _LINK or octets[1] not in _LINK_FUNCTIONS:
        return False
    at = _LINK_OCTETS + (_FORWARDED_OCTETS if octets[1] == _FORWARDED else 0)
    is_carrier = octets[1] in _CARRIERS
    return int.from_bytes(octets[2:4]) == len(octets) and (
        not is_carrier or octets[at : at + 1] == bytes([_VERSION])
    )


def _read(message: Message) -> Iterator[Fields]:
    cursor = Cursor(message.octets)
    if cursor.octet() != _LINK:
        raise Malformed("the link is none of BACnet/IP", where="message")
    code = cursor.octet()
    cursor.skip(2)
    if code not in _CARRIERS:
        yield _link(code, cursor)
        return
    if code == _FORWARDED:
        cursor.skip(_FORWARDED_OCTETS)
    told = _network(cursor, message)
    if told:
        yield told


def _link(code: int, cursor: Cursor) -> Fields:
    named = LINKS.get(code) or function(NAME, f"link_function_{code}", OTHER)
    if code != _RESULT:
        return named
    result = cursor.big(2)
    if result:
        return {**named, "event.outcome": "failure", "event.reason": f"{result:#06x}"}
    return {**named, "event.outcome": "success"}


def _network(cursor: Cursor, message: Message) -> Fields:
    if cursor.octet() != _VERSION:
        raise Malformed("the version of the network layer is another than 1", where="message")
    control = cursor.octet()
    fields: dict[str, object] = {}
    for bit, name in ((_DESTINATION, "destination"), (_SOURCE, "source")):
        if control & bit:
            fields[f"bacnet.{name}.network"] = cursor.big(2)
            cursor.skip(cursor.octet())
    if control & _DESTINATION:
        cursor.skip(1)
    if control & _NETWORK_MESSAGE:
        code = cursor.octet()
        named = NETWORKS.get(code) or function(NAME, f"network_message_{code}", OTHER)
        return {**named, **fields}
    told = _application(cursor, message)
    return {**told, **fields} if told else {}


def _application(cursor: Cursor, message: Message) -> Fields:
    first = cursor.octet()
    kind = first >> 4
    if kind == _SEGMENT_ACK:
        return {}
    if kind == _UNCONFIRMED:
        code = cursor.octet()
        named = UNCONFIRMED.get(code) or function(NAME, f"unconfirmed_{code}", OTHER)
        return {**named, **_announced(cursor.rest()), "bacnet.pdu_type": _PDU[kind]}
    if kind not in _PDU:
        raise Malformed("the application message is of no known type", where="message")
    told = _requested if kind == _REQUEST else _answered
    found = told(first, cursor, message)
    return {**found, "bacnet.pdu_type": _PDU[kind]} if found else {}


def _is_later_segment(first: int, cursor: Cursor) -> bool:
    if not first & _SEGMENTED:
        return False
    sequence = cursor.octet()
    cursor.skip(1)
    return sequence > 0


def _requested(first: int, cursor: Cursor, message: Message) -> Fields:
    cursor.skip(1)
    number = cursor.octet()
    if _is_later_segment(first, cursor):
        return {}
    code = cursor.octet()
    asked = {
        **(CONFIRMED.get(code) or function(NAME, f"confirmed_{code}", OTHER)),
        **_subject(code, cursor.rest()),
        "bacnet.invoke_id": number,
    }
    ask(message.session, (number, message.from_client), asked)
    return asked


def _answered(first: int, cursor: Cursor, message: Message) -> Fields:
    kind = first >> 4
    number = cursor.octet()
    if kind == _COMPLEX and _is_later_segment(first, cursor):
        return {}
    code = cursor.octet()
    asked = answer(message.session, (number, not message.from_client))
    if not asked:
        named = {} if kind in {_REJECT, _ABORT} else CONFIRMED.get(code, {})
        asked = {**(named or function(NAME, _PDU[kind], OTHER)), "bacnet.invoke_id": number}
    if kind in {_SIMPLE, _COMPLEX}:
        value = _subject(code, cursor.rest()) if kind == _COMPLEX else {}
        return {**asked, **value, "event.outcome": "success"}
    return {**asked, "event.outcome": "failure", "event.reason": _reason(kind, code, cursor)}


def _reason(kind: int, code: int, cursor: Cursor) -> str:
    if kind == _REJECT:
        return REJECTIONS.get(code, str(code))
    if kind == _ABORT:
        return ABORTIONS.get(code, str(code))
    values = [int.from_bytes(item.value) for item in items(cursor.rest())][:2]
    return ERRORS.get(values[1], str(values[1])) if len(values) > 1 else "error"


def _subject(code: int, octets: bytes) -> Fields:
    """Return what a service is about: object, property, value, or a state of the device."""
    found = list(items(octets))
    if code in _PASSWORD_TAGS:
        return _control(code, found)
    wanted = OBJECT_TAGS.get(code)
    fields: dict[str, object] = {}
    for item in found:
        if len(item.value) == _OBJECT_OCTETS and (
            item.number == wanted if item.is_context else wanted is None
        ):
            fields["bacnet.object"] = object_name(item.value)
            break
    multiple = code in {READ_MULTIPLE, WRITE_MULTIPLE}
    number, depth = (0, 1) if multiple else (1, 0)
    if wanted != 0:
        return fields
    return fields | _property(found, number, depth)


def _property(found: list[Item], number: int, depth: int) -> dict[str, object]:
    fields: dict[str, object] = {}
    for item in found:
        if item.is_context and item.number == number and item.depth == depth and not fields:
            code = int.from_bytes(item.value)
            fields["bacnet.property"] = PROPERTIES.get(code, str(code))
        elif fields and not item.is_context and (value := plain(item)) is not None:
            return {**fields, "bacnet.value": value}
    return fields


def _control(code: int, found: list[Item]) -> Fields:
    fields: dict[str, object] = {}
    for item in found:
        if not item.is_context:
            continue
        number = int.from_bytes(item.value[:4])
        if item.number == _PASSWORD_TAGS[code]:
            fields["citywatch.credentials.cleartext"] = True
        elif code == REINITIALIZE and item.number == _STATE_TAG:
            fields["bacnet.state"] = STATES.get(number, str(number))
        elif code == COMMUNICATION and item.number == _CONTROL_TAG:
            fields |= ENABLED if number == 0 else {}
            fields["bacnet.state"] = COMMUNICATIONS.get(number, str(number))
    return fields


def _announced(octets: bytes) -> Fields:
    """Return the object that an unconfirmed service names first."""
    for item in items(octets):
        if len(item.value) == _OBJECT_OCTETS:
            return {"bacnet.object": object_name(item.value)}
    return {}


PARSER = Parser(
    name=NAME,
    standard="ANSI/ASHRAE 135-2020",
    transport="udp",
    ports=tuple(range(47_808, 47_824)),
    begins=_begins,
    read=_read,
    anywhere=True,
    first=frozenset((_LINK,)),
    messages=True,
    fields=(
        *FUNCTION_FIELDS,
        "event.outcome",
        "event.reason",
        "citywatch.credentials.cleartext",
        "bacnet.pdu_type",
        "bacnet.invoke_id",
        "bacnet.object",
        "bacnet.property",
        "bacnet.value",
        "bacnet.state",
        "bacnet.destination.network",
        "bacnet.source.network",
    ),
    samples=(
        Sample(
            bytes.fromhex("810a001a 0104 0005010f 0c00400005 1955 3e44428e0000 3f 3908"),
            {
                "event.action": "bacnet_write_property",
                "citywatch.ics.act": "write",
                "bacnet.object": "analog-output 5",
                "bacnet.property": "present-value",
                "bacnet.value": "71",
            },
        ),
        Sample(
            bytes.fromhex("810a0015 0104 00050214 0900 1d07 00736563726574"),
            {
                "citywatch.ics.act": "restart",
                "bacnet.state": "cold_start",
                "citywatch.credentials.cleartext": True,
            },
        ),
    ),
)
