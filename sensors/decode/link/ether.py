"""Ethernet and what stands between it and IP: VLAN tags, LLC, tags of switches (IEEE 802)."""

import numpy as np

from sensors.compilation import compiled
from sensors.decode.layout import INNER, OUTER, TUNNEL_BITS
from sensors.decode.link.kind import (
    BARE,
    ETHERNET,
    IPV4,
    LINK_TYPE,
    LLC,
    NLPID,
    OPAQUE,
    ether_kind,
    network_kind,
    next_kind,
)
from sensors.octets import Octets, big16, octet
from sensors.refusal import ENCRYPTED_FRAME

_LARGEST_LENGTH = 1500
_TYPE_AT = 12
_VLAN_MASK = 0x0FFF
_SNAP, _SNAP_OCTETS = 0xAAAA, 8
_SNAP_ORGANIZATIONS = (0x000000, 0x0000F8)
"""EtherTypes of RFC 1042 and of bridge tunnels (IEEE 802.1H)."""
_LLC_IP, _LLC_OSI, _UNNUMBERED = 0x0606, 0xFEFE, 3
_NLPID_SNAP, _NLPID_PADDING, _NLPID_SNAP_OCTETS = 0x80, 0, 4
_MACSEC_IDENTIFIED, _MACSEC_ENCRYPTED = 0x20, 0x0C
_MACSEC_OCTETS, _MACSEC_IDENTIFIED_OCTETS = 6, 14


@compiled
def by_type(data: Octets, at: int) -> tuple[int, int]:
    """Follow the EtherType, or the length that stands in its place (IEEE 802.3, 3.2.6)."""
    number = big16(data, at)
    if number <= _LARGEST_LENGTH:
        return LLC, at + 2
    return ether_kind(number), at + 2


@compiled
def ethernet(at: int, packet: np.void) -> tuple[int, int]:
    """Step over the addresses of a frame inside of another; its VLANs are its own."""
    packet["seen_tags"] = packet["seen_tags"] & TUNNEL_BITS
    return LINK_TYPE, at + _TYPE_AT


@compiled
def note_vlan(packet: np.void, tag: int) -> None:
    """Keep the VLAN of a tag: the first as outer, the last of several as inner.

    A priority tag (VLAN 0) is no VLAN (IEEE 802.1Q, 9.6).
    """
    vlan = np.uint64(tag & _VLAN_MASK)
    tags = packet["seen_tags"]
    if vlan == np.uint64(0):
        return
    if tags >> OUTER == np.uint64(0):
        packet["seen_tags"] = tags | (vlan << OUTER)
    else:
        packet["seen_tags"] = (tags >> OUTER << OUTER) | (vlan << INNER) | (tags & TUNNEL_BITS)


@compiled
def vlan(data: Octets, at: int, packet: np.void) -> tuple[int, int]:
    """Follow a VLAN tag."""
    note_vlan(packet, big16(data, at))
    return LINK_TYPE, at + 2


@compiled
def link_control(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Follow an LLC header (IEEE 802.2): SNAP, or IP by its own service access point."""
    service = big16(data, at)
    if octet(data, at + 2) != _UNNUMBERED:
        return OPAQUE, at
    if service == _SNAP:
        return _subnetwork(data, at + 3, end)
    if service == _LLC_IP:
        return BARE, at + 3
    return (NLPID, at + 3) if service == _LLC_OSI else (OPAQUE, at)


@compiled
def _subnetwork(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Follow the organization and the EtherType behind SNAP's LLC header (RFC 1042)."""
    if at + 5 > end:
        return OPAQUE, at
    organization = (octet(data, at) << 16) | big16(data, at + 1)
    return (LINK_TYPE, at + 3) if organization in _SNAP_ORGANIZATIONS else (OPAQUE, at)


@compiled
def network_identified(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Follow a network layer protocol identifier (RFC 2427, 3)."""
    number = octet(data, at)
    if number == _NLPID_PADDING:
        return NLPID, at + 1
    if number == _NLPID_SNAP:
        return _subnetwork(data, at + 1, end)
    return network_kind(number), at + 1


@compiled
def service_header(data: Octets, at: int) -> tuple[int, int]:
    """Follow a network service header by its own length (RFC 8300, 2.2)."""
    length = (big16(data, at) & 0x3F) * 4
    return (next_kind(octet(data, at + 3)), at + length) if length >= 8 else (OPAQUE, at)  # noqa: PLR2004 - base and path header


@compiled
def secured(data: Octets, at: int) -> tuple[int, int]:
    """Step over a MACsec tag, if the frame is signed only (IEEE 802.1AE, 9.3)."""
    control = octet(data, at)
    if control & _MACSEC_ENCRYPTED != 0:
        return -1 - ENCRYPTED_FRAME, at
    identified = control & _MACSEC_IDENTIFIED != 0
    return LINK_TYPE, at + (_MACSEC_IDENTIFIED_OCTETS if identified else _MACSEC_OCTETS)


@compiled
def redirected(data: Octets, at: int) -> tuple[int, int]:
    """Step over the header that WCCP version 2 has and version 1 has not."""
    return (IPV4, at) if octet(data, at) >> 4 == IPV4 else (BARE, at + 4)


@compiled
def mirrored(data: Octets, at: int) -> tuple[int, int]:
    """Step over an ERSPAN header of type III and what its last bit announces."""
    word = big16(data, at + 10)
    start = at + (20 if word & 1 != 0 else 12)
    return (BARE, start) if (word >> 10) & 0x1F == 2 else (ETHERNET, start)  # noqa: PLR2004 - frame type IP
