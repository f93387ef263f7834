"""What can carry another packet: IP protocols, and the UDP ports of tunnels."""

import numpy as np

from sensors.compilation import compiled, integer
from sensors.decode.layout import LATER_FRAGMENT
from sensors.decode.transport import TCP, UDP

(
    NOT_A_CARRIER,
    IP_IN_IP,
    SIX_IN_IP,
    GRE,
    AUTHENTICATION,
    ETHER_IP,
    MPLS,
    VXLAN,
    VXLAN_GPE,
    GENEVE,
    GTP,
    TEREDO,
    CAPWAP,
    AYIYA,
    L2TP,
) = range(15)
_FIRST_BOTH_WAYS = GTP
"""From here on, the port is at either end; before, it is the receiver's alone."""

_PROTOCOLS = {4: IP_IN_IP, 41: SIX_IN_IP, 47: GRE, 51: AUTHENTICATION, 97: ETHER_IP, 137: MPLS}
_PORTS = {
    1701: L2TP,
    2152: GTP,
    3544: TEREDO,
    4789: VXLAN,
    4790: VXLAN_GPE,
    5072: AYIYA,
    5247: CAPWAP,
    6081: GENEVE,
    6635: MPLS,
    8472: VXLAN,
}
"""IANA's numbers, and 8472, which Linux used for VXLAN before it had one."""


def _table(numbers: dict[int, int], count: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.array([numbers.get(number, NOT_A_CARRIER) for number in range(count)], np.uint8)


_BY_PROTOCOL = _table(_PROTOCOLS, 1 << 8)
_BY_PORT = _table(_PORTS, 1 << 16)


@compiled
def _by_port(packet: np.void) -> int:
    """Return the carrier that the ports say."""
    carrier = integer(_BY_PORT[packet["destination_port"]])
    if carrier != NOT_A_CARRIER:
        return carrier
    carrier = integer(_BY_PORT[packet["source_port"]])
    return carrier if carrier >= _FIRST_BOTH_WAYS else NOT_A_CARRIER


@compiled
def carrier_of(packet: np.void) -> int:
    """Return what the packet may carry another one by; its header has to be looked at."""
    protocol = packet["protocol"]
    if protocol == TCP or packet["fragment"] == LATER_FRAGMENT:
        return NOT_A_CARRIER
    return _by_port(packet) if protocol == UDP else integer(_BY_PROTOCOL[protocol])
