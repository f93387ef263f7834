"""SIP over UDP and TCP (RFC 3261): heads of requests and responses, media of SDP (RFC 8866)."""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample
from sensors.protocol.text import text_of
from situation.faults import Malformed

NAME = "sip"

_REQUEST = re.compile(
    rb"([A-Z]{3,16}) ([A-Za-z][A-Za-z0-9+.-]{1,15}:[^ \r\n]{1,1024}) SIP/2\.0\r?\n"
)
_RESPONSE = re.compile(rb"SIP/2\.0 ([1-6][0-9]{2})(?: ([^\r\n]{0,256}))?\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(
    rb"\r?\n(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,9})[ \t]*\r?\n", re.IGNORECASE
)
_PARAMETER = re.compile(rb"\b([a-z]+)[ \t]*=[ \t]*\"([^\"\r\n]{0,256})\"", re.IGNORECASE)
_PASSWORD = re.compile(r"(sips?:[^:@;?>]*):[^@>]*@", re.IGNORECASE)
_HEAD_LIMIT = 16_384
_CREDENTIALS_LIMIT = 1024  # names are sought letter by letter in them
_LINES_LIMIT = 128
_MEDIA_LIMIT = 8
_SUCCESS, _FAILURE = range(200, 300), 400

_HEADERS = {
    b"from": "from", b"f": "from", b"to": "to", b"t": "to", b"call-id": "call_id",
    b"i": "call_id", b"cseq": "cseq", b"user-agent": "agent", b"server": "agent",
    b"contact": "contact", b"m": "contact", b"content-type": "type", b"c": "type",
    b"authorization": "authorization", b"proxy-authorization": "authorization",
}  # fmt: skip
"""Headers that are read, by their names in lower case, the compact ones among them."""
_ADDRESSES = ("from", "to", "contact")
_SDP = b"application/sdp"


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    return _RESPONSE.match(octets) is not None or _REQUEST.match(octets) is not None


def _length(octets: bytes) -> int:
    blank = len(octets) - len(octets.lstrip(b"\r\n"))
    if blank:
        return blank
    end = _HEAD_END.search(octets, 0, _HEAD_LIMIT)
    if end is None:
        return LOST if len(octets) > _HEAD_LIMIT else MORE
    if not _begins(octets, True):  # noqa: FBT003 - either side may send either
        return LOST
    body = _LENGTH.search(octets, 0, end.end())
    return end.end() + (int(body[1]) if body else 0)


def _read(message: Message) -> Iterator[Fields]:
    octets = message.octets
    if not octets.strip(b" \r\n\0"):
        return
    request, response = _REQUEST.match(octets), _RESPONSE.match(octets)
    end = _HEAD_END.search(octets)
    head, body = (octets[: end.start()], octets[end.end() :]) if end else (octets, b"")
    headers = _headers(head)
    if request:
        first = _requested(request)
    elif response:
        first = _responded(response, headers)
    else:
        raise Malformed("the first line is none of SIP", where="message")
    yield {**first, **_told(headers), **_authorized(headers), **_media(headers, body)}


def _headers(head: bytes) -> dict[str, bytes]:
    """Return the first value of each header that is read."""
    found: dict[str, bytes] = {}
    for line in head.split(b"\n", _LINES_LIMIT)[1:_LINES_LIMIT]:
        name, _, value = line.partition(b":")
        key = _HEADERS.get(name.strip().lower())
        if key:
            found.setdefault(key, value.strip())
    return found


def _requested(match: re.Match[bytes]) -> Fields:
    method = match[1].decode()
    return {
        "event.action": f"sip_{method.lower()}",
        "sip.method": method,
        **_uri("uri", text_of(match[2])),
    }


def _responded(match: re.Match[bytes], headers: Mapping[str, bytes]) -> Fields:
    code = int(match[1])
    method = text_of(headers.get("cseq", b"").partition(b" ")[2].strip())
    fields: dict[str, object] = {"event.action": "sip_response", "sip.status_code": code}
    if method:
        fields["sip.method"] = method
    if code in _SUCCESS:
        fields["event.outcome"] = "success"
    elif code >= _FAILURE:
        reason = text_of(match[2] or match[1])
        fields |= {"event.outcome": "failure", "event.reason": reason}
    return fields


