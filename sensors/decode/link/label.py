"""MPLS label stacks (RFC 3032) and what lies under them."""

from sensors.compilation import compiled
from sensors.decode.link.kind import ETHERNET, IPV4, IPV6, OPAQUE, ether_kind
from sensors.octets import Octets, big16, octet
from sensors.refusal import TRUNCATED_FRAME

_BOTTOM = 1
_LABELS = 16
_SHORTEST_HEADER = 5
_ASSOCIATED_CHANNEL = 1
_CONTROL_WORD, _TYPE_AT = 4, 12


@compiled
def labelled(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Go to the bottom of the stack; nothing there says what follows, so look at it."""
    for _ in range(_LABELS):
        if at + 4 > end:
            return -1 - TRUNCATED_FRAME, at
        bottom = octet(data, at + 2) & _BOTTOM
        at += 4
        if bottom != 0:
            return _guessed(data, at, end)
    return OPAQUE, at


@compiled
def _guessed(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Tell IP from pseudowires by the first four bits (RFC 4385, 3; RFC 4928)."""
    if at >= end:
        return -1 - TRUNCATED_FRAME, at
    first = octet(data, at)
    nibble = first >> 4
    if nibble == IPV4 and first & 0xF >= _SHORTEST_HEADER:
        return IPV4, at
    if nibble == IPV6:
        return IPV6, at
    if nibble == _ASSOCIATED_CHANNEL:
        return OPAQUE, at
    return ETHERNET, at + (_CONTROL_WORD if _has_control_word(data, at, end) else 0)


@compiled
def _has_control_word(data: Octets, at: int, end: int) -> bool:
    """Tell a control word from the begin of an address: by where an EtherType makes sense."""
    if octet(data, at) >> 4 != 0:
        return False
    behind = at + _CONTROL_WORD + _TYPE_AT
    if behind + 2 > end:
        return True
    return ether_kind(big16(data, behind)) != OPAQUE or (
        ether_kind(big16(data, at + _TYPE_AT)) == OPAQUE
    )
