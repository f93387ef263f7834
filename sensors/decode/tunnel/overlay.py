"""Overlays of data centres: VXLAN (RFC 7348), its generic form, Geneve (RFC 8926)."""

import numpy as np

from sensors.compilation import compiled
from sensors.decode import layout
from sensors.decode.link.kind import ETHERNET, NOTHING, ether_kind, next_kind
from sensors.decode.tunnel.tag import enter
from sensors.octets import Octets, big16, big32, octet

_OCTETS = 8
_HAS_NUMBER, _HAS_PROTOCOL, _VXLAN_RESERVED = 0x08, 0x04, 0x70
"""Flags of VXLAN: a network number, a next protocol; group policies use the highest bit."""
_GENEVE_VERSION, _GENEVE_LENGTH, _GENEVE_CONTROL, _GENEVE_RESERVED = 0xC0, 0x3F, 0x80, 0x3F


@compiled
def vxlan(data: Octets, at: int, end: int, inner: np.void) -> tuple[int, int]:
    """Read a VXLAN header, of the generic form where it says so."""
    if at + _OCTETS > end:
        return NOTHING, at
    flags = octet(data, at)
    if flags & _HAS_NUMBER == 0 or octet(data, at + 7) != 0:
        return NOTHING, at
    if flags & _HAS_PROTOCOL != 0:
        return vxlan_gpe(data, at, end, inner)
    if flags & _VXLAN_RESERVED != 0:
        return NOTHING, at
    enter(inner, layout.VXLAN, big32(data, at + 4) >> 8)
    return ETHERNET, at + _OCTETS


@compiled
def vxlan_gpe(data: Octets, at: int, end: int, inner: np.void) -> tuple[int, int]:
    """Read a VXLAN header of the generic form (draft-ietf-nvo3-vxlan-gpe, 3).

    Some senders name the next protocol and forget the flag for it.
    """
    if at + _OCTETS > end or octet(data, at + 7) != 0:
        return NOTHING, at
    if octet(data, at) & _HAS_NUMBER == 0 or octet(data, at) >> 4 != 0:
        return NOTHING, at
    enter(inner, layout.VXLAN, big32(data, at + 4) >> 8)
    protocol = octet(data, at + 3)
    return (next_kind(protocol) if protocol != 0 else ETHERNET), at + _OCTETS


@compiled
def geneve(data: Octets, at: int, end: int, inner: np.void) -> tuple[int, int]:
    """Read a Geneve header and step over its options."""
    if at + _OCTETS > end:
        return NOTHING, at
    first, second = octet(data, at), octet(data, at + 1)
    if first & _GENEVE_VERSION != 0 or second & _GENEVE_RESERVED != 0 or octet(data, at + 7) != 0:
        return NOTHING, at
    if second & _GENEVE_CONTROL != 0:
        return NOTHING, at
    enter(inner, layout.GENEVE, big32(data, at + 4) >> 8)
    return ether_kind(big16(data, at + 2)), at + _OCTETS + (first & _GENEVE_LENGTH) * 4
