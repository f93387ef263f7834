"""MQTT 3.1, 3.1.1 and 5 (OASIS): who connects, what is published and subscribed.

Pings, and acknowledgements of what went well, are passed over.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import Fields, Message, Parser, Sample, Session
from sensors.protocol.thing.mqtt_packet import (
    AUTH,
    CONNACK,
    CONNECT,
    DISCONNECT,
    FAILURES,
    PINGREQ,
    PINGRESP,
    PUBACK,
    PUBCOMP,
    PUBLISH,
    PUBREC,
    PUBREL,
    RETURN_CODES,
    SUBACK,
    SUBSCRIBE,
    UNSUBACK,
    UNSUBSCRIBE,
    packet_length,
    reason,
    skip_properties,
    text,
    variable,
)
from situation.faults import Malformed

NAME = "mqtt"

_NAMES = {b"MQTT": (4, 5), b"MQIsdp": (3,)}
_VERSIONS = {3: "3.1", 4: "3.1.1", 5: "5"}
_BRIDGE = 0x80  # set in the level by bridges
_FIVE = 5
_SHORTEST_CONNECT = 12
_CLEAN, _WILL, _PASSWORD, _USER, _WILL_RETAIN = 0x02, 0x04, 0x40, 0x80, 0x20
_QOS, _RETAIN, _REPEATED = 0x03, 0x01, 0x08
_TOPICS_LIMIT = 32
_VERSION = "version"
_DAMAGE = "\N{REPLACEMENT CHARACTER}"
"""What stands for octets of a text that are none."""


def _is_connect(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _SHORTEST_CONNECT or octets[0] != CONNECT << 4 or not from_client:
        return False
    try:
        cursor = Cursor(octets, 1)
        variable(cursor)
        levels = _NAMES.get(cursor.take(cursor.big(2)), ())
        return cursor.octet() & ~_BRIDGE in levels
    except Malformed:
        return False


def _begins(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as above
    """Tell whether a packet begins here, where the conversation itself began earlier."""
    if _is_connect(octets, from_client):
        return True
    length = packet_length(octets)
    kind = octets[0] >> 4
    if length <= 0 or kind == CONNECT:
        return False
    if kind == PUBLISH:
        return _is_publish(octets, length)
    return length <= min(len(octets), _LONGEST.get(kind, _LONGEST_LIST))


def _begins_anywhere(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as above
    """Tell whether a payload is a connect, or exactly one publish with a topic of plain text."""
    if _is_connect(octets, from_client):
        return True
    if octets[0] >> 4 != PUBLISH or packet_length(octets) != len(octets):
        return False
    return _is_publish(octets, len(octets)) and _DAMAGE not in _topic(octets)


def _is_publish(octets: bytes, length: int) -> bool:
    cursor = Cursor(octets, 1)
    try:
        variable(cursor)
        topic = cursor.big(2)
    except Malformed:
        return False
    return octets[0] >> 1 & _QOS != _QOS and 0 < topic <= length - cursor.at


def _topic(octets: bytes) -> str:
    cursor = Cursor(octets, 1)
    variable(cursor)
    return text(cursor)


_LONGEST = {
    CONNACK: 64, PUBACK: 6, PUBREC: 6, PUBREL: 6, PUBCOMP: 6, PINGREQ: 2, PINGRESP: 2,
    DISCONNECT: 6,
}  # fmt: skip
"""Octets of packets with which a conversation may be taken up."""
_LONGEST_LIST = 256


def _read(message: Message) -> Iterator[Fields]:
    cursor = Cursor(message.octets)
    first = cursor.octet()
    length = variable(cursor)
    told = _TELLERS.get(first >> 4)
    if told is None:
        return
    found = told(first, cursor.part(length), message.session)
    if found:
        yield found


def _connect(_first: int, cursor: Cursor, session: Session) -> Fields:
    name = cursor.take(cursor.big(2))
    level = cursor.octet()
    if level & ~_BRIDGE not in _NAMES.get(name, ()):
        raise Malformed("the protocol is none of MQTT", where="message")
    session[_VERSION] = level & ~_BRIDGE
    flags = cursor.octet()
    fields: dict[str, object] = {
        "event.action": "mqtt_connect",
        "mqtt.protocol_version": _VERSIONS[level & ~_BRIDGE],
        "mqtt.clean_session": bool(flags & _CLEAN),
        "mqtt.keep_alive": cursor.big(2),
    }
    if level & ~_BRIDGE == _FIVE:
        skip_properties(cursor)
    fields["mqtt.client_id"] = text(cursor)
    if flags & _WILL:
        fields |= _will(cursor, flags, session)
    if flags & _USER:
        fields["user.name"] = text(cursor)
    if flags & _PASSWORD:
        cursor.skip(cursor.big(2))
        fields["citywatch.credentials.cleartext"] = True
    return fields


def _will(cursor: Cursor, flags: int, session: Session) -> dict[str, object]:
    if session[_VERSION] == _FIVE:
        skip_properties(cursor)
    topic = text(cursor)
    cursor.skip(cursor.big(2))
    return {
        "mqtt.will.topic": topic,
        "mqtt.will.qos": flags >> 3 & _QOS,
        "mqtt.will.retain": bool(flags & _WILL_RETAIN),
    }


def _connected(_first: int, cursor: Cursor, session: Session) -> Fields:
    cursor.skip(1)
    code = cursor.octet()
    known = RETURN_CODES if session.get(_VERSION) != _FIVE else {}
    fields: Fields = {"event.action": "mqtt_connack", "mqtt.reason_code": code}
    if not code:
        return {**fields, "event.outcome": "success"}
    return {**fields, "event.outcome": "failure", "event.reason": known.get(code) or reason(code)}


def _published(first: int, cursor: Cursor, session: Session) -> Fields:
    quality = first >> 1 & _QOS
    if quality == _QOS:
        raise Malformed("the quality of service is none", where="message")
    topic = text(cursor)
    if quality:
        cursor.skip(2)
    if session.get(_VERSION) == _FIVE:
        skip_properties(cursor)
    return {
        "event.action": "mqtt_publish",
        "mqtt.topic": topic,
        "mqtt.qos": quality,
        "mqtt.retain": bool(first & _RETAIN),
        "mqtt.duplicate": bool(first & _REPEATED),
        "mqtt.payload_bytes": cursor.left,
    }


def _subscribed(first: int, cursor: Cursor, session: Session) -> Fields:
    is_new = first >> 4 == SUBSCRIBE
    cursor.skip(2)
    if session.get(_VERSION) == _FIVE:
        skip_properties(cursor)
    topics: list[str] = []
    quality = 0
    while cursor.left and len(topics) < _TOPICS_LIMIT:
        topics.append(text(cursor))
        quality = max(quality, cursor.octet() & _QOS) if is_new else 0
    fields: Fields = {
        "event.action": "mqtt_subscribe" if is_new else "mqtt_unsubscribe",
        "mqtt.topics": topics,
    }
    return {**fields, "mqtt.qos": quality} if is_new else fields


def _granted(first: int, cursor: Cursor, session: Session) -> Fields:
    """Return how the topics were taken: by the first that was refused, if one was."""
    is_new = first >> 4 == SUBACK
    cursor.skip(2)
    if session.get(_VERSION) == _FIVE:
        skip_properties(cursor)
    refused = [code for code in cursor.rest()[:_TOPICS_LIMIT] if code >= FAILURES]
    fields: Fields = {"event.action": "mqtt_suback" if is_new else "mqtt_unsuback"}
    return _outcome(fields, refused[0] if refused else 0)


def _outcome(fields: Fields, code: int) -> Fields:
    fields = {**fields, "mqtt.reason_code": code}
    if code < FAILURES:
        return {**fields, "event.outcome": "success"}
    return {**fields, "event.outcome": "failure", "event.reason": reason(code)}


def _acknowledged(first: int, cursor: Cursor, _session: Session) -> Fields:
    """Return what was refused; only version 5 can say so."""
    cursor.skip(2)
    code = cursor.octet() if cursor.left else 0
    if code < FAILURES:
        return {}
    return _outcome({"event.action": f"mqtt_{_ACKNOWLEDGEMENTS[first >> 4]}"}, code)


_ACKNOWLEDGEMENTS = {PUBACK: "puback", PUBREC: "pubrec", PUBREL: "pubrel", PUBCOMP: "pubcomp"}


def _ended(first: int, cursor: Cursor, _session: Session) -> Fields:
    code = cursor.octet() if cursor.left else 0
    name = "mqtt_disconnect" if first >> 4 == DISCONNECT else "mqtt_auth"
    fields: Fields = {"event.action": name, "mqtt.reason_code": code}
    return _outcome(fields, code) if code >= FAILURES else fields


_TELLERS: dict[int, Callable[[int, Cursor, Session], Fields]] = {
    CONNECT: _connect,
    CONNACK: _connected,
    PUBLISH: _published,
    SUBSCRIBE: _subscribed,
    UNSUBSCRIBE: _subscribed,
    SUBACK: _granted,
    UNSUBACK: _granted,
    **dict.fromkeys(_ACKNOWLEDGEMENTS, _acknowledged),
    DISCONNECT: _ended,
    AUTH: _ended,
}

PARSER = Parser(
    name=NAME,
    standard="MQTT Version 5.0 (OASIS), 3.1.1 and 3.1",
    transport="tcp",
    ports=(1883,),
    begins=_begins,
    length=packet_length,
    read=_read,
    messages=True,
    fields=(
        "event.action",
        "event.outcome",
        "event.reason",
        "user.name",
        "citywatch.credentials.cleartext",
        "mqtt.protocol_version",
        "mqtt.clean_session",
        "mqtt.keep_alive",
        "mqtt.client_id",
        "mqtt.will.topic",
        "mqtt.will.qos",
        "mqtt.will.retain",
        "mqtt.topic",
        "mqtt.topics",
        "mqtt.qos",
        "mqtt.retain",
        "mqtt.duplicate",
        "mqtt.payload_bytes",
        "mqtt.reason_code",
    ),
    samples=(
        Sample(
            bytes.fromhex(
                "10 20 0004 4d515454 04 c2 003c 0005 6d65746572 0005 616c696365 0006 736563726574"
            ),
            {
                "event.action": "mqtt_connect",
                "mqtt.protocol_version": "3.1.1",
                "mqtt.client_id": "meter",
                "user.name": "alice",
                "citywatch.credentials.cleartext": True,
            },
        ),
        Sample(
            bytes.fromhex("33 0b 0005 612f622f63 0001 3231"),
            {"event.action": "mqtt_publish", "mqtt.topic": "a/b/c", "mqtt.payload_bytes": 2},
        ),
    ),
)
_FIRST = frozenset((CONNECT << 4, *range(PUBLISH << 4, PUBLISH + 1 << 4)))
PARSERS = (
    PARSER,
    replace(PARSER, ports=(), begins=_begins_anywhere, anywhere=True, first=_FIRST),
)
