"""Frames that a host wrote without the header of a medium: loopback, Linux cooked, NFLOG, raw."""

from sensors.compilation import compiled
from sensors.decode.link.kind import (
    BARE,
    IPV4,
    IPV6,
    LLC,
    OPAQUE,
    ether_kind,
    family_kind,
)
from sensors.octets import Octets, big16, octet, ordered16

_SLL2_OCTETS = 20
_LINUX_LLC = 4
_PAYLOAD, _ATTRIBUTES, _ATTRIBUTE_MASK = 9, 24, 0x7FFF


@compiled
def bare(data: Octets, at: int) -> tuple[int, int]:
    """Return the IP version that a packet says itself."""
    version = octet(data, at) >> 4
    return (version, at) if version in (IPV4, IPV6) else (OPAQUE, at)


@compiled
def by_family(data: Octets, at: int) -> tuple[int, int]:
    """Follow the address family, in the byte order of whoever captured."""
    family = big16(data, at) + big16(data, at + 2)
    if family > 0xFF:  # noqa: PLR2004 - the family's octet stands in front: little-endian
        family >>= 8
    return family_kind(family), at + 4


@compiled
def cooked(data: Octets, at: int) -> tuple[int, int]:
    """Follow a Linux cooked header, version 2; tags stand behind it."""
    number = big16(data, at)
    return (LLC if number == _LINUX_LLC else ether_kind(number)), at + _SLL2_OCTETS


@compiled
def logged(data: Octets, at: int, end: int) -> tuple[int, int]:
    """Find the packet among the attributes that netfilter logged with it.

    Attributes are in the byte order of the host; lengths tell which.
    """
    at += 4
    big = at + 4 <= end and ordered16(data, at, False) > end - at  # noqa: FBT003 - compiled code has no keywords
    for _ in range(_ATTRIBUTES):
        if at + 4 > end:
            break
        length = ordered16(data, at, big)
        if ordered16(data, at + 2, big) & _ATTRIBUTE_MASK == _PAYLOAD:
            return BARE, at + 4
        if length < 4:  # noqa: PLR2004 - its own header
            break
        at += (length + 3) & ~3
    return OPAQUE, at
