"""The network layer: IPv4 (RFC 791) and IPv6 with extension headers (RFC 8200)."""

import numpy as np

from sensors.compilation import called, compiled
from sensors.decode.layout import FIRST_FRAGMENT, LATER_FRAGMENT, WHOLE
from sensors.octets import Octets, big16, big32, big64, octet
from sensors.refusal import BAD_IP_HEADER, TRUNCATED_FRAME

_IPV4, _IPV6 = 4, 6
_IPV4_OCTETS, _IPV6_OCTETS, _EXTENSION_OCTETS = 20, 40, 8
_OFFSET_MASK, _MORE_FRAGMENTS = 0x1FFF, 0x2000
_IPV4_IDENTITY = 1 << 40
_FRAGMENT_HEADER = 44
_OPTION_HEADERS = (0, 43, 60, 135, 139, 140)
"""Hop-by-hop, routing, destination, mobility, HIP, Shim6: one length rule."""
_EXTENSION_LIMIT = 16
_MAY_BE_LONG = (0, 6, 17)
"""What an IPv6 header of length 0 can have behind it: a jumbogram, or what a card cuts later."""

AUTHENTICATION = 51
"""Protocol of the authentication header (RFC 4302)."""
ACCEPTED = -1


@compiled
def _note_fragment(packet: np.void, offset: int, more: bool) -> None:  # noqa: FBT001 - compiled code has no keywords
    """Tell a whole packet, a first fragment and a later one apart; `offset` is in octets."""
    packet["fragment_offset"] = offset
    if offset > 0:
        packet["fragment"] = LATER_FRAGMENT
    else:
        packet["fragment"] = FIRST_FRAGMENT if more else WHOLE


@compiled
def _bound(packet: np.void, claimed: int, header: int) -> None:
    """Believe the header's own length where it lies between header and frame.

    It is 0 in captures of segmentation offload, and longer than the frame where somebody lies;
    then the frame says how long the packet is.
    """
    if header <= claimed < packet["ip_bytes"]:
        packet["ip_bytes"] = claimed
    packet["ip_end"] = min(packet["ip_end"], packet["ip_at"] + packet["ip_bytes"])
    packet["payload_at"] = packet["ip_at"] + header


@compiled
def _ipv4(data: Octets, packet: np.void) -> int:
    """Read an IPv4 header; return a refusal or ACCEPTED."""
    at = packet["ip_at"]
    if packet["ip_end"] - at < _IPV4_OCTETS:
        return TRUNCATED_FRAME
    first = octet(data, at)
    header = (first & 0xF) * 4
    if first >> 4 != _IPV4 or header < _IPV4_OCTETS:
        return BAD_IP_HEADER
    _bound(packet, big16(data, at + 2), header)
    fragment = big16(data, at + 6)
    packet["ttl"] = octet(data, at + 8)
    packet["protocol"] = octet(data, at + 9)
    packet["fragment_id"] = big16(data, at + 4) | (octet(data, at + 9) << 32) | _IPV4_IDENTITY
    _note_fragment(packet, (fragment & _OFFSET_MASK) * 8, fragment & _MORE_FRAGMENTS != 0)
    packet["a_high"] = 0
    packet["a_low"] = big32(data, at + 12)
    packet["b_high"] = 0
    packet["b_low"] = big32(data, at + 16)
    return ACCEPTED


@compiled
def _ipv6(data: Octets, packet: np.void) -> int:
    """Read the fixed IPv6 header; return a refusal or ACCEPTED."""
    at = packet["ip_at"]
    if packet["ip_end"] - at < _IPV6_OCTETS:
        return TRUNCATED_FRAME
    if octet(data, at) >> 4 != _IPV6:
        return BAD_IP_HEADER
    protocol = octet(data, at + 6)
    packet["protocol"] = protocol
    length = big16(data, at + 4)
    segmented = length == 0 and protocol in _MAY_BE_LONG
    _bound(packet, 0 if segmented else length + _IPV6_OCTETS, _IPV6_OCTETS)
    packet["ttl"] = octet(data, at + 7)
    packet["fragment"] = WHOLE
    packet["fragment_offset"] = 0
    packet["a_high"] = big64(data, at + 8)
    packet["a_low"] = big64(data, at + 16)
    packet["b_high"] = big64(data, at + 24)
    packet["b_low"] = big64(data, at + 32)
    return ACCEPTED


@compiled
def _extension_length(data: Octets, packet: np.void) -> int:
    """Return the octets of the extension header that comes next, 0 if none does."""
    kind = packet["protocol"]
    at = packet["payload_at"]
    if packet["ip_end"] - at < _EXTENSION_OCTETS:
        return 0
    if kind == _FRAGMENT_HEADER:
        return _EXTENSION_OCTETS
    if kind in _OPTION_HEADERS:
        return (octet(data, at + 1) + 1) * 8
    return 0


@called
def _skip_extensions(data: Octets, packet: np.void) -> None:
    """Go on to the transport header, past the extension headers of IPv6."""
    for _ in range(_EXTENSION_LIMIT):
        length = _extension_length(data, packet)
        if length == 0 or packet["fragment"] == LATER_FRAGMENT:
            break
        at = packet["payload_at"]
        if packet["protocol"] == _FRAGMENT_HEADER:
            word = big16(data, at + 2)
            _note_fragment(packet, word & ~7, word & 1 != 0)
            packet["fragment_id"] = big32(data, at + 4)
        packet["protocol"] = octet(data, at)
        packet["payload_at"] = at + length


@compiled
def _is_extended(packet: np.void) -> bool:
    """Tell whether an extension header follows the IPv6 header."""
    kind = packet["protocol"]
    return kind == _FRAGMENT_HEADER or kind in _OPTION_HEADERS


@compiled
def _measure(packet: np.void) -> None:
    """Say how long the payload is that begins where the packet's headers end."""
    behind = packet["payload_at"] - packet["ip_at"]
    packet["payload_bytes"] = max(packet["ip_bytes"] - behind, 0)


@compiled
def network_layer(data: Octets, packet: np.void) -> int:
    """Read the IP header at `ip_at`; return a refusal or ACCEPTED."""
    refusal = _ipv4(data, packet) if packet["version"] == _IPV4 else _ipv6(data, packet)
    if refusal != ACCEPTED:
        return refusal
    if packet["version"] == _IPV6 and _is_extended(packet):
        _skip_extensions(data, packet)
    _measure(packet)
    return ACCEPTED


@compiled
def step_over_authentication(data: Octets, packet: np.void) -> int:
    """Go on past the authentication header at the payload; return a refusal or ACCEPTED."""
    at = packet["payload_at"]
    if packet["ip_end"] - at < _EXTENSION_OCTETS:
        return TRUNCATED_FRAME
    packet["protocol"] = octet(data, at)
    packet["payload_at"] = at + (octet(data, at + 1) + 2) * 4
    if packet["version"] == _IPV6:
        _skip_extensions(data, packet)
    _measure(packet)
    return ACCEPTED
