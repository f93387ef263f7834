"""Tunnels of access networks: GTP-U (3GPP TS 29.281), Teredo (RFC 4380), CAPWAP, AYIYA."""

import numpy as np

from sensors.compilation import compiled
from sensors.decode import layout
from sensors.decode.link.kind import BARE, ETHERNET, IPV4, IPV6, NOTHING, SWAPPED_WIFI
from sensors.decode.tunnel.tag import enter
from sensors.octets import Octets, big16, octet

_GTP_OCTETS, _GTP_OPTIONS = 8, 4
_GTP_VERSION_1, _GTP_PAYLOAD = 3, 0xFF
_GTP_OPTION_FLAGS, _GTP_EXTENDED = 0x07, 0x04
_GTP_EXTENSIONS = 8
_TEREDO_ORIGIN, _TEREDO_AUTHENTICATION, _ORIGIN_OCTETS = 0x0000, 0x0001, 8
_IPV6_OCTETS = 40
_CAPWAP_LEAST, _CAPWAP_FRAGMENT, _CAPWAP_KEEPALIVE, _CAPWAP_RESERVED = 8, 0x80, 0x08, 0x07
_WIRELESS, _NATIVE = 1, 1
_AYIYA_OCTETS, _AYIYA_FORWARD, _AYIYA_INTEGER = 8, 1, 1
_PROTOCOL_IPV4, _PROTOCOL_IPV6 = 4, 41


@compiled
def gtp(data: Octets, at: int, end: int, octets: int, inner: np.void) -> tuple[int, int]:
    """Read a GTP-U header of version 1 that carries user data; `octets` follow on the wire."""
    if at + _GTP_OCTETS > end:
        return NOTHING, at
    flags, length = octet(data, at), big16(data, at + 2)
    if flags >> 4 != _GTP_VERSION_1 or octet(data, at + 1) != _GTP_PAYLOAD:
        return NOTHING, at
    if length == 0 or length + _GTP_OCTETS > octets:
        return NOTHING, at
    start = at + _GTP_OCTETS
    if flags & _GTP_OPTION_FLAGS != 0:
        start += _GTP_OPTIONS
        if flags & _GTP_EXTENDED != 0:
            start = _extended(data, start, end)
    enter(inner, layout.GTP, 0)
    return BARE, start


@compiled
def _extended(data: Octets, at: int, end: int) -> int:
    """Return where the extension headers end; the octet before each names it (5.2.1)."""
    for _ in range(_GTP_EXTENSIONS):
        if at >= end or octet(data, at - 1) == 0 or octet(data, at) == 0:
            break
        at += 4 * octet(data, at)
        if at > end:
            break
    return at


@compiled
def teredo(data: Octets, at: int, end: int, octets: int, inner: np.void) -> tuple[int, int]:
    """Step over authentication and origin indication (5.1.1); IPv6 that fits has to follow."""
    start = at
    if start + 4 <= end and big16(data, start) == _TEREDO_AUTHENTICATION:
        start += 13 + octet(data, start + 2) + octet(data, start + 3)
    if start + 2 <= end and big16(data, start) == _TEREDO_ORIGIN:
        start += _ORIGIN_OCTETS
    if start + _IPV6_OCTETS > end or octet(data, start) >> 4 != IPV6:
        return NOTHING, at
    if big16(data, start + 4) + _IPV6_OCTETS > octets - (start - at):
        return NOTHING, at
    enter(inner, layout.TEREDO, 0)
    return IPV6, start


@compiled
def capwap(data: Octets, at: int, end: int, inner: np.void) -> tuple[int, int]:
    """Read the header of a CAPWAP data packet (RFC 5415, 4.3): a wireless frame or Ethernet's."""
    if at + _CAPWAP_LEAST > end or octet(data, at) != 0:
        return NOTHING, at
    length, flags = (octet(data, at + 1) >> 3) * 4, octet(data, at + 3)
    if length < _CAPWAP_LEAST or flags & (_CAPWAP_KEEPALIVE | _CAPWAP_RESERVED) != 0:
        return NOTHING, at
    if flags & _CAPWAP_FRAGMENT != 0 and big16(data, at + 6) >> 3 != 0:
        return NOTHING, at
    binding = octet(data, at + 2)
    enter(inner, layout.CAPWAP, 0)
    if binding & _NATIVE == 0:
        return ETHERNET, at + length
    if (binding >> 1) & 0x1F != _WIRELESS:
        return NOTHING, at
    return SWAPPED_WIFI, at + length


@compiled
def ayiya(data: Octets, at: int, end: int, inner: np.void) -> tuple[int, int]:
    """Read an AYIYA header (draft-massar-v6ops-ayiya, 3) that forwards a packet."""
    if at + _AYIYA_OCTETS > end:
        return NOTHING, at
    first = octet(data, at)
    if first & 0xF != _AYIYA_INTEGER or octet(data, at + 2) & 0xF != _AYIYA_FORWARD:
        return NOTHING, at
    start = at + _AYIYA_OCTETS + (1 << (first >> 4)) + 4 * (octet(data, at + 1) >> 4)
    protocol = octet(data, at + 3)
    enter(inner, layout.AYIYA, 0)
    if protocol == _PROTOCOL_IPV6:
        return IPV6, start
    return (IPV4 if protocol == _PROTOCOL_IPV4 else NOTHING), start
