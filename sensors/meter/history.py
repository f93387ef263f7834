"""The history of a TCP connection: a letter for what each side did, in order, each but once.

The letters are those of Zeek's `history`. A letter is kept with the side that sent the packet;
upper and lower case follow when it is known for good who began.
"""

import numpy as np

from sensors.compilation import called, compiled, integer
from sensors.meter.layout import (
    ACCEPTS,
    ACKS,
    AT_ODDS,
    DATA,
    ENDS,
    LETTER_BITS,
    LETTERS_PER_WORD,
    MIXED,
    NO_LETTER,
    NONE,
    OPENS,
    RESETS,
    SIDE_BIT,
    TURNED,
)

FIN, SYN, RST, ACK = 1, 2, 4, 16


def _letter(flags: int) -> int:
    """Return the letter of a packet with these flags and no payload."""
    if flags & (FIN | RST) == FIN | RST:
        return AT_ODDS
    if flags & (FIN | SYN) == FIN | SYN or flags & (RST | SYN) == RST | SYN:
        return MIXED
    if flags & SYN:
        return ACCEPTS if flags & ACK else OPENS
    if flags & (FIN | RST):
        return ENDS if flags & FIN else RESETS
    return ACKS if flags & ACK else NO_LETTER


LETTER_OF = np.array([_letter(flags) for flags in range(256)], np.uint8)
"""Letter by flags of the header."""


@compiled
def letter_of(packet: np.void) -> int:
    """Return the letter of a TCP packet."""
    letter = integer(LETTER_OF[packet["flags"]])
    if packet["payload_bytes"] > 0 and (letter in (ACKS, NO_LETTER)):
        return DATA
    return letter


@compiled
def is_heard(flow: np.void, letter: int, side: int) -> bool:
    """Tell whether a letter stands in the history."""
    return bool((integer(flow["heard"]) >> (letter | (side << SIDE_BIT))) & 1)


@called
def write_letter(flow: np.void, letter: int, side: int, now: int) -> None:
    """Put a letter behind the others; the last packet of the handshake gives the round trip."""
    code = letter | (side << SIDE_BIT)
    flow["heard"] = integer(flow["heard"]) | (1 << code)
    place = integer(flow["letters"])
    shift = np.uint64(LETTER_BITS * (place % LETTERS_PER_WORD))
    flow["history"][place // LETTERS_PER_WORD] |= np.uint64(code) << shift
    flow["letters"] = place + 1
    initiator = integer(flow["initiator"])
    if letter == OPENS and flow["syn_time"] == NONE:
        flow["syn_time"] = now
    if letter not in (ACKS, DATA) or side != initiator or flow["rtt"] != NONE:
        return
    if is_heard(flow, OPENS, initiator) and is_heard(flow, ACCEPTS, 1 - initiator):
        flow["rtt"] = max(now - flow["syn_time"], 0)


@compiled
def hear(flow: np.void, letter: int, side: int, now: int) -> None:
    """Put a letter into the history, unless this side has it there."""
    if letter != NO_LETTER and not is_heard(flow, letter, side):
        write_letter(flow, letter, side, now)


@compiled
def turn(flow: np.void, initiator: int, now: int) -> None:
    """Say who began; the history shows where that was turned."""
    if flow["initiator"] != initiator:
        flow["initiator"] = initiator
        hear(flow, TURNED, 0, now)


@compiled
def had_data_both_ways(flow: np.void) -> bool:
    """Tell whether both sides sent payload."""
    return is_heard(flow, DATA, 0) and is_heard(flow, DATA, 1)


@compiled
def has_only_syns(flow: np.void, side: int) -> bool:
    """Tell whether nothing but SYNs of one side were seen so far."""
    return bool(flow["heard"] == 1 << (OPENS | (side << SIDE_BIT)))
