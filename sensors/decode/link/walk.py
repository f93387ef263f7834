"""The walk from the first octet of a frame, or from behind a tunnel's header, to the next IP."""

import numpy as np

from sensors.compilation import called, compiled, integer
from sensors.decode.link.cooked import bare, by_family, cooked, logged
from sensors.decode.link.ether import (
    by_type,
    ethernet,
    link_control,
    mirrored,
    network_identified,
    note_vlan,
    redirected,
    secured,
    service_header,
    vlan,
)
from sensors.decode.link.kind import (
    AVS,
    BARE,
    ERSPAN_3,
    ETHERNET,
    FAMILY,
    FOLLOWS,
    FRAME_RELAY,
    HDLC,
    IPV4,
    IPV6,
    LAST_ETHER,
    LAST_HOST,
    LAST_SERIAL,
    LEAST,
    LINK_TYPE,
    LLC,
    MACSEC,
    MPLS,
    NLPID,
    NOTHING,
    NSH,
    OPAQUE,
    PPI,
    PPP,
    PPPOE,
    PRISM,
    RADIOTAP,
    SLL2,
    VLAN,
    WCCP,
    link_kind,
)
from sensors.decode.link.label import labelled
from sensors.decode.link.serial import framed, over_ethernet, point_to_point, relayed
from sensors.decode.link.wireless import avs, per_packet, prism, radiotap, wireless
from sensors.octets import Octets, big16
from sensors.refusal import NOT_IP, TRUNCATED_FRAME

_ETHERNET_LINK, _ETHERNET_OCTETS, _TYPE_AT = 1, 14, 12
_IPV4_TYPE, _IPV6_TYPE = 0x0800, 0x86DD
_HEADERS = 32
"""Headers of one frame that are followed before it counts as none that carries IP."""

UNKNOWN_LINK = -100
"""The link type is not known."""


@compiled
def _ether_step(data: Octets, kind: int, at: int, end: int, packet: np.void) -> tuple[int, int]:
    """Read one header of Ethernet's kind."""
    following, start = OPAQUE, at
    if kind == LINK_TYPE:
        following, start = by_type(data, at)
    elif kind == VLAN:
        following, start = vlan(data, at, packet)
    elif kind == ETHERNET:
        following, start = ethernet(at, packet)
    elif kind == LLC:
        following, start = link_control(data, at, end)
    elif kind == NSH:
        following, start = service_header(data, at)
    elif kind == MACSEC:
        following, start = secured(data, at)
    elif kind == WCCP:
        following, start = redirected(data, at)
    elif kind == ERSPAN_3:
        following, start = mirrored(data, at)
    return following, start


@compiled
def _host_step(data: Octets, kind: int, at: int, end: int) -> tuple[int, int]:
    """Read one header that a host wrote."""
    if kind == BARE:
        return bare(data, at)
    if kind == FAMILY:
        return by_family(data, at)
    if kind == SLL2:
        return cooked(data, at)
    return logged(data, at, end)


@compiled
def _serial_step(data: Octets, kind: int, at: int, end: int) -> tuple[int, int]:
    """Read one header of a line from one end to another."""
    following, start = OPAQUE, at
    if kind == MPLS:
        following, start = labelled(data, at, end)
    elif kind == PPPOE:
        following, start = over_ethernet(data, at)
    elif kind == PPP:
        following, start = point_to_point(data, at, end)
    elif kind == HDLC:
        following, start = framed(data, at)
    elif kind == FRAME_RELAY:
        following, start = relayed(data, at)
    elif kind == NLPID:
        following, start = network_identified(data, at, end)
    return following, start


@compiled
def _wireless_step(data: Octets, kind: int, at: int, end: int) -> tuple[int, int]:
    """Read one header of a radio."""
    if kind == RADIOTAP:
        return radiotap(data, at, end)
    if kind == PRISM:
        return prism(data, at)
    if kind == AVS:
        return avs(data, at)
    if kind == PPI:
        return per_packet(data, at)
    return wireless(data, kind, at, end)


@compiled
def _step(data: Octets, kind: int, at: int, end: int, packet: np.void) -> tuple[int, int]:
    """Read one header; return the kind of the next and where it begins."""
    if at + LEAST[kind] > end:
        return -1 - TRUNCATED_FRAME, at
    if FOLLOWS[kind] != NOTHING:
        return integer(FOLLOWS[kind]), at + integer(LEAST[kind])
    if kind <= LAST_ETHER:
        return _ether_step(data, kind, at, end, packet)
    if kind <= LAST_HOST:
        return _host_step(data, kind, at, end)
    if kind <= LAST_SERIAL:
        return _serial_step(data, kind, at, end)
    return _wireless_step(data, kind, at, end)


@called
def walk(data: Octets, kind: int, at: int, end: int, packet: np.void) -> tuple[int, int]:
    """Read headers from one of `kind` at `at` on; return IP version and offset of the IP header.

    The version is -1 - refusal where there is none. Tags are written into the packet.
    """
    for _ in range(_HEADERS):
        if kind in (IPV4, IPV6) or kind < 0:
            return kind, at
        if kind == OPAQUE:
            break
        kind, at = _step(data, kind, at, end, packet)
    return -1 - NOT_IP, at


@called
def _any_link(data: Octets, record: np.void, packet: np.void) -> tuple[int, int]:
    """Walk a frame of any link type."""
    kind, at = link_kind(record["link"], record["at"])
    if kind == NOTHING:
        return UNKNOWN_LINK, at
    if record["tag"] != 0:
        note_vlan(packet, record["tag"])
    return walk(data, kind, at, record["at"] + record["captured"], packet)


@compiled
def link_layer(data: Octets, record: np.void, packet: np.void) -> tuple[int, int]:
    """Return IP version and offset of the IP header, or -1 - refusal, or UNKNOWN_LINK.

    Most frames are Ethernet with IP right behind it.
    """
    at = record["at"]
    packet["seen_tags"] = 0
    if (
        record["link"] == _ETHERNET_LINK
        and record["tag"] == 0
        and record["captured"] >= _ETHERNET_OCTETS
    ):
        number = big16(data, at + _TYPE_AT)
        if number == _IPV4_TYPE:
            return IPV4, at + _ETHERNET_OCTETS
        if number == _IPV6_TYPE:
            return IPV6, at + _ETHERNET_OCTETS
    return _any_link(data, record, packet)
