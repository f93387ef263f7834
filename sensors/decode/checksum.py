"""Checksums of IP, TCP, UDP and ICMP (RFC 1071): good, bad, or left to the network card.

Cards that compute checksums do so behind the capture, which then sees zero or the sum of the
pseudo header alone. Such packets are as good as others.
"""

import numpy as np

from sensors.compilation import called, compiled, integer
from sensors.decode.layout import (
    BAD,
    GOOD,
    IP_CHECKSUM_BAD,
    OFFLOADED,
    TRANSPORT_CHECKSUM_BAD,
    TRANSPORT_CHECKSUM_OFFLOADED,
    UNVERIFIED,
    Book,
)
from sensors.octets import Octets, big16, little16, octet

_IPV4, _UDP, _ICMP = 4, 17, 1
_IPV4_OCTETS, _IPV6_OCTETS = 20, 40
_RIGHT = 0xFFFF
_LONGEST = 256
"""Octets of the longest transport packet that is added up: longer ones would cost too much."""


@compiled
def _added(data: Octets, at: int, end: int) -> int:
    """Add the words up, as they lie in memory: the sum is the same in either byte order."""
    total = 0
    last = end - 3
    while at < last:
        total += integer(data.quads[at])
        at += 4
    if at + 1 < end:
        total += little16(data, at)
        at += 2
    return total + octet(data, at) if at < end else total


@called
def _added_up(data: Octets, at: int, end: int) -> int:
    """Do the same where it is done more seldom."""
    return _added(data, at, end)


@compiled
def _folded(total: int) -> int:
    """Fold the carries of up to 2^14 words back in."""
    total = (total & 0xFFFF) + ((total >> 16) & 0xFFFF) + (total >> 32)
    total = (total & 0xFFFF) + (total >> 16)
    return (total & 0xFFFF) + (total >> 16)


@compiled
def verify_header(data: Octets, packet: np.void, book: Book) -> None:
    """Write down what the checksum of an IPv4 header says; IPv6 has none."""
    packet["checksum"] = UNVERIFIED
    if packet["version"] != _IPV4:
        return
    at = packet["ip_at"]
    total = integer(data.quads[at]) + integer(data.quads[at + 4]) + integer(data.quads[at + 8])
    total += integer(data.quads[at + 12]) + integer(data.quads[at + 16])
    end = at + (octet(data, at) & 0xF) * 4
    if end > at + _IPV4_OCTETS:
        total += _added_up(data, at + _IPV4_OCTETS, min(end, packet["ip_end"]))
    if _folded(total) != _RIGHT:
        _blame(data, packet, end, book)


@compiled
def _blame(data: Octets, packet: np.void, end: int, book: Book) -> None:
    """Tell a wrong header checksum from one that is missing, unless the header is cut."""
    if little16(data, packet["ip_at"] + 10) == 0:
        packet["checksum"] = OFFLOADED
    elif end <= packet["ip_end"]:
        packet["checksum"] = BAD
        book.notes[IP_CHECKSUM_BAD] += 1


@compiled
def _is_plain(data: Octets, packet: np.void, at: int) -> bool:
    """Tell whether the header's own length holds and nothing stands between it and `at`.

    Options and extension headers can name other addresses for the sum.
    """
    ip_at, ip_bytes = packet["ip_at"], packet["ip_bytes"]
    if packet["version"] == _IPV4:
        return bool(at == ip_at + _IPV4_OCTETS and big16(data, ip_at + 2) == ip_bytes)
    return bool(at == ip_at + _IPV6_OCTETS and big16(data, ip_at + 4) + _IPV6_OCTETS == ip_bytes)


@compiled
def _pseudo(data: Octets, packet: np.void, length: int) -> int:
    """Return the sum of the pseudo header (RFC 9293, 3.1; RFC 8200, 8.1)."""
    ip_at = packet["ip_at"]
    if packet["version"] == _IPV4:
        if packet["protocol"] == _ICMP:
            return 0
        total = integer(data.quads[ip_at + 12]) + integer(data.quads[ip_at + 16])
    else:
        total = _added_up(data, ip_at + 8, ip_at + _IPV6_OCTETS)
    swapped = ((length & 0xFF) << 8) | (length >> 8)
    return total + swapped + (integer(packet["protocol"]) << 8)


@compiled
def _state(data: Octets, packet: np.void, at: int, length: int, place: int) -> int:
    """Return what the checksum at `at + place` says about `length` octets."""
    stored = little16(data, at + place)
    version, protocol = packet["version"], packet["protocol"]
    if stored == 0 and version == _IPV4 and protocol == _UDP:
        return GOOD  # the sender chose to give none (RFC 768)
    base = _pseudo(data, packet, length)
    if _folded(base + _added(data, at, at + length)) == _RIGHT:
        return GOOD
    return OFFLOADED if stored in (0, _folded(base)) else BAD


@compiled
def verify_transport(data: Octets, packet: np.void, at: int, place: int, book: Book) -> None:
    """Verify the checksum of a transport packet at `at` that is captured whole and short enough."""
    length = packet["ip_at"] + packet["ip_bytes"] - at
    if length > _LONGEST or packet["ip_end"] < at + length or not _is_plain(data, packet, at):
        return
    if packet["protocol"] == _UDP:
        claimed = big16(data, at + 4)
        if claimed < place + 2 or claimed > length:
            return
        length = claimed
    if place + 2 > length:
        return
    state = _state(data, packet, at, length, place)
    packet["checksum"] = max(packet["checksum"], np.uint8(state))
    if state == BAD:
        book.notes[TRANSPORT_CHECKSUM_BAD] += 1
    elif state == OFFLOADED:
        book.notes[TRANSPORT_CHECKSUM_OFFLOADED] += 1
