"""Parts of MQTT packets (MQTT 5.0, 1.5 and 2): lengths, strings, properties, reason codes."""

from sensors.protocol.cursor import Cursor
from sensors.protocol.parser import LOST, MORE
from sensors.protocol.text import text_of
from situation.faults import Malformed

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = range(1, 8)
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = range(8, 16)

FLAGS = {PUBREL: 0x02, SUBSCRIBE: 0x02, UNSUBSCRIBE: 0x02}
"""Flags that a packet must have; PUBLISH has its own, all others have none (2.1.3)."""

_MORE_OCTETS, _SEVEN = 0x80, 0x7F
_LENGTH_OCTETS = 4

RETURN_CODES = {
    0: "accepted",
    1: "unacceptable_protocol_version",
    2: "identifier_rejected",
    3: "server_unavailable",
    4: "bad_user_name_or_password",
    5: "not_authorized",
}
"""Return codes of CONNACK before version 5 (MQTT 3.1.1, 3.2.2.3)."""

REASON_CODES = {
    0x80: "unspecified_error", 0x81: "malformed_packet", 0x82: "protocol_error",
    0x83: "implementation_specific_error", 0x84: "unsupported_protocol_version",
    0x85: "client_identifier_not_valid", 0x86: "bad_user_name_or_password",
    0x87: "not_authorized", 0x88: "server_unavailable", 0x89: "server_busy", 0x8A: "banned",
    0x8B: "server_shutting_down", 0x8C: "bad_authentication_method", 0x8D: "keep_alive_timeout",
    0x8E: "session_taken_over", 0x8F: "topic_filter_invalid", 0x90: "topic_name_invalid",
    0x91: "packet_identifier_in_use", 0x92: "packet_identifier_not_found",
    0x93: "receive_maximum_exceeded", 0x94: "topic_alias_invalid", 0x95: "packet_too_large",
    0x96: "message_rate_too_high", 0x97: "quota_exceeded", 0x98: "administrative_action",
    0x99: "payload_format_invalid", 0x9A: "retain_not_supported", 0x9B: "qos_not_supported",
    0x9C: "use_another_server", 0x9D: "server_moved",
    0x9E: "shared_subscriptions_not_supported", 0x9F: "connection_rate_exceeded",
    0xA0: "maximum_connect_time", 0xA1: "subscription_identifiers_not_supported",
    0xA2: "wildcard_subscriptions_not_supported",
}  # fmt: skip
"""Reason codes of version 5 that tell of a failure (2.4)."""
FAILURES = 0x80


def packet_length(octets: bytes) -> int:
    """Return the octets of the packet that stands in front of a stream, MORE or LOST."""
    if not octets:
        return MORE
    kind = octets[0] >> 4
    if not kind or (kind != PUBLISH and octets[0] & 0x0F != FLAGS.get(kind, 0)):
        return LOST
    length = 0
    for place, octet in enumerate(octets[1 : 1 + _LENGTH_OCTETS]):
        length |= (octet & _SEVEN) << 7 * place
        if octet < _MORE_OCTETS:
            return 2 + place + length
    return LOST if len(octets) > _LENGTH_OCTETS else MORE


def variable(cursor: Cursor) -> int:
    """Return a variable byte integer; raise Malformed if it is longer than four octets."""
    value = 0
    for place in range(_LENGTH_OCTETS):
        octet = cursor.octet()
        value |= (octet & _SEVEN) << 7 * place
        if octet < _MORE_OCTETS:
            return value
    raise Malformed("a length has more than four octets", where="message")


def text(cursor: Cursor) -> str:
    """Return a string behind its length."""
    return text_of(cursor.take(cursor.big(2)))


def skip_properties(cursor: Cursor) -> None:
    """Pass over the properties of version 5."""
    cursor.skip(variable(cursor))


def reason(code: int) -> str:
    """Return the name of a reason code that tells of a failure."""
    return REASON_CODES.get(code, f"{code:#04x}")
