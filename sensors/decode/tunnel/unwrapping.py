"""From a packet to the header of what it carries."""

import numpy as np

from sensors.compilation import called, compiled
from sensors.decode import layout
from sensors.decode.link.kind import IPV4, IPV6, NOTHING
from sensors.decode.link.kind import MPLS as LABELS
from sensors.decode.tunnel.access import ayiya, capwap, gtp, teredo
from sensors.decode.tunnel.carrier import (
    AYIYA,
    CAPWAP,
    ETHER_IP,
    GENEVE,
    GRE,
    GTP,
    IP_IN_IP,
    L2TP,
    MPLS,
    TEREDO,
    VXLAN,
    VXLAN_GPE,
)
from sensors.decode.tunnel.network import ether_ip, gre, l2tp
from sensors.decode.tunnel.overlay import geneve, vxlan, vxlan_gpe
from sensors.decode.tunnel.tag import enter
from sensors.octets import Octets

_DATAGRAM = 65_535


@compiled
def _octets(outer: np.void) -> int:
    """Return the octets of the payload; of a first fragment, as many as a datagram can have."""
    return _DATAGRAM if outer["fragment"] == layout.FIRST_FRAGMENT else outer["payload_bytes"]


@compiled
def _by_protocol(data: Octets, carrier: int, outer: np.void, inner: np.void) -> tuple[int, int]:
    """Enter a tunnel that has an IP protocol of its own."""
    at, end = outer["payload_at"], outer["ip_end"]
    if carrier == GRE:
        return gre(data, at, end, inner)
    if carrier == ETHER_IP:
        return ether_ip(data, at, end, inner)
    if carrier == MPLS:
        enter(inner, layout.MPLS, 0)
        return LABELS, at
    if carrier == IP_IN_IP:
        enter(inner, layout.IP_IN_IP, 0)
        return IPV4, at
    four = outer["version"] == IPV4
    enter(inner, layout.SIX_IN_FOUR if four else layout.IP_IN_IP, 0)
    return IPV6, at


@compiled
def _by_port(data: Octets, carrier: int, outer: np.void, inner: np.void) -> tuple[int, int]:
    """Enter a tunnel over UDP."""
    at, end, octets = outer["payload_at"], outer["ip_end"], _octets(outer)
    kind, start = NOTHING, at
    if carrier == VXLAN:
        kind, start = vxlan(data, at, end, inner)
    elif carrier == GTP:
        kind, start = gtp(data, at, end, octets, inner)
    elif carrier == GENEVE:
        kind, start = geneve(data, at, end, inner)
    elif carrier == TEREDO:
        kind, start = teredo(data, at, end, octets, inner)
    elif carrier == VXLAN_GPE:
        kind, start = vxlan_gpe(data, at, end, inner)
    elif carrier == CAPWAP:
        kind, start = capwap(data, at, end, inner)
    elif carrier == AYIYA:
        kind, start = ayiya(data, at, end, inner)
    elif carrier == L2TP:
        kind, start = l2tp(data, at, end, inner)
    return kind, start


@called
def unwrap(data: Octets, carrier: int, outer: np.void, inner: np.void) -> tuple[int, int]:
    """Return the kind of the first header that a packet carries, and where it begins.

    NOTHING if it carries none: the header is not the tunnel's, or has nothing behind it. Tunnel
    and tags are written into the packet that is carried.
    """
    if outer["payload_at"] >= outer["ip_end"]:
        return NOTHING, outer["payload_at"]
    if carrier < VXLAN:
        return _by_protocol(data, carrier, outer, inner)
    return _by_port(data, carrier, outer, inner)
