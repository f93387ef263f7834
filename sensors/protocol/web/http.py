"""HTTP/1.x: one record for a request and its response (RFC 9110, 9112)."""

from collections.abc import Iterator

from sensors.protocol.parser import (
    DONE,
    HANDOVER,
    SKIP,
    Fields,
    Message,
    Parser,
    Sample,
    Session,
)
from sensors.protocol.text import text_of
from sensors.protocol.web.address import address_fields, without_secrets
from sensors.protocol.web.authorization import authorization_fields, windows_fields
from sensors.protocol.web.head import (
    METHODS,
    Headers,
    Request,
    Response,
    head_length,
    request_of,
    response_of,
    starts,
)
from sensors.protocol.windows.ntlm import NTLM_FIELDS

_OPEN = "open"
_OPEN_LIMIT = 64
"""Requests of a conversation that wait for their response; further ones are told without."""
_NEXT_VERSION = b"PRI * HTTP/2.0"
_SWITCHED, _LAST_INTERIM, _FAILED = 101, 199, 400
_SUCCESS = range(200, 300)
_BODILESS = (204, 304)
_LARGEST = 2**62

Found = dict[str, object]

_REQUEST_TEXTS = (
    (b"user-agent", "user_agent.original"),
    (b"x-forwarded-for", "http.request.forwarded_for"),
    (b"origin", "http.request.origin"),
)
_RESPONSE_TEXTS = (
    (b"server", "http.response.server"),
    (b"www-authenticate", "http.response.challenge"),
)
_FIELDS = (
    "event.action", "event.outcome", "http.request.method", "http.request.referrer",
    "http.request.body.bytes", "http.request.mime_type", "http.request.authorization",
    "http.request.forwarded_for", "http.request.origin", "http.response.status_code",
    "http.response.body.bytes", "http.response.mime_type", "http.response.server",
    "http.response.location", "http.response.challenge", "http.version", "url.original",
    "url.full", "url.domain", "url.port", "url.path", "url.query", "user_agent.original",
    "citywatch.credentials.cleartext", *NTLM_FIELDS,
)  # fmt: skip


def _length_of_body(headers: Headers) -> int | None:
    """Return the octets of the body, None where its end is told otherwise (RFC 9112, 6.3)."""
    said = headers.get(b"content-length")
    if said is None or b"transfer-encoding" in headers or not said.isdigit() or len(said) > 18:  # noqa: PLR2004 - digits of 63 bits
        return None
    return int(said)


def _body(headers: Headers, side: str) -> Found:
    fields: Found = {}
    length = _length_of_body(headers)
    if length is not None:
        fields[f"http.{side}.body.bytes"] = length
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip()
    if kind:
        fields[f"http.{side}.mime_type"] = text_of(kind).lower()
    return fields


def _request_fields(request: Request, time: int) -> Found:
    headers = request.headers
    method = text_of(request.method)
    fields: Found = {
        "@timestamp": time,
        "event.action": f"http_{method.lower()}",
        "http.request.method": method,
        "http.version": request.version or None,
        **address_fields(method, request.target, headers.get(b"host", b"")),
        **_body(headers, "request"),
    }
    for header, name in _REQUEST_TEXTS:
        if header in headers:
            fields[name] = text_of(headers[header])
    if b"referer" in headers:
        fields["http.request.referrer"] = without_secrets(text_of(headers[b"referer"]))[0]
    for header in (b"authorization", b"proxy-authorization"):
        if header in headers:
            fields |= authorization_fields(headers[header])
    return fields


def _response_fields(response: Response) -> Found:
    headers = response.headers
    fields: Found = {
        "event.outcome": "failure" if response.status >= _FAILED else "success",
        "http.response.status_code": response.status,
        "http.version": response.version,
        **_body(headers, "response"),
    }
    for header, name in _RESPONSE_TEXTS:
        if header in headers:
            fields[name] = text_of(headers[header])
    scheme, _, credentials = headers.get(b"www-authenticate", b"").partition(b" ")
    if credentials and scheme.lower() in (b"ntlm", b"negotiate"):
        fields["http.response.challenge"] = text_of(scheme)
        fields |= windows_fields(credentials)
    if b"location" in headers:
        fields["http.response.location"] = without_secrets(text_of(headers[b"location"]))[0]
    return fields


def _open_requests(session: Session) -> list[Found]:
    """Return the requests that wait for their response, the oldest first."""
    waiting = session.setdefault(_OPEN, [])
    return waiting if isinstance(waiting, list) else []


def _read_request(message: Message) -> Iterator[Fields]:
    if message.octets.startswith(_NEXT_VERSION):
        message.session[DONE] = True
        yield {
            "event.action": "http_preface",
            "http.request.method": "PRI",
            "http.version": "2",
        }
        return
    request = request_of(message.octets)
    message.session[SKIP] = _length_of_body(request.headers) or 0
    waiting = _open_requests(message.session)
    waiting.append(_request_fields(request, message.time))
    if len(waiting) > _OPEN_LIMIT:
        yield waiting.pop(0)


def _read_response(message: Message) -> Iterator[Fields]:
    response = response_of(message.octets)
    waiting = _open_requests(message.session)
    if response.status <= _LAST_INTERIM and response.status != _SWITCHED:
        return
    request = waiting.pop(0) if waiting else {}
    method = request.get("http.request.method")
    has_body = method != "HEAD" and response.status not in _BODILESS
    message.session[SKIP] = (_length_of_body(response.headers) or 0) * has_body
    if response.status == _SWITCHED:
        message.session[DONE] = True
    elif method == "CONNECT" and response.status in _SUCCESS:
        message.session[HANDOVER] = ""
    answered = {"event.action": "http_response", **request, **_response_fields(response)}
    if request.get("http.version"):
        answered["http.version"] = request["http.version"]
    yield answered


def read(message: Message) -> Iterator[Fields]:
    """Read the head of a request or a response; its body is passed over."""
    is_response = message.octets.startswith(b"HTTP/")
    return _read_response(message) if is_response else _read_request(message)


def finish(session: Session) -> Iterator[Fields]:
    """Tell of the requests that were never answered."""
    yield from _open_requests(session)
    session.pop(_OPEN, None)


def begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    """Tell whether a head begins here, on any port."""
    return starts(octets) or octets.startswith(_NEXT_VERSION)


def length(octets: bytes) -> int:
    """Return the octets of the head in front."""
    return len(octets) if octets.startswith(_NEXT_VERSION) else head_length(octets)


PARSER = Parser(
    name="http",
    standard="RFC 9112",
    transport="tcp",
    ports=(80, 81, 591, 3128, 5985, 8000, 8008, 8080, 8081, 8088, 8888, 9080),
    begins=begins,
    length=length,
    read=read,
    finish=finish,
    fields=_FIELDS,
    anywhere=True,
    first=frozenset(ord(word[0]) for word in ("HTTP", *METHODS)),
    partial=True,
    samples=(
        Sample(
            b"HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n",
            {"http.response.status_code": 404, "http.response.server": "nginx"},
            from_client=False,
        ),
        Sample(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            {"http.version": "2"},
        ),
    ),
)
