"""CoAP over UDP (RFC 7252), with Observe (RFC 7641) and block-wise transfer (RFC 7959)."""

from collections.abc import Iterator
from typing import NamedTuple

from sensors.protocol.cursor import Cursor
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import Fields, Message, Parser, Sample
from sensors.protocol.text import text_of
from situation.faults import Malformed

NAME = "coap"

_VERSION = 1
_TYPES = ("confirmable", "non_confirmable", "acknowledgement", "reset")
_TOKEN_LIMIT = 8
_HEAD_OCTETS = 4
_PAYLOAD = 0xFF
_OPTIONS_LIMIT = 64
_METHODS = {1: "get", 2: "post", 3: "put", 4: "delete", 5: "fetch", 6: "patch", 7: "ipatch"}
_RESPONSES = {
    65: "created", 66: "deleted", 67: "valid", 68: "changed", 69: "content", 95: "continue",
    128: "bad_request", 129: "unauthorized", 130: "bad_option", 131: "forbidden",
    132: "not_found", 133: "method_not_allowed", 134: "not_acceptable",
    136: "request_entity_incomplete", 137: "conflict", 140: "precondition_failed",
    141: "request_entity_too_large", 143: "unsupported_content_format",
    150: "unprocessable_entity", 157: "too_many_requests", 160: "internal_server_error",
    161: "not_implemented", 162: "bad_gateway", 163: "service_unavailable",
    164: "gateway_timeout", 165: "proxying_not_supported", 168: "hop_limit_reached",
}  # fmt: skip
_FAILURES = 128
_HOST, _OBSERVE, _PATH, _FORMAT, _QUERY = 3, 6, 11, 12, 15
_BLOCKS = {23: "coap.block2", 27: "coap.block1"}
_PROXY = 35
_EXTENDED, _EXTENDED_TWICE, _RESERVED = 13, 14, 15


class _Head(NamedTuple):
    kind: int
    code: int
    number: int
    token: bytes


def _is_known(code: int) -> bool:
    return code in _METHODS or code in _RESPONSES


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _HEAD_OCTETS or octets[0] >> 6 != _VERSION or octets[0] & 0x0F > _TOKEN_LIMIT:
        return False
    if octets[1] == 0:
        return len(octets) == _HEAD_OCTETS and not octets[0] & 0x0F
    if not _is_known(octets[1]):
        return False
    cursor = Cursor(octets)
    try:
        _head(cursor)
        for _ in _options(cursor):
            pass
    except Malformed:
        return False
    return True


def _head(cursor: Cursor) -> _Head:
    first = cursor.octet()
    length = first & 0x0F
    if first >> 6 != _VERSION or length > _TOKEN_LIMIT:
        raise Malformed("the head is none of CoAP", where="message")
    return _Head(first >> 4 & 3, cursor.octet(), cursor.big(2), cursor.take(length))


def _extended(cursor: Cursor, nibble: int) -> int:
    if nibble == _RESERVED:
        raise Malformed("an option has a reserved length", where="message")
    if nibble == _EXTENDED:
        return _EXTENDED + cursor.octet()
    return cursor.big(2) + 269 if nibble == _EXTENDED_TWICE else nibble


def _options(cursor: Cursor) -> Iterator[tuple[int, bytes]]:
    """Yield number and value of each option (3.1); the cursor stands before the payload then."""
    number = 0
    for _ in range(_OPTIONS_LIMIT):
        if not cursor.left:
            return
        first = cursor.octet()
        if first == _PAYLOAD:
            if not cursor.left:
                raise Malformed("a payload is announced and none is there", where="message")
            return
        number += _extended(cursor, first >> 4)
        yield number, cursor.take(_extended(cursor, first & 0x0F))


def _asked(cursor: Cursor) -> dict[str, object]:
    """Return what the options say."""
    fields: dict[str, object] = {}
    path: list[str] = []
    query: list[str] = []
    for number, value in _options(cursor):
        if number == _PATH:
            path.append(text_of(value))
        elif number == _QUERY:
            query.append(text_of(value))
        elif number in _BLOCKS:
            fields[_BLOCKS[number]] = int.from_bytes(value[:4]) >> 4
        elif number in _TEXTS:
            fields[_TEXTS[number]] = text_of(value)
        elif number in _NUMBERS:
            fields[_NUMBERS[number]] = int.from_bytes(value[:4])
    if path:
        fields["url.path"] = "/" + "/".join(path)
    if query:
        fields["url.query"] = "&".join(query)
    return fields


_TEXTS = {_HOST: "url.domain", _PROXY: "url.full"}
_NUMBERS = {_OBSERVE: "coap.observe", _FORMAT: "coap.content_format"}


def _read(message: Message) -> Iterator[Fields]:
    cursor = Cursor(message.octets)
    head = _head(cursor)
    fields = {
        "coap.type": _TYPES[head.kind],
        "coap.code": f"{head.code >> 5}.{head.code & 0x1F:02}",
        "coap.message_id": head.number,
        **({"coap.token": head.token.hex()} if head.token else {}),
    }
    if head.code == 0:
        # An empty message acknowledges, resets or pings; only the reset says anything.
        if _TYPES[head.kind] == "reset":
            yield {"event.action": "coap_reset", **fields}
        return
    if not _is_known(head.code):
        raise Malformed("the code is none of CoAP", where="message")
    if head.code in _METHODS:
        asked = _asked(cursor)
        ask(message.session, head.token, asked)
        yield {"event.action": f"coap_{_METHODS[head.code]}", **asked, **fields}
    else:
        yield _answered(cursor, head, message) | fields


def _answered(cursor: Cursor, head: _Head, message: Message) -> dict[str, object]:
    """Return an answer with the address that its request asked for."""
    asked = answer(message.session, head.token)
    if "coap.observe" in asked:
        ask(message.session, head.token, asked)
    address = {name: value for name, value in asked.items() if name.startswith("url.")}
    name = _RESPONSES[head.code]
    fields = {"event.action": f"coap_{name}", **address, **_asked(cursor)}
    fields["coap.payload_bytes"] = cursor.left
    if head.code < _FAILURES:
        return {**fields, "event.outcome": "success"}
    return {**fields, "event.outcome": "failure", "event.reason": name}


PARSER = Parser(
    name=NAME,
    standard="RFC 7252",
    transport="udp",
    ports=(5683,),
    begins=_begins,
    read=_read,
    messages=True,
    fields=(
        "event.action",
        "event.outcome",
        "event.reason",
        "url.domain",
        "url.path",
        "url.query",
        "url.full",
        "coap.type",
        "coap.code",
        "coap.message_id",
        "coap.token",
        "coap.observe",
        "coap.content_format",
        "coap.block1",
        "coap.block2",
        "coap.payload_bytes",
    ),
    samples=(
        Sample(
            bytes.fromhex("42 01 1234 abcd 60 54 74656d70 43 613d31"),
            {
                "event.action": "coap_get",
                "url.path": "/temp",
                "url.query": "a=1",
                "coap.type": "confirmable",
                "coap.observe": 0,
                "coap.token": "abcd",
            },
        ),
        Sample(
            bytes.fromhex("62 84 1234 abcd"),
            {"event.action": "coap_not_found", "event.outcome": "failure", "coap.code": "4.04"},
            from_client=False,
        ),
    ),
)
