"""The transport layer: ports, flags, payload."""

import numpy as np

from sensors.compilation import compiled
from sensors.decode.checksum import verify_header, verify_transport
from sensors.decode.fragment import recall, remember
from sensors.decode.layout import (
    FIRST_FRAGMENT,
    LATER_FRAGMENT,
    PORTS_MISSING,
    WHOLE,
    Book,
)
from sensors.octets import Octets, big16, big32, octet

ICMP, TCP, UDP, ICMP6, SCTP = 1, 6, 17, 58, 132
_IPV4 = 4
_TCP_OCTETS, _UDP_OCTETS, _SCTP_OCTETS, _ICMP_OCTETS = 20, 8, 12, 8
_PORT_OCTETS, _TYPE_OCTETS, _FLAGS_OCTETS, _WINDOW_OCTETS = 4, 2, 14, 16
_UNKNOWN_WINDOW = -1
_NO_CHECKSUM, _TCP_CHECKSUM, _UDP_CHECKSUM, _ICMP_CHECKSUM = 0, 16, 6, 2

_PAIRS = {8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 10: 9, 9: 10, 17: 18, 18: 17}
_PAIRS6 = {
    128: 129, 129: 128, 133: 134, 134: 133, 135: 136, 136: 135, 130: 131, 131: 130,
    139: 140, 140: 139, 144: 145, 145: 144,
}  # fmt: skip
ONE_WAY = -1


def _counterparts(pairs: dict[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([pairs.get(number, ONE_WAY) for number in range(256)], np.int64)


COUNTERPART = _counterparts(_PAIRS)
"""ICMP type to the type that answers it (Community ID v1), ONE_WAY if none does."""
COUNTERPART6 = _counterparts(_PAIRS6)


@compiled
def _ported(data: Octets, packet: np.void, header: int) -> None:
    """Take the ports and step over a header of `header` octets."""
    at = packet["payload_at"]
    packet["source_port"] = big16(data, at)
    packet["destination_port"] = big16(data, at + 2)
    packet["payload_at"] = at + header
    packet["payload_bytes"] = max(packet["payload_bytes"] - header, 0)


@compiled
def _tcp(data: Octets, packet: np.void, there: int) -> None:
    """Take flags, numbers and window; a data offset that lies counts as the least."""
    at = packet["payload_at"]
    header = _TCP_OCTETS
    if there >= _FLAGS_OCTETS:
        packet["sequence"] = big32(data, at + 4)
        packet["acknowledgment"] = big32(data, at + 8)
        packet["flags"] = octet(data, at + 13)
        packet["window"] = big16(data, at + 14) if there >= _WINDOW_OCTETS else _UNKNOWN_WINDOW
        header = max((octet(data, at + 12) >> 4) * 4, _TCP_OCTETS)
    _ported(data, packet, header)


@compiled
def _icmp(data: Octets, packet: np.void) -> None:
    """Take type and code; the ports of the key are those of Community ID."""
    at = packet["payload_at"]
    kind = octet(data, at)
    packet["icmp_type"] = octet(data, at)
    packet["icmp_code"] = octet(data, at + 1)
    packet["source_port"] = kind
    other = COUNTERPART[kind] if packet["version"] == _IPV4 else COUNTERPART6[kind]
    packet["destination_port"] = other if other != ONE_WAY else octet(data, at + 1)
    packet["one_way"] = other == ONE_WAY
    packet["payload_at"] = at + _ICMP_OCTETS
    packet["payload_bytes"] = max(packet["payload_bytes"] - _ICMP_OCTETS, 0)


@compiled
def _is_icmp(packet: np.void) -> bool:
    """Tell whether the protocol is the ICMP of its IP version."""
    return bool(packet["protocol"] == (ICMP if packet["version"] == _IPV4 else ICMP6))


@compiled
def _read(data: Octets, packet: np.void, there: int) -> bool:
    """Read the transport header, of which `there` octets exist; False if it is cut too short."""
    protocol = packet["protocol"]
    if _is_icmp(packet):
        if there < _TYPE_OCTETS:
            return False
        _icmp(data, packet)
        return True
    if protocol not in (TCP, UDP, SCTP):
        return True
    if there < _PORT_OCTETS:
        return False
    if protocol == TCP:
        _tcp(data, packet, there)
    else:
        _ported(data, packet, _UDP_OCTETS if protocol == UDP else _SCTP_OCTETS)
    return True


@compiled
def _checksum_at(packet: np.void) -> int:
    """Return where the checksum stands in a transport header that is verified."""
    protocol = packet["protocol"]
    if protocol == TCP:
        return _TCP_CHECKSUM
    if protocol == UDP:
        return _UDP_CHECKSUM
    return _ICMP_CHECKSUM if _is_icmp(packet) else _NO_CHECKSUM


@compiled
def _clear(packet: np.void) -> None:
    """Empty what only some transports have."""
    packet["source_port"] = 0
    packet["destination_port"] = 0
    packet["flags"] = 0
    packet["sequence"] = 0
    packet["acknowledgment"] = 0
    packet["window"] = 0
    packet["icmp_type"] = 0
    packet["icmp_code"] = 0
    packet["one_way"] = False
    packet["payload_captured"] = 0


@compiled
def transport_layer(data: Octets, packet: np.void, book: Book) -> None:
    """Read ports, flags and payload. What has none is metered with ports 0 and noted."""
    _clear(packet)
    verify_header(data, packet, book)
    if packet["fragment"] == LATER_FRAGMENT:
        recall(packet, book)
        return
    at, octets = packet["payload_at"], packet["payload_bytes"]
    if not _read(data, packet, packet["ip_end"] - at):
        book.notes[PORTS_MISSING] += 1
    elif packet["fragment"] == WHOLE and _checksum_at(packet) != _NO_CHECKSUM:
        verify_transport(data, packet, at, _checksum_at(packet), book)
    if packet["fragment"] == FIRST_FRAGMENT:
        remember(packet, octets, book)
    packet["payload_captured"] = max(packet["ip_end"] - packet["payload_at"], 0)
