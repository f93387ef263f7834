"""Tunnels of network equipment: GRE, ERSPAN, EtherIP, L2TP (RFC 2784, 2890, 2637, 3378, 2661)."""

import numpy as np

from sensors.compilation import compiled
from sensors.decode import layout
from sensors.decode.link.kind import (
    ERSPAN_2,
    ERSPAN_3,
    ETHER_IP,
    ETHERNET,
    NOTHING,
    PPP,
    ether_kind,
)
from sensors.decode.tunnel.tag import enter
from sensors.octets import Octets, big16, big32, octet

_CHECKSUM, _ROUTING, _KEY, _SEQUENCE, _ACKNOWLEDGED = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
_VERSION = 0x0007
_PLAIN, _POINT_TO_POINT = 0, 1
_BRIDGING, _PPP_TYPE, _ERSPAN_TYPE, _ERSPAN_3_TYPE = 0x6558, 0x880B, 0x88BE, 0x22EB
_SESSION_MASK = 0x03FF
_ROUTES = 8
_ETHER_IP_VERSION = 0x3000
_L2TP_RESERVED, _L2TP_VERSION, _L2TP_2 = 0xB4F0, 0x000F, 2
"""Messages of L2TP's control have the first bit set and carry nothing."""
_L2TP_LENGTH, _L2TP_SEQUENCE, _L2TP_OFFSET = 0x4000, 0x0800, 0x0200


@compiled
def _routed(data: Octets, at: int, end: int) -> int:
    """Return where GRE's list of source routes ends (RFC 1701); it ends with an empty one."""
    for _ in range(_ROUTES):
        if at + 4 > end:
            break
        length = octet(data, at + 3)
        at += 4 + length
        if length == 0:
            break
    return at


@compiled
def gre(data: Octets, at: int, end: int, inner: np.void) -> tuple[int, int]:
    """Read a GRE header of either version."""
    if at + 4 > end:
        return NOTHING, at
    flags = big16(data, at)
    if flags & _VERSION == _POINT_TO_POINT:
        return _enhanced(data, at, flags, inner)
    if flags & _VERSION != _PLAIN:
        return NOTHING, at
    start = at + 4
    if flags & (_CHECKSUM | _ROUTING) != 0:
        start += 4
    key_at = start
    start += 4 * (flags & _KEY != 0) + 4 * (flags & _SEQUENCE != 0)
    if flags & _ROUTING != 0:
        start = _routed(data, start, end)
    kind = big16(data, at + 2)
    if start + 4 > end or kind == 0:
        return NOTHING, at  # a keepalive, or nothing that could be read
    if kind in (_ERSPAN_TYPE, _ERSPAN_3_TYPE):
        return _span(data, start, flags, kind, inner)
    if flags & _KEY != 0:
        enter(inner, layout.GRE, _network(big32(data, key_at), flags, kind))
    else:
        enter(inner, layout.GRE, 0)
    return ether_kind(kind), start


@compiled
def _network(key: int, flags: int, kind: int) -> int:
    """Return the virtual network of a key: NVGRE's last 8 bits are entropy (RFC 7637, 3.2)."""
    return key >> 8 if kind == _BRIDGING and flags & (_CHECKSUM | _SEQUENCE) == 0 else key


@compiled
def _span(data: Octets, at: int, flags: int, kind: int, inner: np.void) -> tuple[int, int]:
    """Follow a mirrored frame; without sequence numbers it has no header of its own (type I)."""
    if kind == _ERSPAN_TYPE and flags & _SEQUENCE == 0:
        enter(inner, layout.ERSPAN, 0)
        return ETHERNET, at
    enter(inner, layout.ERSPAN, big16(data, at + 2) & _SESSION_MASK)
    return (ERSPAN_2 if kind == _ERSPAN_TYPE else ERSPAN_3), at


@compiled
def _enhanced(data: Octets, at: int, flags: int, inner: np.void) -> tuple[int, int]:
    """Read the GRE of PPTP; without a sequence number it has no payload (RFC 2637, 4.1)."""
    if big16(data, at + 2) != _PPP_TYPE or flags & _KEY == 0 or flags & _SEQUENCE == 0:
        return NOTHING, at
    enter(inner, layout.GRE, 0)
    return PPP, at + (16 if flags & _ACKNOWLEDGED != 0 else 12)


@compiled
def ether_ip(data: Octets, at: int, end: int, inner: np.void) -> tuple[int, int]:
    """Read the two octets of EtherIP."""
    if at + 2 > end or big16(data, at) != _ETHER_IP_VERSION:
        return NOTHING, at
    enter(inner, layout.ETHER_IP, 0)
    return ETHER_IP, at


@compiled
def l2tp(data: Octets, at: int, end: int, inner: np.void) -> tuple[int, int]:
    """Read the header of an L2TP version 2 data message."""
    if at + 8 > end:
        return NOTHING, at
    flags = big16(data, at)
    if flags & _L2TP_RESERVED != 0 or flags & _L2TP_VERSION != _L2TP_2:
        return NOTHING, at
    start = at + 6
    if flags & _L2TP_LENGTH != 0:
        start += 2
    if flags & _L2TP_SEQUENCE != 0:
        start += 4
    if flags & _L2TP_OFFSET != 0:
        if start + 2 > end:
            return NOTHING, at
        start += 2 + big16(data, start)
    if start >= end:
        return NOTHING, at
    enter(inner, layout.L2TP, 0)
    return PPP, start
