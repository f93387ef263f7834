"""What a message says beside its question, as the members of a JSON object."""

import numpy as np
import numpy.typing as npt

from sensors.compilation import called, compiled
from sensors.dns.layout import (
    DATA_TEXT_LIMIT,
    DETAIL_LIMIT,
    NAME_TEXT_LIMIT,
    NETBIOS_TYPES,
    Book,
    Names,
)
from sensors.dns.name import put_name, put_netbios_name
from sensors.dns.port import KINDS, LLMNR, MDNS, NBNS
from sensors.dns.record import Record, address_of, is_address, put_data
from sensors.dns.text import literal, put_literal, put_number, put_octet, put_quoted
from sensors.frame.column import Buffer
from sensors.octets import Octets, big16

ROOM = DETAIL_LIMIT - 1024
"""Where answers stop, so that what is bounded without them still fits."""
ANSWER_LIMIT = 2 * (NAME_TEXT_LIMIT + DATA_TEXT_LIMIT) + 128
"""Longest text of an answer."""

_COMMA, _OPEN, _CLOSE, _END_LIST, _QUOTE = (ord(mark) for mark in ',{}]"')
_IN = 1
_NETBIOS_NAME, _NETBIOS_STATUS = 32, 33
_TOP_BIT = 0x8000
_OPTIONS = 16
ANSWERS, FURTHER, _FLAGS = (
    literal(f'"dns.{name}":[') for name in ("answers", "further_questions", "header_flags")
)
"""How the lists of answers, of further questions and of flags begin."""
_NAME, _TYPE, _CLASS, _TTL, _DATA = (
    literal(text) for text in ('{"name":', ',"type":"', ',"class":"', '","ttl":', ',"data":')
)
_FLUSH, _INTERNET, _GROUP = (literal(text) for text in (',"cache_flush":true', "IN", "CLASS"))
_VERSION, _SIZE, _SECURE, _CODES = (
    literal(f'"dns.edns.{text}') for text in ('version":', 'udp_size":', 'do":true,', 'options":[')
)
UNICAST = literal('"mdns.unicast_response":true,')
"""That the answer is wanted by unicast (RFC 6762, 5.4)."""
_SECURE_FLAG = literal('"DO",')

_FLAG_BITS = (0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010)
_USUAL_FLAGS = ("AA", "TC", "RD", "RA", "AD", "CD")
_FLAG_NAMES = {LLMNR: ("C ", "TC", "T ", "", "", ""), NBNS: ("AA", "TC", "RD", "RA", "", "B ")}


def _flag_letters() -> npt.NDArray[np.uint8]:
    letters = np.zeros((len(KINDS), len(_FLAG_BITS), 2), np.uint8)
    for kind in range(len(KINDS)):
        for flag, name in enumerate(_FLAG_NAMES.get(kind, _USUAL_FLAGS)):
            letters[kind, flag, : len(name.strip())] = literal(name.strip())
    return letters


_FLAG_LETTERS = _flag_letters()
"""By kind and bit; a flag without letters is not told."""


@called
def put_any_name(
    data: Octets, span: tuple[int, int, int], kind: int, text: Buffer, out: int
) -> tuple[int, int]:
    """Write a name as messages of this kind spell it; return as `put_name` does."""
    if kind == NBNS:
        return put_netbios_name(data, span, text, out)
    return put_name(data, span, text, out)


@compiled
def type_place(kind: int, number: int) -> int:
    """Return the position of a record type among the names; NetBIOS has two of its own."""
    is_own = kind == NBNS and number in (_NETBIOS_NAME, _NETBIOS_STATUS)
    return NETBIOS_TYPES + number - _NETBIOS_NAME if is_own else number


@called
def _put_type(types: Names, place: int, details: Buffer, at: int) -> int:
    """Write the name of a record type."""
    for octet in range(types.ends[place], types.ends[place + 1]):
        details[at] = types.text[octet]
        at += 1
    return at


@called
def _put_class(kind: int, group: int, details: Buffer, at: int) -> int:
    """Write the class, and in mDNS what its top bit says (RFC 6762, 10.2)."""
    number = group & ~_TOP_BIT if kind == MDNS else group
    if number == _IN:
        return put_literal(details, at, _INTERNET)
    return put_number(details, put_literal(details, at, _GROUP), number)


@compiled
def _data_of(kind: int, record: Record) -> Record:
    """Return a record as its data are read: NB of NetBIOS is an address behind two octets."""
    if kind != NBNS:
        return record
    begin = record.begin + 2
    end = begin + 4 if record.kind == _NETBIOS_NAME and begin + 4 <= record.end else begin
    return Record(record.name, 1, record.group, record.ttl, begin, end)


