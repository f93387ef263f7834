"""Ports on which DNS and its kin are spoken: unicast, multicast, link-local, NetBIOS names."""

import numpy as np
import numpy.typing as npt

from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.decode.transport import TCP

KINDS = (None, "nbns", "llmnr", "mdns", "dns")
"""`network.protocol` by kind; of two ports the greater kind holds."""
_, NBNS, LLMNR, MDNS, UNICAST = range(len(KINDS))

PORTS: dict[int, str] = {53: "dns", 5353: "mdns", 5355: "llmnr", 137: "nbns"}
"""RFC 1035, RFC 6762, RFC 4795, RFC 1002. Over TCP only the first is read."""
STREAM_PORTS = (53,)
TUNNEL_PORTS = (53,)
"""Where every message of a flow is read: what is carried through resolvers comes in thousands."""

_PORTS = 65_536
_OCTET = np.uint64(0xFF)
_PAIR = np.uint64(0xFFFF)


def _kinds() -> npt.NDArray[np.uint8]:
    kinds = np.zeros(_PORTS, np.uint8)
    for port, name in PORTS.items():
        kinds[port] = KINDS.index(name)
    return kinds


KIND_OF_PORT = _kinds()
"""Position in KINDS by port, 0 for every other port."""
_STREAMED = np.isin(np.arange(_PORTS), STREAM_PORTS)


def is_tcp(slices: Rows) -> npt.NDArray[np.bool_]:
    """Tell which slices came over TCP."""
    return np.asarray((slices["ports"] >> PROTOCOL) & _OCTET == TCP)


def kinds_of(slices: Rows) -> npt.NDArray[np.uint8]:
    """Return the kind of each slice, 0 where its ports are of no kind."""
    ports = slices["ports"]
    ends = KIND_OF_PORT[ports >> PORT_A], KIND_OF_PORT[(ports >> PORT_B) & _PAIR]
    kinds: npt.NDArray[np.uint8] = np.maximum(*ends)
    return kinds


def on_port(slices: Rows) -> npt.NDArray[np.bool_]:
    """Tell which slices lie on ports of DNS and its kin."""
    ports = slices["ports"]
    streamed = _STREAMED[ports >> PORT_A] | _STREAMED[(ports >> PORT_B) & _PAIR]
    return np.where(is_tcp(slices), streamed, kinds_of(slices) > 0)
