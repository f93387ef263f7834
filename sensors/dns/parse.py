"""The compiled DNS parser (RFC 1035, 4): payload slices into messages."""

import numpy as np
import numpy.typing as npt

from sensors.compilation import compiled, integer, stage
from sensors.decode.layout import PROTOCOL, Rows
from sensors.decode.transport import TCP
from sensors.dns.layout import (
    LENGTH,
    NAME,
    NAME_TEXT_LIMIT,
    NO_QUESTION,
    OPCODE,
    QUESTION,
    QUESTIONS,
    SLICE_MESSAGES,
    TOO_SHORT,
)
from sensors.dns.name import put_name, skip_name
from sensors.frame.column import Buffer
from sensors.octets import Octets, big16

_HEADER_OCTETS, _QUESTION_OCTETS, _RECORD_OCTETS = 12, 4, 10
_PREFIX_OCTETS = 2
_OPCODES = (0, 1, 2, 4, 5, 6)
_OCTET = np.uint64(0xFF)
_ACCEPTED = -1


@compiled
def _answers(data: Octets, at: int, end: int, claimed: int) -> int:
    """Return how many of the answer records that the header claims are there."""
    for number in range(claimed):
        at = skip_name(data, at, end)
        if at < 0 or at + _RECORD_OCTETS > end:
            return number
        at += _RECORD_OCTETS + big16(data, at + 8)
        if at > end:
            return number
    return claimed


@compiled
def _read_question(
    data: Octets, span: tuple[int, int, int], message: np.void, text: Buffer
) -> tuple[int, int]:
    """Read the question at `span`; return a refusal or ACCEPTED, and the offset behind it."""
    end = span[2]
    at, message["name_end"] = put_name(data, span, text, message["name_end"])
    if at < 0:
        return NAME, at
    if at + _QUESTION_OCTETS > end:
        return QUESTION, at
    message["type"] = big16(data, at)
    return _ACCEPTED, at + _QUESTION_OCTETS


@compiled
def _read(data: Octets, span: tuple[int, int, bool], message: np.void, text: Buffer) -> int:
    """Read one message from where it begins to where its octets end; return a refusal or ACCEPTED.

    Of a message that was cut the header says how many answers there were.
    """
    base, end, cut = span
    if end - base < _HEADER_OCTETS:
        return TOO_SHORT
    flags = big16(data, base + 2)
    if (flags >> 11) & 0xF not in _OPCODES:
        return OPCODE
    questions = big16(data, base + 4)
    if questions > 1:
        return QUESTIONS
    message["id"] = big16(data, base)
    message["is_answer"] = flags >> 15 == 1
    message["code"] = flags & 0xF
    message["type"] = NO_QUESTION
    at = base + _HEADER_OCTETS
    if questions == 1:
        refusal, at = _read_question(data, (base, at, end), message, text)
        if refusal != _ACCEPTED:
            return refusal
    claimed = big16(data, base + 6)
    message["answers"] = claimed if cut else _answers(data, at, end, claimed)
    return _ACCEPTED


@compiled
def _message_span(data: Octets, kept: np.void, at: int) -> tuple[int, int, bool]:
    """Return begin and end of the message at `at` of a slice, and whether it is cut.

    Over TCP each has its length in front (RFC 1035, 4.2.2). The begin is -1 if none follows.
    """
    end = kept["at"] + kept["length"]
    if (kept["ports"] >> PROTOCOL) & _OCTET != TCP:
        return (at if at == kept["at"] else -1), end, kept["cut"] > 0
    if at + _PREFIX_OCTETS > end:
        return -1, end, False
    begin = at + _PREFIX_OCTETS
    claimed = begin + big16(data, at)
    return begin, min(claimed, end), claimed > end


@compiled
def _read_slice(
    data: Octets, kept: np.void, messages: Rows, text: Buffer, refused: npt.NDArray[np.int64]
) -> int:
    """Read all messages of a slice into the front of `messages`; return how many."""
    count = 0
    name_end = messages[0]["name_end"]
    begin, end, cut = _message_span(data, kept, kept["at"])
    while begin >= 0 and count < SLICE_MESSAGES:
        message = messages[count]
        message["name_end"] = name_end
        refusal = _read(data, (begin, end, cut), message, text)
        if refusal != _ACCEPTED:
            refused[refusal] += 1
            break
        name_end = message["name_end"]
        message["number"] = integer(kept["number"]) * SLICE_MESSAGES + count
        count += 1
        begin, end, cut = _message_span(data, kept, end)
    if count == SLICE_MESSAGES and begin >= 0:
        refused[LENGTH] += 1
    return count


@stage
def parse(
    data: Octets,
    slices: Rows,
    begin: int,
    out: tuple[Rows, Buffer, npt.NDArray[np.int64]],
) -> tuple[int, int]:
    """Parse slices from `begin` on until the room is used; return next slice and messages."""
    messages, text, refused = out
    count = 0
    name_end = 0
    number = begin
    while number < len(slices):
        if count + SLICE_MESSAGES > len(
            messages
        ) or name_end + SLICE_MESSAGES * NAME_TEXT_LIMIT > len(text):
            break
        messages[count]["name_end"] = name_end
        made = _read_slice(data, slices[number], messages[count:], text, refused)
        for place in range(count, count + made):
            messages[place]["slice"] = number
            name_end = messages[place]["name_end"]
        count += made
        number += 1
    return number, count