@compiled
def _keep_address(data: Octets, record: Record, message: np.void) -> None:
    """Keep the first address of a message."""
    if is_address(record) and message["version"] == 0:
        message["address_high"], message["address_low"], message["version"] = address_of(
            data, record
        )


@called
def put_answer(
    data: Octets, span: tuple[int, int, int], record: Record, message: np.void, book: Book
) -> int:
    """Write an answer; return the end. Its data is kept as the message's if it is the first.

    `span` is where the message begins, where its octets end, where to write.
    """
    base, end, at = span
    details, kind = book.details, message["kind"]
    begin = message["data_end"]
    behind, out = put_any_name(data, (base, record.name, end), kind, book.data, begin)
    out = out if behind >= 0 else begin
    at = put_quoted(details, put_literal(details, at, _NAME), book.data, begin, out)
    at = put_literal(details, at, _TYPE)
    at = _put_type(book.types, type_place(kind, record.kind), details, at)
    at = put_literal(details, put_octet(details, at, _QUOTE), _CLASS)
    at = _put_class(kind, record.group, details, at)
    at = put_number(details, put_literal(details, at, _TTL), record.ttl)
    shown = _data_of(kind, record)
    _keep_address(data, shown, message)
    out = put_data(data, base, shown, book.data, begin)
    if out > begin:
        at = put_quoted(details, put_literal(details, at, _DATA), book.data, begin, out)
    if kind == MDNS and record.group & _TOP_BIT != 0:
        at = put_literal(details, at, _FLUSH)
    if message["answers"] == 0:
        message["data_end"] = out
    return put_octet(details, put_octet(details, at, _CLOSE), _COMMA)


@called
def put_further(
    data: Octets, span: tuple[int, int, int], message: np.void, book: Book, at: int
) -> tuple[int, int]:
    """Write a question that is not the first; return the offset behind its name and the end."""
    begin = message["data_end"]
    behind, out = put_any_name(data, span, message["kind"], book.data, begin)
    if behind < 0 or behind + 2 > span[2]:
        return -1, at
    details = book.details
    at = put_quoted(details, put_literal(details, at, _NAME), book.data, begin, out)
    place = type_place(message["kind"], big16(data, behind))
    at = _put_type(book.types, place, details, put_literal(details, at, _TYPE))
    at = put_octet(details, put_octet(details, at, _QUOTE), _CLOSE)
    return behind, put_octet(details, at, _COMMA)


@compiled
def begin_object(details: Buffer, at: int) -> int:
    """Begin the object; return the end."""
    return put_octet(details, at, _OPEN)


@compiled
def end_object(details: Buffer, begin: int, at: int) -> int:
    """End the object whose last member has a comma behind it; one without members is none."""
    if at == begin + 1:
        return begin
    details[at - 1] = _CLOSE
    return at


@called
def end_list(details: Buffer, at: int) -> int:
    """End a list whose last member has a comma behind it."""
    details[at - 1] = _END_LIST
    return put_octet(details, at, _COMMA)


@called
def put_extension(data: Octets, record: Record, message: np.void, details: Buffer, at: int) -> int:
    """Write what EDNS says (RFC 6891, 6.1.3); its upper bits of the response code count."""
    message["code"] |= (record.ttl >> 24) << 4
    at = put_number(details, put_literal(details, at, _VERSION), (record.ttl >> 16) & 0xFF)
    at = put_literal(details, put_octet(details, at, _COMMA), _SIZE)
    at = put_octet(details, put_number(details, at, record.group), _COMMA)
    if record.ttl & _TOP_BIT != 0:
        at = put_literal(details, at, _SECURE)
    begin = at
    place = record.begin
    for number in range(_OPTIONS):
        if place + 4 > record.end:
            break
        at = put_literal(details, at, _CODES) if number == 0 else at
        at = put_octet(details, put_number(details, at, big16(data, place)), _COMMA)
        place += 4 + big16(data, place + 2)
    return end_list(details, at) if at > begin else at


@called
def put_flags(message: np.void, secure: bool, details: Buffer, at: int) -> int:  # noqa: FBT001 - compiled code has no keywords
    """Write the flags of the header that are set, and DO of EDNS among them."""
    begin = at
    at = put_literal(details, at, _FLAGS)
    empty = at
    for flag in range(len(_FLAG_BITS)):
        letters = _FLAG_LETTERS[message["kind"], flag]
        if message["flags"] & _FLAG_BITS[flag] == 0 or letters[0] == 0:
            continue
        at = put_octet(details, put_octet(details, at, _QUOTE), letters[0])
        at = put_octet(details, at, letters[1]) if letters[1] > 0 else at
        at = put_octet(details, put_octet(details, at, _QUOTE), _COMMA)
    at = put_literal(details, at, _SECURE_FLAG) if secure else at
    return end_list(details, at) if at > empty else begin