def _uri(name: str, text: str) -> dict[str, object]:
    """Return an address; a password in it (19.1.1) is a mark and no text."""
    cleared, count = _PASSWORD.subn(r"\1@", text)
    fields: dict[str, object] = {f"sip.{name}": cleared}
    return {**fields, "citywatch.credentials.cleartext": True} if count else fields


def _address(value: bytes) -> str:
    """Return the address of a header without the name before it and what follows it."""
    begin = value.find(b"<")
    if begin >= 0:
        return text_of(value[begin + 1 :].partition(b">")[0])
    return text_of(value.partition(b";")[0].strip())


def _told(headers: Mapping[str, bytes]) -> Fields:
    fields: dict[str, object] = {}
    for name in _ADDRESSES:
        if headers.get(name):
            fields |= _uri(name, _address(headers[name]))
    for key, name in (("call_id", "sip.call_id"), ("agent", "user_agent.original")):
        if headers.get(key):
            fields[name] = text_of(headers[key])
    number = headers.get("cseq", b"").partition(b" ")[0]
    return {**fields, "sip.cseq": int(number)} if number.isdigit() and len(number) < 11 else fields  # noqa: PLR2004 - 32 bits


def _authorized(headers: Mapping[str, bytes]) -> Fields:
    """Return by which scheme and name somebody authorizes; a secret in clear is but a mark."""
    value = headers.get("authorization", b"")[:_CREDENTIALS_LIMIT]
    if not value:
        return {}
    scheme = text_of(value.partition(b" ")[0]).lower()
    fields: dict[str, object] = {"sip.authentication": scheme}
    names = {name.lower(): found for name, found in _PARAMETER.findall(value)}
    if names.get(b"username"):
        fields["user.name"] = text_of(names[b"username"])
    return {**fields, "citywatch.credentials.cleartext": True} if scheme == "basic" else fields


def _media(headers: Mapping[str, bytes], body: bytes) -> Fields:
    if not headers.get("type", b"").lower().startswith(_SDP):
        return {}
    lines = body.split(b"\n", _LINES_LIMIT)
    media = [text_of(line[2:].strip()) for line in lines if line.startswith(b"m=")]
    origin = next((line for line in lines if line.startswith(b"c=")), b"")
    fields: dict[str, object] = {"sip.sdp.media": media[:_MEDIA_LIMIT]} if media else {}
    address = origin.strip().rpartition(b" ")[2]
    return {**fields, "sip.sdp.address": text_of(address)} if address else fields


PARSER = Parser(
    name=NAME,
    standard="RFC 3261",
    transport="udp",
    ports=(5060,),
    begins=_begins,
    read=_read,
    anywhere=True,
    first=frozenset(string.ascii_uppercase.encode()),
    messages=True,
    fields=(
        "event.action",
        "event.outcome",
        "event.reason",
        "user.name",
        "user_agent.original",
        "citywatch.credentials.cleartext",
        "sip.method",
        "sip.uri",
        "sip.status_code",
        "sip.from",
        "sip.to",
        "sip.contact",
        "sip.call_id",
        "sip.cseq",
        "sip.authentication",
        "sip.sdp.media",
        "sip.sdp.address",
    ),
    samples=(
        Sample(
            b"REGISTER sip:example.net SIP/2.0\r\nFrom: Alice <sip:alice@example.net>;tag=1\r\n"
            b"To: <sip:alice@example.net>\r\nCall-ID: 7@192.0.2.1\r\nCSeq: 2 REGISTER\r\n"
            b'User-Agent: phone\r\nAuthorization: Digest username="alice", response="0"\r\n'
            b"Content-Length: 0\r\n\r\n",
            {
                "event.action": "sip_register",
                "sip.from": "sip:alice@example.net",
                "user.name": "alice",
                "sip.authentication": "digest",
                "user_agent.original": "phone",
            },
        ),
        Sample(
            b"SIP/2.0 404 Not Found\r\nCSeq: 1 INVITE\r\nCall-ID: 8\r\nl: 0\r\n\r\n",
            {"sip.status_code": 404, "sip.method": "INVITE", "event.outcome": "failure"},
            from_client=False,
        ),
    ),
)
PARSERS = (PARSER, replace(PARSER, transport="tcp", length=_length))
