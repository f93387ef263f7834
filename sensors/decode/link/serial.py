"""Headers of serial lines, and of PPP wherever it runs (RFC 1661, 2516, 2427)."""

from sensors.compilation import compiled
from sensors.decode.link.kind import (
    HDLC,
    LINK_TYPE,
    NLPID,
    OPAQUE,
    PPP,
    ppp_kind,
)
from sensors.octets import Octets, big16, octet
from sensors.refusal import TRUNCATED_FRAME

_SESSION = 0x1100
"""PPPoE version 1, type 1, code of a session."""
_PPPOE_OCTETS = 6
_HDLC_FRAMING = 0xFF03
_CISCO = (0x0F, 0x8F)
_LAST_ADDRESS, _UNNUMBERED = 1, 3


@compiled
def over_ethernet(data: Octets, at: int) -> tuple[int, int]:
    """Step over the header of a PPPoE session."""
    return (PPP, at + _PPPOE_OCTETS) if big16(data, at) == _SESSION else (OPAQUE, at)


@compiled
def point_to_point(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Follow a PPP header, framed or not, its protocol in one octet or two (RFC 1661, 6.5)."""
    if octet(data, at) in _CISCO:
        return HDLC, at
    if at + 2 <= end and big16(data, at) == _HDLC_FRAMING:
        at += 2
    if at + 2 > end:
        return -1 - TRUNCATED_FRAME, at
    first = octet(data, at)
    if first & 1 != 0:
        return ppp_kind(first), at + 1
    return ppp_kind(big16(data, at)), at + 2


@compiled
def framed(data: Octets, at: int) -> tuple[int, int]:
    """Follow Cisco's HDLC, or PPP in HDLC's place."""
    if big16(data, at) == _HDLC_FRAMING:
        return PPP, at + 2
    return (LINK_TYPE, at + 2) if octet(data, at) in _CISCO else (OPAQUE, at)


@compiled
def relayed(data: Octets, at: int) -> tuple[int, int]:
    """Follow Frame Relay: an address of 2 to 4 octets, then RFC 2427 or Cisco's EtherType."""
    length = 2
    while length < 4 and octet(data, at + length - 1) & _LAST_ADDRESS == 0:  # noqa: PLR2004 - the longest
        length += 1
    if octet(data, at + length) == _UNNUMBERED:
        return NLPID, at + length + 1
    return LINK_TYPE, at + length
