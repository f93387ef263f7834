"""The compiled DNS parser (RFC 1035, 4): payload slices into messages."""

import numpy as np

from sensors.compilation import called, compiled, integer, stage
from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.decode.transport import TCP
from sensors.dns.detail import (
    ANSWER_LIMIT,
    ANSWERS,
    FURTHER,
    ROOM,
    UNICAST,
    begin_object,
    end_list,
    end_object,
    put_answer,
    put_any_name,
    put_extension,
    put_flags,
    put_further,
    type_place,
)
from sensors.dns.layout import (
    DATA_TEXT_LIMIT,
    DETAIL_LIMIT,
    LENGTH,
    NAME,
    NAME_TEXT_LIMIT,
    NO_QUESTION,
    OPCODE,
    QUESTION,
    QUESTIONS,
    SLICE_MESSAGES,
    TOO_SHORT,
    Book,
)
from sensors.dns.name import skip_name
from sensors.dns.port import MDNS, NBNS
from sensors.dns.record import record_at
from sensors.dns.text import put_literal
from sensors.octets import Octets, big16

_HEADER_OCTETS, _QUESTION_OCTETS = 12, 4
_PREFIX_OCTETS = 2
_OPERATIONS = (0, 1, 2, 4, 5, 6)
_NETBIOS_OPERATIONS = (0, 5, 6, 7, 8, 9, 15)
_OPT = 41
_TOP_BIT = 0x8000
_FURTHER_KEPT = 16
_PORT = np.uint64(0xFFFF)
_OCTET = np.uint64(0xFF)
_ACCEPTED = -1


@called
def _answers(
    data: Octets, span: tuple[int, int, int], message: np.void, book: Book, out: int
) -> tuple[int, int]:
    """Write the answers and count those of the header's that are there.

    Return the offset behind them, -1 if the octets end before, and the end of the details.
    """
    base, at, end = span
    if at < 0:
        return at, out
    start, begin, claimed = message["detail_end"], out, big16(data, base + 6)
    if claimed > 0:
        out = put_literal(book.details, out, ANSWERS)
    empty = out
    for _ in range(claimed):
        record = record_at(data, at, end)
        if record.end < 0:
            at = -1
            break
        if out - start + ANSWER_LIMIT <= ROOM:
            out = put_answer(data, (base, end, out), record, message, book)
        message["answers"] += 1
        at = record.end
    return at, end_list(book.details, out) if out > empty else begin


@called
def _extension(
    data: Octets, span: tuple[int, int, int], message: np.void, book: Book, out: int
) -> tuple[bool, int]:
    """Look through the other sections for EDNS; return its DO, and the end of the details."""
    base, at, end = span
    if at < 0:
        return False, out
    others = big16(data, base + 8) + big16(data, base + 10)
    for _ in range(others):
        record = record_at(data, at, end)
        if record.end < 0:
            break
        if record.kind == _OPT and message["kind"] != NBNS:
            out = put_extension(data, record, message, book.details, out)
            return record.ttl & _TOP_BIT != 0, out
        at = record.end
    return False, out


@called
def _further(
    data: Octets, span: tuple[int, int, int], message: np.void, book: Book, out: int
) -> tuple[int, int]:
    """Write the questions behind the first; return as `_answers` does."""
    base, at, end = span
    begin = out
    out = put_literal(book.details, out, FURTHER)
    for number in range(1, big16(data, base + 4)):
        if number <= _FURTHER_KEPT and out - message["detail_end"] + ANSWER_LIMIT <= ROOM:
            at, out = put_further(data, (base, at, end), message, book, out)
        else:
            at = skip_name(data, at, end)
        if at < 0 or at + _QUESTION_OCTETS > end:
            return -1, begin
        at += _QUESTION_OCTETS
    return at, end_list(book.details, out)


@compiled
def _first_question(
    data: Octets, span: tuple[int, int, int], message: np.void, book: Book
) -> tuple[int, int]:
    """Read the question at `span`; return a refusal or ACCEPTED, and the offset behind it."""
    end = span[2]
    at, message["name_end"] = put_any_name(
        data, span, message["kind"], book.names, message["name_end"]
    )
    if at < 0:
        return NAME, at
    if at + _QUESTION_OCTETS > end:
        return QUESTION, at
    message["type"] = type_place(message["kind"], big16(data, at))
    message["class"] = big16(data, at + 2)
    return _ACCEPTED, at + _QUESTION_OCTETS


@compiled
def _unicast(message: np.void, book: Book, out: int) -> int:
    """Write what the top bit of a class of mDNS says, and clear it (RFC 6762, 5.4)."""
    if message["kind"] != MDNS or message["class"] & _TOP_BIT == 0:
        return out
    message["class"] &= ~_TOP_BIT
    return put_literal(book.details, out, UNICAST)


@compiled
def _read_header(data: Octets, span: tuple[int, int, bool], message: np.void) -> int:
    """Read the header; return a refusal or ACCEPTED."""
    base, end, _ = span
    if end - base < _HEADER_OCTETS:
        return TOO_SHORT
    flags = big16(data, base + 2)
    operation = (flags >> 11) & 0xF
    if message["kind"] == NBNS:
        if operation not in _NETBIOS_OPERATIONS:
            return OPCODE
    elif operation not in _OPERATIONS:
        return OPCODE
    message["id"] = big16(data, base)
    message["flags"] = flags
    message["operation"] = operation
    message["is_answer"] = flags >> 15 == 1
    message["code"] = flags & 0xF
    message["answers"] = 0
    message["version"] = 0
    message["type"] = NO_QUESTION
    message["class"] = 0
    return _ACCEPTED


