"""Kerberos 5 (RFC 4120, 5 and 7.2): who asks for which ticket, and what the KDC says."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sensors.protocol.ber import APPLICATION, CONSTRUCTED, CONTEXT, SEQUENCE, Element, element
from sensors.protocol.pairing import answer, ask
from sensors.protocol.parser import LOST, MORE, Fields, Message, Parser, Sample, Session
from sensors.protocol.text import text_of
from sensors.protocol.windows.kerberos_number import ENCRYPTIONS, ERRORS, WEAK
from situation.faults import Malformed

NAME = "kerberos"

_AS_REQUEST, _AS_REPLY, _TGS_REQUEST, _TGS_REPLY, _ERROR = 10, 11, 12, 13, 30
_AP_REQUEST = 14
_REQUESTS = {_AS_REQUEST: "AS", _TGS_REQUEST: "TGS"}
_REPLIES = {_AS_REPLY: "AS", _TGS_REPLY: "TGS"}
_KINDS = frozenset((*_REQUESTS, *_REPLIES, _AP_REQUEST, 15, 20, 21, 22, _ERROR))
_PREFIX_OCTETS = 4
_TICKET = APPLICATION | CONSTRUCTED | 1
_TIMESTAMP, _FAST, _PKINIT = 2, 136, (16, 17)
_NAMES_LIMIT, _TYPES_LIMIT = 8, 32
_FORWARDABLE, _RENEWABLE = 0x40000000, 0x00800000
"""Options of a request, out of 32 bits (5.4.1)."""
_PLACE = "place"

Members = Mapping[int, Element]
"""Elements of a sequence by their tag."""


def _context(number: int) -> int:
    return CONTEXT | CONSTRUCTED | number


def _kind(octets: bytes) -> int:
    """Return the kind of message that the first octet says, 0 if it is none."""
    if octets[:1] == b"" or octets[0] & 0xE0 != APPLICATION | CONSTRUCTED:
        return 0
    kind = octets[0] & 0x1F
    return kind if kind in _KINDS else 0


def _begins(octets: bytes, _from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if not _kind(octets) or len(octets) < 12:  # noqa: PLR2004 - head, head, version
        return False
    size = octets[1]
    head = 2 if size < 0x80 else 2 + (size & 0x7F)  # noqa: PLR2004 - the long form
    return octets[head : head + 1] == b"\x30"


def _begins_stream(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    return octets[:2] == b"\0\0" and _begins(octets[_PREFIX_OCTETS:], from_client)


def _length(octets: bytes) -> int:
    if len(octets) < _PREFIX_OCTETS:
        return MORE
    if len(octets) > _PREFIX_OCTETS and not _kind(octets[_PREFIX_OCTETS:]):
        return LOST
    return _PREFIX_OCTETS + int.from_bytes(octets[:_PREFIX_OCTETS])


def _members(holder: Element) -> Members:
    """Return the elements of a sequence by their tag, so that it is gone through once."""
    return {member.tag: member for member in holder.inside()}


def _name(holder: Members, number: int) -> str | None:
    """Return the parts of a principal name with slashes (6.2), None where there is none."""
    found = holder.get(_context(number))
    if found is None:
        return None
    parts = found.only(SEQUENCE, _context(1), SEQUENCE).inside()
    texts = [text_of(part.value()) for part in itertools.islice(parts, _NAMES_LIMIT)]
    return "/".join(texts) or None


def _first(holder: Members, number: int) -> Element | None:
    """Return what the context tag holds, None where it is missing."""
    found = holder.get(_context(number))
    return None if found is None else next(found.inside(), None)


def _inner(holder: Members, *tags: int) -> Members:
    """Return the members of what lies below the tags; raise Malformed where one is missing."""
    found = holder.get(tags[0])
    if found is None:
        raise Malformed(f"element {tags[0]:#04x} is missing", where="message")
    return _members(found.only(*tags[1:]))


def _text(holder: Members, number: int) -> str | None:
    found = _first(holder, number)
    return None if found is None else text_of(found.value())


def _number(holder: Members, number: int) -> int | None:
    found = _first(holder, number)
    return None if found is None else found.integer()


def _encryption(number: int) -> str:
    return ENCRYPTIONS.get(number, f"etype_{number}")


def _present(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}


def _request(kind: int, message: Members) -> Fields:
    body = _inner(message, _context(4), SEQUENCE)
    listed = _first(body, 8)
    types = [] if listed is None else [one.integer() for one in listed.inside()][:_TYPES_LIMIT]
    options = _first(body, 0)
    set_bits = int.from_bytes(options.value()[1:5].ljust(4, b"\0")) if options else 0
    given = _given(message)
    fields: dict[str, object] = {
        "event.action": f"kerberos_{_REQUESTS[kind].lower()}",
        "kerberos.request_type": _REQUESTS[kind],
        "user.name": _name(body, 1),
        "user.domain": _text(body, 2),
        "kerberos.realm": _text(body, 2),
        "kerberos.service": _name(body, 3),
        "kerberos.requested_encryption": [_encryption(one) for one in types],
        "kerberos.weak_requested": True if types and WEAK.issuperset(types) else None,
        "kerberos.forwardable": bool(set_bits & _FORWARDABLE),
        "kerberos.renewable": bool(set_bits & _RENEWABLE),
    }
    if kind == _AS_REQUEST:
        fields["kerberos.preauthentication"] = not given.isdisjoint((_TIMESTAMP, _FAST, *_PKINIT))
    return _present(fields)


def _given(message: Members) -> set[int]:
    """Return the kinds of data that come before the body (5.2.7)."""
    found = _first(message, 3)
    kinds: set[int] = set()
    for data in () if found is None else found.inside():
        if len(kinds) < _TYPES_LIMIT:
            number = _number(_members(data), 1)
            kinds |= set() if number is None else {number}
    return kinds


def _reply(kind: int, message: Members) -> Fields:
    ticket = _inner(message, _context(5), _TICKET, SEQUENCE)
    encryption = _number(_inner(ticket, _context(3), SEQUENCE), 0)
    whole = _number(_inner(message, _context(6), SEQUENCE), 0)
    return _present(
        {
            "event.action": f"kerberos_{_REPLIES[kind].lower()}",
            "kerberos.request_type": _REPLIES[kind],
            "user.name": _name(message, 4),
            "user.domain": _text(message, 3),
            "kerberos.realm": _text(ticket, 1),
            "kerberos.service": _name(ticket, 2),
            "kerberos.ticket_encryption": None if encryption is None else _encryption(encryption),
            "kerberos.reply_encryption": None if whole is None else _encryption(whole),
            "kerberos.weak_ticket": True if encryption in WEAK else None,
            "event.outcome": "success",
        }
    )


def _error(message: Members) -> Fields:
    code = _number(message, 6)
    return _present(
        {
            "event.action": "kerberos_error",
            "user.name": _name(message, 8),
            "kerberos.realm": _text(message, 9),
            "kerberos.service": _name(message, 10),
            "kerberos.error_code": code,
            "event.outcome": "failure",
            "event.reason": None if code is None else ERRORS.get(code, f"error_{code}"),
        }
    )


def _application(message: Members) -> Fields:
    ticket = _inner(message, _context(3), _TICKET, SEQUENCE)
    encryption = _number(_inner(ticket, _context(3), SEQUENCE), 0)
    return _present(
        {
            "event.action": "kerberos_ap",
            "kerberos.request_type": "AP",
            "kerberos.realm": _text(ticket, 1),
            "kerberos.service": _name(ticket, 2),
            "kerberos.ticket_encryption": None if encryption is None else _encryption(encryption),
            "kerberos.weak_ticket": True if encryption in WEAK else None,
        }
    )


def _told(octets: bytes, session: Session) -> Iterator[Fields]:
    kind = _kind(octets)
    if not kind:
        raise Malformed("it is no message of Kerberos", where="message")
    message = _members(element(octets).only(SEQUENCE))
    if kind in _REQUESTS:
        asked = _request(kind, message)
        yield from _forgotten(session)
        ask(session, _PLACE, asked)
    elif kind in _REPLIES:
        yield {**answer(session, _PLACE), **_reply(kind, message)}
    elif kind == _ERROR:
        yield {**_error(message), **answer(session, _PLACE)}
    elif kind == _AP_REQUEST:
        yield _application(message)


def _forgotten(session: Session) -> Iterator[Fields]:
    """Yield a request that nobody answered."""
    asked = answer(session, _PLACE)
    if asked:
        yield asked


def _read(message: Message) -> Iterator[Fields]:
    return _told(message.octets, message.session)


def _read_stream(message: Message) -> Iterator[Fields]:
    return _told(message.octets[_PREFIX_OCTETS:], message.session)


_REQUEST_SAMPLE = bytes.fromhex(
    "6a70306ea103020105a20302010aa4623060a00703050040810010a1123010a003020101a10930071b05616c696365"
    "a20e1b0c434954592e4558414d504c45a321301fa003020101a11830161b066b72627467741b0c434954592e455841"
    "4d504c45a70302014da80930070201170202ff7b"
)
_TICKET_SAMPLE = bytes.fromhex(
    "6d819a308197a003020105a10302010da30e1b0c434954592e4558414d504c45a4123010a003020101a10930071b05"
    "616c696365a55461523050a003020105a10e1b0c434954592e4558414d504c45a2263024a003020101a11d301b1b08"
    "4d5353514c5376631b0f64622e636974792e6578616d706c65a311300fa003020117a2080406636970686572a61130"
    "0fa003020112a2080406636970686572"
)
_ERROR_SAMPLE = bytes.fromhex(
    "7e5c305aa003020105a10302011ea411180f32303236303130313030303030305aa503020100a603020118a90e1b0c"
    "434954592e4558414d504c45aa21301fa003020101a11830161b066b72627467741b0c434954592e4558414d504c45"
)
_SAMPLES = (
    (
        _REQUEST_SAMPLE,
        {
            "event.action": "kerberos_as",
            "user.name": "alice",
            "user.domain": "CITY.EXAMPLE",
            "kerberos.service": "krbtgt/CITY.EXAMPLE",
            "kerberos.requested_encryption": ["rc4-hmac", "rc4-hmac-old"],
            "kerberos.weak_requested": True,
            "kerberos.preauthentication": False,
        },
    ),
    (
        _TICKET_SAMPLE,
        {
            "event.action": "kerberos_tgs",
            "user.name": "alice",
            "kerberos.service": "MSSQLSvc/db.city.example",
            "kerberos.ticket_encryption": "rc4-hmac",
            "kerberos.weak_ticket": True,
        },
    ),
    (
        _ERROR_SAMPLE,
        {
            "event.reason": "KDC_ERR_PREAUTH_FAILED",
            "kerberos.service": "krbtgt/CITY.EXAMPLE",
            "event.outcome": "failure",
        },
    ),
)

_UDP = Parser(
    name=NAME,
    standard="RFC 4120",
    transport="udp",
    ports=(88,),
    begins=_begins,
    read=_read,
    finish=_forgotten,
    messages=True,
    fields=(
        "event.action",
        "event.outcome",
        "event.reason",
        "user.name",
        "user.domain",
        "kerberos.request_type",
        "kerberos.realm",
        "kerberos.service",
        "kerberos.requested_encryption",
        "kerberos.weak_requested",
        "kerberos.ticket_encryption",
        "kerberos.reply_encryption",
        "kerberos.weak_ticket",
        "kerberos.forwardable",
        "kerberos.renewable",
        "kerberos.preauthentication",
        "kerberos.error_code",
    ),
    samples=tuple(
        Sample(octets, told, from_client=octets is _REQUEST_SAMPLE) for octets, told in _SAMPLES
    ),
)

PARSERS = (
    _UDP,
    replace(
        _UDP,
        transport="tcp",
        begins=_begins_stream,
        length=_length,
        read=_read_stream,
        samples=tuple(
            replace(sample, octets=len(sample.octets).to_bytes(_PREFIX_OCTETS) + sample.octets)
            for sample in _UDP.samples
        ),
    ),
)
