"""The link layer: from the first octet of a frame to its IP header."""

import numpy as np

from sensors.compilation import compiled
from sensors.decode.layout import INNER, OUTER
from sensors.octets import Octets, big16, octet
from sensors.refusal import NOT_IP, TRUNCATED_FRAME

_ETHERNET, _NULL, _LOOP, _SLL, _SLL2 = 1, 0, 108, 113, 276
_RAW = (12, 14, 101, 228, 229)
_ETHERNET_TYPE_AT, _SLL_TYPE_AT, _SLL2_TYPE_AT, _SLL2_OCTETS = 12, 14, 0, 20
_ADDRESS_FAMILY_OCTETS = 4
_IPV4_TYPE, _IPV6_TYPE = 0x0800, 0x86DD
_VLAN_TYPES = (0x8100, 0x88A8, 0x9100)
_VLAN_LIMIT = 8
_VLAN_MASK = 0x0FFF
_LARGEST_LENGTH = 1500
_SNAP_OCTETS = 8
_SNAP_SERVICE = 0xAAAA
_IPV4_FAMILIES = (2,)
_IPV6_FAMILIES = (10, 24, 28, 30)

UNKNOWN_LINK = -100
"""The link type is not known."""


@compiled
def _tagged(data: Octets, at: int, end: int, packet: np.void) -> int:
    """Follow VLAN tags from the EtherType at `at`; return where the last EtherType stands.

    Outer is the first tag, inner the last of several. A priority tag (VLAN 0) is no VLAN
    (IEEE 802.1Q, 9.6).
    """
    packet["seen_tags"] = 0
    for _ in range(_VLAN_LIMIT):
        if at + 6 > end or big16(data, at) not in _VLAN_TYPES:
            break
        vlan = np.uint64(big16(data, at + 2) & _VLAN_MASK)
        if packet["seen_tags"] == 0:
            packet["seen_tags"] = vlan << OUTER
        else:
            packet["seen_tags"] = (packet["seen_tags"] >> OUTER << OUTER) | (vlan << INNER)
        at += 4
    return at


@compiled
def _subnetwork(data: Octets, at: int, end: int) -> int:
    """Return where the EtherType stands: at `at`, or behind a SNAP header (RFC 1042)."""
    if big16(data, at) > _LARGEST_LENGTH or at + 2 + _SNAP_OCTETS > end:
        return at
    if big16(data, at + 2) != _SNAP_SERVICE or octet(data, at + 4) != 3:  # noqa: PLR2004 - unnumbered information
        return at
    if octet(data, at + 5) + big16(data, at + 6) != 0:
        return at
    return at + _SNAP_OCTETS


@compiled
def _typed(data: Octets, at: int, end: int, packet: np.void) -> tuple[int, int]:
    """Return IP version and offset behind the EtherType at `at`, or a refusal below 0."""
    if at + 2 > end:
        return -1 - TRUNCATED_FRAME, at
    at = _subnetwork(data, _tagged(data, at, end, packet), end)
    kind = big16(data, at)
    if kind == _IPV4_TYPE:
        return 4, at + 2
    if kind == _IPV6_TYPE:
        return 6, at + 2
    if kind in _VLAN_TYPES:
        return -1 - TRUNCATED_FRAME, at
    return -1 - NOT_IP, at


@compiled
def _raw(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Return the IP version that a bare packet says itself."""
    if at >= end:
        return -1 - TRUNCATED_FRAME, at
    version = octet(data, at) >> 4
    if version in (4, 6):
        return version, at
    return -1 - NOT_IP, at


@compiled
def _family(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Return the IP version by the address family, in the byte order of whoever captured."""
    start = at + _ADDRESS_FAMILY_OCTETS
    if start > end:
        return -1 - TRUNCATED_FRAME, at
    family = big16(data, at) + big16(data, at + 2)
    if family > 0xFF:  # noqa: PLR2004 - the family's octet stands in front: little-endian
        family >>= 8
    if family in _IPV4_FAMILIES:
        return 4, start
    if family in _IPV6_FAMILIES:
        return 6, start
    return -1 - NOT_IP, at


@compiled
def link_layer(data: Octets, record: np.void, packet: np.void) -> tuple[int, int]:
    """Return IP version and offset of the IP header, or -1 - refusal, or UNKNOWN_LINK."""
    at = record["at"]
    end = at + record["captured"]
    link = record["link"]
    packet["seen_tags"] = 0
    if link == _ETHERNET:
        return _typed(data, at + _ETHERNET_TYPE_AT, end, packet)
    if link in _RAW:
        return _raw(data, at, end)
    if link == _SLL:
        return _typed(data, at + _SLL_TYPE_AT, end, packet)
    if link in (_NULL, _LOOP):
        return _family(data, at, end)
    if link == _SLL2:
        return _sll2(data, at, end)
    return UNKNOWN_LINK, at


@compiled
def _sll2(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Return IP version and offset behind a Linux cooked header, version 2."""
    if at + _SLL2_OCTETS > end:
        return -1 - TRUNCATED_FRAME, at
    kind = big16(data, at + _SLL2_TYPE_AT)
    if kind == _IPV4_TYPE:
        return 4, at + _SLL2_OCTETS
    if kind == _IPV6_TYPE:
        return 6, at + _SLL2_OCTETS
    return -1 - NOT_IP, at
