"""The order of TCP segments: what comes again, what comes late (RFC 9293, 3.4)."""

import numpy as np

from sensors.compilation import called, compiled, integer
from sensors.meter.layout import NONE

_FIN, _SYN = 1, 2
_NUMBERS = 0xFFFFFFFF
_HALF = 1 << 31
_FAR = 1 << 30
"""What lies further ahead is no gap in the stream but another stream."""


@compiled
def _ahead(number: int, of: int) -> int:
    """Return how far a sequence number lies behind another, below 0 in front of it."""
    return ((number - of + _HALF) & _NUMBERS) - _HALF


@called
def _is_repeated(way: np.void, begin: int, end: int, payload: int) -> bool:
    """Take a segment that is not the next one; True if its payload was seen before.

    One hole is remembered, the latest. A segment that fills it comes late.
    """
    expected = integer(way["expected"])
    ahead = _ahead(begin, expected)
    if ahead > 0:
        if ahead < _FAR:
            way["hole_begin"], way["hole_end"] = expected, begin
        way["expected"] = end
        return False
    if payload == 0:
        return False
    hole_begin, hole_end = integer(way["hole_begin"]), integer(way["hole_end"])
    if _ahead(begin, hole_begin) >= 0 and _ahead(end, hole_end) <= 0:
        way["disordered"] += 1
        if begin == hole_begin:
            way["hole_begin"] = end
        else:
            way["hole_end"] = begin
        return False
    way["retransmitted"] += 1
    if _ahead(end, expected) > 0:
        way["expected"] = end
    return True


@compiled
def is_repeated(way: np.void, packet: np.void) -> bool:
    """Follow the sequence numbers of one direction; True if payload comes again."""
    flags = integer(packet["flags"])
    begin = packet["sequence"] + ((flags & _SYN) >> 1)
    end = (begin + packet["payload_bytes"] + (flags & _FIN)) & _NUMBERS
    begin &= _NUMBERS
    expected = way["expected"]
    if expected in (begin, NONE):
        way["expected"] = end
        return False
    return _is_repeated(way, begin, end, packet["payload_bytes"])
