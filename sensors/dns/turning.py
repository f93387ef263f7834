"""DNS messages from rows to columns, turned so that the client comes first."""

from typing import NamedTuple

import numpy as np

from sensors.compilation import compiled, integer, stage
from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.dns.layout import NO_QUESTION
from sensors.dns.port import MDNS, NBNS
from sensors.dns.vocabulary import NETBIOS_OPERATIONS, NO_CLASS, NO_CODE
from sensors.frame.column import Integers
from sensors.frame.turning import Words

INTEGERS = (
    "time", "serial", "number", "name_end", "data_end", "detail_end", "source_port",
    "destination_port", "protocol", "version", "id", "type", "class", "operation", "code",
    "answers", "kind", "is_answer", "address_version",
)  # fmt: skip
"""Type, class, operation and code are positions among their names."""
WORDS = (
    "source_high", "source_low", "destination_high", "destination_low", "address_high",
    "address_low",
)  # fmt: skip

_OCTET = np.uint64(0xFF)
_PAIR = np.uint64(0xFFFF)
_NETBIOS_CODES = 5
"""Codes of the NetBIOS name service that mean the same as in DNS."""


class Turned(NamedTuple):
    """Columns of messages by name."""

    integers: dict[str, Integers]
    words: dict[str, Words]


@compiled
def _turn_ends(message: np.void, integers: Integers, words: Words, row: int) -> None:
    """Write who spoke: client as source, server as destination, whoever sent the message.

    In mDNS both sides send to the group; who sends is the source.
    """
    ports = message["ports"]
    a_port, b_port = integer(ports >> PORT_A), integer((ports >> PORT_B) & _PAIR)
    from_server = message["is_answer"] and message["kind"] != MDNS
    client_is_b = (message["side"] == 1) != from_server
    integers[6, row] = b_port if client_is_b else a_port
    integers[7, row] = a_port if client_is_b else b_port
    integers[8, row] = integer((ports >> PROTOCOL) & _OCTET)
    integers[9, row] = integer(ports & _OCTET)
    first = 2 if client_is_b else 0
    words[first, row] = message["a_high"]
    words[first + 1, row] = message["a_low"]
    words[2 - first, row] = message["b_high"]
    words[3 - first, row] = message["b_low"]


@compiled
def _turn_question(message: np.void, integers: Integers, row: int) -> None:
    """Write what was asked."""
    has_question = message["type"] != NO_QUESTION
    is_netbios = message["kind"] == NBNS
    integers[10, row] = message["id"]
    integers[11, row] = message["type"]
    integers[12, row] = message["class"] if has_question else NO_CLASS
    integers[13, row] = message["operation"] + (NETBIOS_OPERATIONS if is_netbios else 0)


@compiled
def _turn_answer(message: np.void, integers: Integers, words: Words, row: int) -> None:
    """Write what was answered."""
    is_foreign = message["kind"] == NBNS and message["code"] > _NETBIOS_CODES
    is_named = message["is_answer"] and not is_foreign
    integers[14, row] = message["code"] if is_named else NO_CODE
    integers[15, row] = message["answers"]
    integers[16, row] = message["kind"]
    integers[17, row] = message["is_answer"]
    integers[18, row] = message["version"]
    words[4, row] = message["address_high"]
    words[5, row] = message["address_low"]


@stage
def _turn(messages: Rows, integers: Integers, words: Words) -> None:
    """Write all messages."""
    for row in range(len(messages)):
        message = messages[row]
        integers[0, row] = message["time"]
        integers[1, row] = message["serial"]
        integers[2, row] = message["number"]
        integers[3, row] = message["name_end"]
        integers[4, row] = message["data_end"]
        integers[5, row] = message["detail_end"]
        _turn_ends(message, integers, words, row)
        _turn_question(message, integers, row)
        _turn_answer(message, integers, words, row)


def turned(messages: Rows) -> Turned:
    """Return the columns of messages."""
    integers = np.empty((len(INTEGERS), len(messages)), np.int64)
    words = np.empty((len(WORDS), len(messages)), np.uint64)
    _turn(messages, integers, words)
    return Turned(dict(zip(INTEGERS, integers, strict=True)), dict(zip(WORDS, words, strict=True)))
