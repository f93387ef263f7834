"""The heads of HTTP/1.x messages (RFC 9112, 2 to 6): where they end, and what they say."""

import re
from typing import NamedTuple

from sensors.protocol.parser import LOST, MORE
from situation.faults import Malformed

METHODS = (
    "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH",
    # WebDAV and its extensions: RFC 4918, 3253, 3648, 3744, 4791, 5323, 5842
    "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH",
    "CHECKOUT", "CHECKIN", "UNCHECKOUT", "MKACTIVITY", "MKWORKSPACE", "MERGE", "UPDATE", "LABEL",
    "VERSION-CONTROL", "BASELINE-CONTROL", "ACL", "ORDERPATCH", "MKCALENDAR", "BIND", "UNBIND",
    "REBIND", "LINK", "UNLINK", "PURGE",
    # Exchange and RPC over HTTP: MS-WDVME, MS-RPCH; UPnP: NOTIFY, M-SEARCH, SUBSCRIBE
    "POLL", "BCOPY", "BMOVE", "BDELETE", "BPROPFIND", "BPROPPATCH", "X-MS-ENUMATTS",
    "RPC_IN_DATA", "RPC_OUT_DATA", "RPC_CONNECT", "NOTIFY", "M-SEARCH", "SUBSCRIBE",
    "UNSUBSCRIBE", "SOURCE", "BREW", "CCM_POST", "TRACK", "DEBUG",
)  # fmt: skip
"""Methods that a message may begin with; others are no HTTP for us."""

_REQUEST = re.compile(rb"(?:" + b"|".join(re.escape(m.encode()) for m in METHODS) + rb") +[^ ]")
_STATUS = re.compile(rb"HTTP/[0-9](?:\.[0-9])? +[1-5][0-9]{2}(?![0-9])")
_METHOD_OCTETS = tuple(f"{name} ".encode() for name in METHODS)
_LONGEST_METHOD = max(map(len, METHODS))
_OLD_REQUEST = b"GET /"
"""Of HTTP/0.9, whose requests are one line without a version."""
_LINE_LIMIT = 16 * 1024
_HEAD_LIMIT = 32 * 1024
_ENDS = (b"\n\r\n", b"\n\n")
_REQUEST_LINE = re.compile(rb"([^ ]+) +(.*?)(?: +HTTP/([0-9](?:\.[0-9])?))?[ \t]*", re.DOTALL)
_PARTS, _USUAL_VERSIONS = 3, (b"HTTP/1.1", b"HTTP/1.0")
_STATUS_LINE = re.compile(rb"HTTP/([0-9](?:\.[0-9])?) +([0-9]{3})(?: (.*))?", re.DOTALL)

_HEADERS = (
    b"host", b"user-agent", b"referer", b"origin", b"x-forwarded-for", b"authorization",
    b"proxy-authorization", b"content-length", b"content-type", b"transfer-encoding", b"server",
    b"location", b"www-authenticate",
)  # fmt: skip
"""Fields that are read; all others, cookies among them, are never looked at."""
_HEADER = re.compile(
    rb"\n(" + b"|".join(_HEADERS) + rb")[ \t]*:[ \t]*([^\r\n]*)(?=\r?(?:\n|\Z))", re.IGNORECASE
)

Headers = dict[bytes, bytes]
"""Names in lower case to values; of several of one name the first."""


class Request(NamedTuple):
    """The head of a request."""

    method: bytes
    target: bytes
    version: str
    """Empty for HTTP/0.9."""
    headers: Headers


class Response(NamedTuple):
    """The head of a response."""

    version: str
    status: int
    reason: bytes
    headers: Headers


def starts(octets: bytes) -> bool:
    """Tell whether a request or a response may begin here; SIP and RTSP have the same methods."""
    if _STATUS.match(octets):
        return True
    if not _REQUEST.match(octets):
        return False
    line = octets.find(b"\n", 0, _LINE_LIMIT)
    if line < 0:
        return b"/" in octets
    return b" HTTP/" in octets[:line] or octets.startswith(_OLD_REQUEST)


def head_length(octets: bytes) -> int:
    """Return the octets of the head in front, MORE or LOST."""
    if not starts(octets):
        return MORE if _may_become_one(octets) else LOST
    line = octets.find(b"\n", 0, _LINE_LIMIT)
    if line > 0 and b"HTTP/" not in octets[:line]:
        return line + 1
    found = [(octets.find(end, 0, _HEAD_LIMIT), end) for end in _ENDS]
    ends = [at + len(end) for at, end in found if at >= 0]
    if ends:
        return min(ends)
    return MORE if len(octets) < _HEAD_LIMIT else LOST


def _may_become_one(octets: bytes) -> bool:
    """Tell whether so few octets are here that they may be the begin of a first line."""
    if len(octets) > _LONGEST_METHOD:
        return False
    return any(known.startswith(octets) for known in (b"HTTP/1.", *_METHOD_OCTETS))


def _headers(octets: bytes, line: int) -> Headers:
    """Return the fields behind the first line, which ends at `line`, that are wanted.

    What a folded line goes on with (RFC 9112, 5.2) is not.
    """
    headers: Headers = {}
    for name, value in _HEADER.findall(octets, line):
        headers.setdefault(name.lower(), value.rstrip(b" \t"))
    return headers


def request_of(octets: bytes) -> Request:
    """Return the head of a request; raise `Malformed` where it is none."""
    first = octets.partition(b"\n")[0]
    method, target, version = _request_line(first.rstrip(b"\r"))
    return Request(method, target, (version or b"").decode(), _headers(octets, len(first)))


def _request_line(line: bytes) -> tuple[bytes, bytes, bytes | None]:
    """Return method, target and version; the usual line is taken apart without an expression."""
    usual = line.split(b" ")
    if len(usual) == _PARTS and usual[2] in _USUAL_VERSIONS and usual[0] and usual[1]:
        return usual[0], usual[1], usual[2][5:]
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        raise Malformed("no request line", where="message")
    return found[1], found[2], found[3]


def response_of(octets: bytes) -> Response:
    """Return the head of a response; raise `Malformed` where it is none."""
    first = octets.partition(b"\n")[0]
    found = _STATUS_LINE.fullmatch(first.rstrip(b"\r"))
    if found is None:
        raise Malformed("no status line", where="message")
    version, status, reason = found.groups()
    return Response(version.decode(), int(status), reason or b"", _headers(octets, len(first)))
