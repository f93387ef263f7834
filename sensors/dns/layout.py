"""Arrays of the DNS parser."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.decode.layout import KEY, Rows
from sensors.frame.column import Buffer

MESSAGE = np.dtype(
    [
        *KEY,
        ("serial", np.int64),  # of its flow
        ("time", np.int64),
        ("number", np.int64),  # of the message in its flow
        ("name_end", np.int64),  # where its name ends in the names
        ("data_end", np.int64),  # where the data of its first answer ends in the data
        ("detail_end", np.int64),  # where its other fields end in the details
        ("address_high", np.uint64),  # of the first answer that is an address
        ("address_low", np.uint64),
        ("version", np.int64),  # of that address, 0 without one
        ("id", np.int64),
        ("type", np.int64),  # type of the question, NO_QUESTION without one
        ("class", np.int64),  # class of the question
        ("operation", np.int64),
        ("flags", np.int64),  # all 16 bits
        ("code", np.int64),  # response code, with the extension of EDNS
        ("answers", np.int64),
        ("kind", np.int64),  # position in port.KINDS
        ("is_answer", np.bool_),
        ("side", np.uint8),  # of its flow that sent it
    ],
    align=True,
)
"""One DNS message; its texts stand where those of the one before it end."""

NO_QUESTION = 65_536
"""Type of a message without a question."""
NETBIOS_TYPES = NO_QUESTION + 1
"""Positions of NB and NBSTAT among the names of types; their numbers are others' in DNS."""

REFUSALS = ("too_short", "opcode", "questions", "name", "question", "length")
"""Why a payload on a port of DNS gave no message, by code."""
TOO_SHORT, OPCODE, QUESTIONS, NAME, QUESTION, LENGTH = range(len(REFUSALS))

NAME_TEXT_LIMIT = 1020
"""Longest text of a name: 255 octets, each of which may need four characters."""
DATA_TEXT_LIMIT = 2 * NAME_TEXT_LIMIT + 64
"""Longest text of a record's data: two names and five numbers of SOA."""
DETAIL_LIMIT = 16_384
"""Longest text of a message's other fields; answers beyond it are counted only."""
SLICE_MESSAGES = 300
"""No slice holds more messages: 4,096 octets of at least 14, and the rest of one before."""


class Names(NamedTuple):
    """Texts of numbers one behind the other: that of number n ends at `ends[n + 1]`."""

    text: Buffer
    ends: npt.NDArray[np.int64]


class Book(NamedTuple):
    """Everything that the parser writes to, and the tables that it reads."""

    messages: Rows
    names: Buffer
    data: Buffer
    details: Buffer
    refused: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.uint8]
    """Kind of each port."""
    types: Names
    """Names of record types."""
