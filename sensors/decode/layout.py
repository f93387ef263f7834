"""Arrays of the decoder: what one packet holds, and what is written down beside the packets."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.void]

KEY = [
    ("a_high", np.uint64),  # the lower endpoint's address; IPv4 lies in the low word
    ("a_low", np.uint64),
    ("b_high", np.uint64),
    ("b_low", np.uint64),
    ("ports", np.uint64),  # a's port 16, b's port 16, protocol 8, IP version 8
    ("tags", np.uint64),  # outer VLAN 16, inner VLAN 16, tunnel 32; what is not in the key is 0
]
"""Identity of a flow, both directions alike."""

PORT_A, PORT_B, PROTOCOL = np.uint64(48), np.uint64(32), np.uint64(8)
OUTER, INNER = np.uint64(48), np.uint64(32)
"""Shifts of the parts in `ports` and `tags`."""
TUNNEL_BITS = np.uint64(0xFFFFFFFF)
"""The tunnel's part of the tags."""

PACKET = np.dtype(
    [
        *KEY,
        ("hash", np.uint64),
        ("seen_tags", np.uint64),  # as `tags`, in the key or not
        ("time", np.int64),
        ("wire", np.int64),  # octets of the whole frame, tunnels around the packet included
        ("ip_bytes", np.int64),
        ("payload_bytes", np.int64),
        ("payload_at", np.int64),
        ("payload_captured", np.int64),
        ("ip_end", np.int64),  # where the captured octets of the IP packet end
        ("ip_at", np.int64),
        ("frame_at", np.int64),
        ("frame_tag", np.int64),  # VLAN tag that stands beside the frame (RECORD.tag)
        ("link", np.int64),
        ("fragment_id", np.int64),
        ("fragment_offset", np.int64),  # octets
        ("sequence", np.int64),
        ("acknowledgment", np.int64),
        ("window", np.int64),
        ("source_port", np.int64),
        ("destination_port", np.int64),
        ("fragment", np.uint8),  # WHOLE, FIRST_FRAGMENT or LATER_FRAGMENT
        ("protocol", np.uint8),
        ("ttl", np.uint8),
        ("flags", np.uint8),
        ("side", np.uint8),  # 0: endpoint a sent it
        ("version", np.uint8),
        ("icmp_type", np.uint8),
        ("icmp_code", np.uint8),
        ("one_way", np.uint8),  # whether it is ICMP that nothing answers
        ("depth", np.uint8),  # tunnels around it; one of depth n follows the n - 1 that carry it
        ("tunnel", np.uint8),  # innermost of them, position in TUNNELS
        ("checksum", np.uint8),  # position in CHECKSUMS
    ],
    align=True,
)
"""A packet that was decoded."""

WHOLE, FIRST_FRAGMENT, LATER_FRAGMENT = 0, 1, 2

CHECKSUMS = ("unverified", "good", "offloaded", "bad")
"""What the checksums of a packet say, from the best to the worst."""
UNVERIFIED, GOOD, OFFLOADED, BAD = range(len(CHECKSUMS))

TUNNELS = (
    "none", "gre", "erspan", "vxlan", "geneve", "gtp-u", "ipip", "6in4", "teredo", "capwap",
    "ayiya", "etherip", "l2tp", "mpls", "ah",
)  # fmt: skip
"""What carries a packet whose frame holds other IP packets around it.

An authentication header counts as one: the packet behind it has the same addresses.
"""
(
    _, GRE, ERSPAN, VXLAN, GENEVE, GTP, IP_IN_IP, SIX_IN_FOUR, TEREDO, CAPWAP,
    AYIYA, ETHER_IP, L2TP, MPLS, AUTHENTICATED,
) = range(len(TUNNELS))  # fmt: skip
TUNNEL_DEPTH = 4
"""Greatest depth; what lies deeper is noted and not followed."""

FRAGMENT = np.dtype(
    [
        ("source_high", np.uint64),
        ("source_low", np.uint64),
        ("destination_high", np.uint64),
        ("destination_low", np.uint64),
        ("tags", np.uint64),
        ("identity", np.int64),  # identification and protocol, -1 if empty
        ("time", np.int64),
        ("source_port", np.int64),
        ("destination_port", np.int64),
        ("reach", np.int64),  # greatest end of a fragment
        ("octets", np.int64),  # sum of the fragments
        ("protocol", np.uint8),
        ("one_way", np.uint8),
    ],
    align=True,
)
"""Ports of a first fragment, for those that follow it."""

NOTES = (
    "fragments_orphaned",
    "fragments_overlapping",
    "ports_missing",
    "inner_not_ip",
    "inner_refused",
    "inner_beyond_depth",
    "ip_checksum_bad",
    "transport_checksum_bad",
    "transport_checksum_offloaded",
)
"""What the decoder saw, metered and still finds worth a count."""
(
    FRAGMENTS_ORPHANED,
    FRAGMENTS_OVERLAPPING,
    PORTS_MISSING,
    INNER_NOT_IP,
    INNER_REFUSED,
    INNER_BEYOND_DEPTH,
    IP_CHECKSUM_BAD,
    TRANSPORT_CHECKSUM_BAD,
    TRANSPORT_CHECKSUM_OFFLOADED,
) = range(len(NOTES))


class Book(NamedTuple):
    """What the decoder writes beside the packets, and what it has to know."""

    refused: npt.NDArray[np.int64]
    links: npt.NDArray[np.int64]
    """Packets of unknown link types, by link type."""
    notes: npt.NDArray[np.int64]
    """Counts by position in NOTES."""
    fragments: Rows
    seed: np.uint64
    tag_mask: np.uint64
    """Which of the tags are in the key."""
