"""Command lines and their answers: where lines end, and what a reply's code says."""

import re
from typing import NamedTuple

from sensors.protocol.parser import LOST, MORE
from sensors.protocol.text import text_of

_LINE_LIMIT = 8192
_LOOKED_AT = 64
_TEXT = bytes({*range(0x20, 0x100), *b"\t\r\n\x1b"} - {0x7F})
"""Octets of text in whatever encoding."""
_REPLY = re.compile(rb"([1-5][0-9]{2})([ -]|$)")


class Reply(NamedTuple):
    """A line of a reply with a code of three digits (RFC 5321, 4.2; RFC 959, 4.2)."""

    code: int
    is_last: bool
    text: str


class Command(NamedTuple):
    """A line of a client."""

    verb: str
    """In capitals."""
    argument: str


def lines_length(octets: bytes) -> int:
    """Return the octets of all whole lines in front, MORE if there is none, LOST without text."""
    if octets[:_LOOKED_AT].translate(None, _TEXT):
        return LOST
    end = octets.rfind(b"\n") + 1
    if end:
        return end
    return MORE if len(octets) < _LINE_LIMIT else LOST


def reply_of(line: bytes) -> Reply | None:
    """Return the reply that a line is, None where it has no code."""
    found = _REPLY.match(line)
    if found is None:
        return None
    return Reply(int(found[1]), found[2] != b"-", text_of(line[found.end() :].strip()))


def command_of(line: bytes) -> Command:
    """Return verb and argument of a command line."""
    verb, _, argument = line.strip().partition(b" ")
    return Command(text_of(verb).upper(), text_of(argument.strip()))
