"""Heads of HTTP/1: payloads that look like the beginning of a request or an answer."""

import numpy as np

from sensors.compilation import compiled, integer
from sensors.octets import Octets

_LEAST_OCTETS = 4
_STARTS = tuple(
    int.from_bytes(start, "little")
    for start in (
        b"GET ", b"POST", b"HTTP", b"HEAD", b"PUT ", b"DELE", b"OPTI", b"PATC", b"CONN", b"TRAC",
        b"PROP",
    )
)  # fmt: skip
"""First four octets of status lines and of methods (RFC 9110, 9.1; RFC 5789; RFC 4918)."""


@compiled
def is_head(data: Octets, packet: np.void) -> bool:
    """Tell whether the payload begins like a message of HTTP/1."""
    if packet["payload_captured"] < _LEAST_OCTETS:
        return False
    return integer(data.quads[packet["payload_at"]]) in _STARTS
