"""Histories and states of conversations, as Zeek writes them."""

import functools

import numpy as np
import polars as pl

from sensors.compilation import integer, stage
from sensors.decode.layout import Rows
from sensors.frame.column import Buffer, Offsets, text_column
from sensors.meter.layout import LETTER_BITS, LETTERS, LETTERS_PER_WORD, SIDE_BIT, TURNED

_LETTERS = np.frombuffer(LETTERS.encode(), np.uint8)
_LONGEST = 2 * len(LETTERS)
_CODE = (1 << LETTER_BITS) - 1
_LETTER = (1 << SIDE_BIT) - 1
_TO_UPPER = ord("a") - ord("A")

RESET, CLOSED, ESTABLISHED, OPENING, PARTIAL, INACTIVE = (
    "reset", "closed", "established", "opening", "partial", "inactive",
)  # fmt: skip
"""What one side of a connection has come to."""


@stage
def _put_histories(flows: Rows, text: Buffer, ends: Offsets) -> None:
    """Write the letters of each flow, in upper case what the initiator did."""
    at = 0
    for row in range(len(flows)):
        flow = flows[row]
        for place in range(integer(flow["letters"])):
            word = flow["history"][place // LETTERS_PER_WORD]
            shift = np.uint64(LETTER_BITS * (place % LETTERS_PER_WORD))
            code = integer(word >> shift) & _CODE
            letter = integer(_LETTERS[code & _LETTER])
            if code >> SIDE_BIT == flow["initiator"] and code & _LETTER != TURNED:
                letter -= _TO_UPPER
            text[at] = letter
            at += 1
        ends[row + 1] = at


def histories(flows: Rows) -> pl.Series:
    """Return the history of each record's flow so far; empty where there is none to tell."""
    return text_column(len(flows), _LONGEST, lambda text, ends: _put_histories(flows, text, ends))


def _side_state(letters: str, opened: str, other: str) -> str:
    """Return what a side has come to by what it did, in lower case, and what the other did."""
    for letter in letters:
        if letter in "ri":
            return RESET
        if letter == "f":
            return CLOSED
    if opened in letters:
        return ESTABLISHED if opened == "h" or "h" in other else OPENING
    return PARTIAL if letters.strip("cwtq") else INACTIVE


_ANY = ""
_TCP_STATES = (
    (OPENING, RESET, "REJ"), (PARTIAL, RESET, "RSTRH"), (INACTIVE, RESET, "RSTRH"),
    (_ANY, RESET, "RSTR"), (RESET, PARTIAL, "RSTOS0"), (RESET, INACTIVE, "RSTOS0"),
    (RESET, _ANY, "RSTO"), (CLOSED, CLOSED, "SF"), (CLOSED, PARTIAL, "SH"),
    (CLOSED, INACTIVE, "SH"), (CLOSED, _ANY, "S2"), (PARTIAL, CLOSED, "SHR"),
    (INACTIVE, CLOSED, "SHR"), (_ANY, CLOSED, "S3"), (OPENING, INACTIVE, "S0"),
    (ESTABLISHED, ESTABLISHED, "S1"), (_ANY, _ANY, "OTH"),
)  # fmt: skip
"""State of a connection by what initiator and responder have come to; the first row that fits."""


def _tcp_state(initiator: str, responder: str) -> str:
    """Return the state of a connection by what each side did, in lower case."""
    ours, theirs = _side_state(initiator, "s", responder), _side_state(responder, "h", initiator)
    if ours == theirs == RESET and "d" not in initiator + responder:
        return "REJ"
    return next(
        state
        for first, second, state in _TCP_STATES
        if first in (_ANY, ours) and second in (_ANY, theirs)
    )


_UDP_STATES = {(True, True): "SF", (True, False): "S0", (False, True): "SHR"}


@functools.lru_cache(maxsize=65_536)
def state_of(history: str, transport: str) -> str:
    """Return the state of a conversation in the words of Zeek's `conn_state`."""
    initiator = "".join(letter.lower() for letter in history if letter.isupper())
    responder = "".join(letter for letter in history if letter.islower())
    if transport == "tcp":
        return _tcp_state(initiator, responder)
    if transport == "udp":
        return _UDP_STATES.get((bool(initiator), bool(responder)), "OTH")
    return "OTH"


def states(written: pl.Series, transports: pl.Series) -> pl.Series:
    """Return the state for each history and transport; there are few different ones."""
    pairs = pl.DataFrame({"history": written, "transport": transports})
    kinds = pairs.unique()
    kinds = kinds.with_columns(
        pl.Series("state", [state_of(*pair) for pair in kinds.iter_rows()], dtype=pl.String)
    )
    return pairs.join(kinds, on=["history", "transport"], how="left", maintain_order="left")[
        "state"
    ]