@compiled
def _read(data: Octets, span: tuple[int, int, bool], message: np.void, book: Book) -> int:
    """Read one message from where it begins to where it ends; return a refusal or ACCEPTED.

    Of a message that was cut the header says how many answers there were.
    """
    base, end, cut = span
    refusal = _read_header(data, span, message)
    at = base + _HEADER_OCTETS
    if refusal == _ACCEPTED and big16(data, base + 4) > 0:
        refusal, at = _first_question(data, (base, at, end), message, book)
    if refusal != _ACCEPTED:
        return refusal
    begin = message["detail_end"]
    out = _unicast(message, book, begin_object(book.details, begin))
    if big16(data, base + 4) > 1:
        at, out = _further(data, (base, at, end), message, book, out)
        if at < 0 and not cut:
            return QUESTIONS
    at, out = _answers(data, (base, at, end), message, book, out)
    secure, out = _extension(data, (base, at, end), message, book, out)
    if cut:
        message["answers"] = big16(data, base + 6)
    out = put_flags(message, secure, book.details, out)
    message["detail_end"] = end_object(book.details, begin, out)
    return _ACCEPTED


@compiled
def _is_tcp(kept: np.void) -> bool:
    """Tell whether a slice came over TCP, and may hold several messages."""
    return bool((kept["ports"] >> PROTOCOL) & _OCTET == TCP)


@compiled
def _message_span(data: Octets, kept: np.void, at: int) -> tuple[int, int, bool]:
    """Return begin and end of the message at `at` of a slice, and whether it is cut.

    Over TCP each has its length in front (RFC 1035, 4.2.2). The begin is -1 if none follows.
    """
    end = kept["at"] + kept["length"]
    if not _is_tcp(kept):
        return (at if at == kept["at"] else -1), end, kept["cut"] > 0
    if at + _PREFIX_OCTETS > end:
        return -1, end, False
    begin = at + _PREFIX_OCTETS
    claimed = begin + big16(data, at)
    return begin, min(claimed, end), claimed > end


@compiled
def _kind(kept: np.void, book: Book) -> int:
    """Return which of port.KINDS a slice holds."""
    ports = kept["ports"]
    return max(integer(book.kinds[ports >> PORT_A]), integer(book.kinds[(ports >> PORT_B) & _PORT]))


@compiled
def _begin(messages: Rows, place: int, kept: np.void, kind: int, number: int) -> None:
    """Begin a message: its texts lie where those of the one before it end."""
    message = messages[place]
    message["name_end"] = messages[place - 1]["name_end"] if place > 0 else 0
    message["data_end"] = messages[place - 1]["data_end"] if place > 0 else 0
    message["detail_end"] = messages[place - 1]["detail_end"] if place > 0 else 0
    message["kind"] = kind
    most = SLICE_MESSAGES if _is_tcp(kept) else 1
    message["number"] = integer(kept["number"]) * most + number


@compiled
def _belong(message: np.void, kept: np.void) -> None:
    """Take from the slice what it says of the message."""
    message["a_high"] = kept["a_high"]
    message["a_low"] = kept["a_low"]
    message["b_high"] = kept["b_high"]
    message["b_low"] = kept["b_low"]
    message["ports"] = kept["ports"]
    message["tags"] = kept["tags"]
    message["serial"] = kept["serial"]
    message["time"] = kept["time"]
    message["side"] = kept["side"]


@compiled
def _has_room(book: Book, kept: np.void, count: int) -> bool:
    """Tell whether whatever a slice holds can be taken."""
    most = SLICE_MESSAGES if _is_tcp(kept) else 1
    if count + most > len(book.messages):
        return False
    if count == 0:
        return True
    last = book.messages[count - 1]
    return bool(
        last["name_end"] + most * NAME_TEXT_LIMIT <= len(book.names)
        and last["data_end"] + (most + 1) * DATA_TEXT_LIMIT <= len(book.data)
        and last["detail_end"] + most * DETAIL_LIMIT <= len(book.details)
    )


@stage
def parse(data: Octets, slices: Rows, begin: int, count: int, book: Book) -> tuple[int, int]:
    """Parse slices from `begin` on as long as there is room behind the `count` messages there.

    Return the next slice, and how many messages there are then.
    """
    number = begin
    while number < len(slices) and _has_room(book, slices[number], count):
        kept = slices[number]
        kind, first = _kind(kept, book), count
        at, end, cut = _message_span(data, kept, kept["at"])
        while at >= 0 and count - first < SLICE_MESSAGES:
            _begin(book.messages, count, kept, kind, count - first)
            refusal = _read(data, (at, end, cut), book.messages[count], book)
            if refusal != _ACCEPTED:
                book.refused[refusal] += 1
                break
            _belong(book.messages[count], kept)
            count += 1
            at, end, cut = _message_span(data, kept, end)
        if count - first == SLICE_MESSAGES and at >= 0:
            book.refused[LENGTH] += 1
        number += 1
    return number, count
