"""Arrays of the meter: what one packet, one flow, one direction of it and one slice hold."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from situation.fields import TCP_FLAGS

Rows = npt.NDArray[np.void]

_KEY = [
    ("a_high", np.uint64),  # the lower endpoint's address; IPv4 lies in the low word
    ("a_low", np.uint64),
    ("b_high", np.uint64),
    ("b_low", np.uint64),
    ("ports", np.uint64),  # a's port 16, b's port 16, protocol 8, IP version 8
    ("tags", np.uint64),  # outer VLAN 16, inner VLAN 16, tunnel 32
]
"""Identity of a flow, both directions alike."""

PACKET = np.dtype(
    [
        *_KEY,
        ("hash", np.uint64),
        ("time", np.int64),
        ("wire", np.int64),
        ("ip_bytes", np.int64),
        ("payload_bytes", np.int64),
        ("payload_at", np.int64),
        ("payload_captured", np.int64),
        ("ip_end", np.int64),  # where the captured octets of the IP packet end
        ("ip_at", np.int64),
        ("fragment_id", np.int64),
        ("sequence", np.int64),
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
    ],
    align=True,
)
"""A packet that was decoded."""

WHOLE, FIRST_FRAGMENT, LATER_FRAGMENT = 0, 1, 2

FLOW = np.dtype(
    [
        *_KEY,
        ("hash", np.uint64),
        ("serial", np.int64),  # number of the flow in this run
        ("first", np.int64),  # of this record
        ("last", np.int64),
        ("iat_min", np.int64),
        ("iat_max", np.int64),
        ("iat_sum", np.int64),
        ("iat_squares", np.float64),
        ("sequence", np.int64),  # initial sequence number of the initiator
        ("record", np.int32),  # number of the record in the flow
        ("slices", np.int32),  # slices that were kept of it
        ("slices_left", np.int32),
        ("sliced", np.uint8),  # whether its payloads are kept for a parser
        ("queue", np.uint8),
        ("initiator", np.uint8),  # side
        ("firm", np.uint8),  # whether a SYN told the initiator
        ("fins", np.uint8),  # a bit for each side
        ("icmp_type", np.uint8),
        ("icmp_code", np.uint8),
        ("reason", np.uint8),  # position in END_REASONS
        ("closed", np.uint8),  # 0, or the end reason that the teardown gives
    ],
    align=True,
)
"""State of a flow, and once it is written out, its record."""

WAY = np.dtype(
    [
        ("packets", np.int64),
        ("bytes", np.int64),
        ("squares", np.float64),
        ("size_min", np.uint32),
        ("size_max", np.uint32),
        ("ip_bytes", np.int64),
        ("payload_bytes", np.int64),
        ("last", np.int64),  # of the flow, not of the record; NONE before the first packet
        ("iat_min", np.int64),
        ("iat_max", np.int64),
        ("iat_sum", np.int64),
        ("iat_squares", np.float64),
        *((flag, np.uint32) for flag in TCP_FLAGS),
        ("ttl_min", np.uint8),
        ("ttl_max", np.uint8),
    ],
    align=True,
)
"""What one endpoint of a flow sent; a flow has two of them, by side."""

SLICE = np.dtype(
    [
        *_KEY,
        ("serial", np.int64),
        ("time", np.int64),
        ("at", np.int64),  # offset in the ring
        ("length", np.int64),
        ("cut", np.int64),  # octets of the payload that were not kept
        ("number", np.int32),  # of the slice in its flow
        ("side", np.uint8),
    ],
    align=True,
)
"""A payload that was copied for a parser."""

STATE = np.dtype(
    [
        ("now", np.int64),  # time of the packet before
        ("swept", np.int64),  # time of the last sweep
        ("serial", np.int64),  # next flow number
        ("live", np.int64),  # flows in the table
        ("fresh", np.int64),  # rows never used so far
        ("free", np.int64),  # first of the rows that were given back
        ("out", np.int64),  # records written out
        ("slices", np.int64),
        ("slice_octets", np.int64),
        ("metered", np.int64),
        ("backwards", np.int64),
        ("evicted", np.int64),
        ("slices_shed", np.int64),
        ("status", np.int64),
    ],
    align=True,
)

LIMITS = np.dtype(
    [
        ("idle", np.int64, (4,)),  # nanoseconds, by queue
        ("active", np.int64),
        ("max_flows", np.int64),
        ("slices", np.int64),
        ("slice_port", np.int64),
    ],
    align=True,
)
"""The settings as the compiled stages read them."""

LINK = np.dtype([("before", np.int32), ("after", np.int32)])

TCP_QUEUE, UDP_QUEUE, OTHER_QUEUE, CLOSED_QUEUE = 0, 1, 2, 3
QUEUES = 4
"""Least recently used lists, one for each timeout; row q is the anchor of list q."""

END_REASONS = ("none", "idle", "active", "fin", "rst", "end", "evicted")
_, IDLE, ACTIVE, FIN, RST, END, EVICTED = range(len(END_REASONS))

DONE, OUT_FULL, TABLE_FULL, RING_FULL = 0, 1, 2, 3
"""Why the meter stopped; all but DONE ask for room and go on with the same packet."""

NONE = -1
SLICE_LIMIT = 4096
"""Octets kept of one payload."""


class Table(NamedTuple):
    """Everything that the compiled meter works on."""

    hashes: npt.NDArray[np.uint64]
    """Stored hash of each slot."""
    slots: npt.NDArray[np.int32]
    """Row of each slot, NONE if empty."""
    flows: Rows
    ways: Rows
    links: Rows
    out_flows: Rows
    out_ways: Rows
    slices: Rows
    ring: npt.NDArray[np.uint8]
    state: np.void
    limits: np.void


PORT_A, PORT_B, PROTOCOL = np.uint64(48), np.uint64(32), np.uint64(8)
OUTER, INNER = np.uint64(48), np.uint64(32)
"""Shifts of the parts in `ports` and `tags`."""

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
        ("protocol", np.uint8),
        ("one_way", np.uint8),
    ],
    align=True,
)
"""Ports of a first fragment, for those that follow it."""

NOTES = (
    "time_backwards",
    "fragments_unassigned",
    "ports_missing",
    "flows_evicted",
    "dns_beyond_limit",
)
"""What is metered and still worth a count."""
TIME_BACKWARDS, FRAGMENTS_UNASSIGNED, PORTS_MISSING, FLOWS_EVICTED, DNS_BEYOND_LIMIT = range(
    len(NOTES)
)


class Book(NamedTuple):
    """What the decoder writes beside the packets."""

    refused: npt.NDArray[np.int64]
    links: npt.NDArray[np.int64]
    """Packets of unknown link types, by link type."""
    notes: npt.NDArray[np.int64]
    """Counts by position in NOTES."""
    fragments: Rows
    seed: np.uint64
