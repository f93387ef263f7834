"""Arrays of the meter: what one flow, one direction of it and one slice hold."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.decode.layout import KEY, Rows
from situation.fields import TCP_FLAGS

FLOW = np.dtype(
    [
        *KEY,
        ("hash", np.uint64),
        ("serial", np.int64),  # number of the flow in this run
        ("first", np.int64),  # of this record
        ("last", np.int64),
        ("iat_min", np.int64),
        ("iat_max", np.int64),
        ("iat_sum", np.int64),
        ("iat_squares", np.float64),
        ("heard", np.uint32),  # a bit for each letter that stands in the history
        ("slices_left", np.int32),
        ("queue", np.uint8),
        ("initiator", np.uint8),  # side
        ("firm", np.uint8),  # whether a SYN told the initiator
        ("closed", np.uint8),  # 0, or the end reason that the teardown gives
        ("fins", np.uint8),  # a bit for each side
        ("wanted", np.uint8),  # NOTHING, BEGINNING or MESSAGES
        ("heads_left", np.uint8),  # heads of requests and answers still kept of this record
        ("young", np.uint8),  # whether it was opened by its first packet, not by a pause
        ("sequence", np.int64),  # of the first SYN, NONE before
        ("syn_time", np.int64),  # of that SYN
        ("rtt", np.int64),  # from SYN to the ACK that ends the handshake, NONE if not seen
        ("seen_tags", np.uint64),  # tags of its first packet, in the key or not
        ("outer", np.int64),  # serial of the flow that carried its first packet, NONE if none did
        ("history", np.uint64, (3,)),  # letters of the handshake and what followed, 5 bits each
        ("record", np.int32),  # number of the record in the flow
        ("slices", np.int32),  # slices that were kept of it
        ("letters", np.uint8),  # in the history
        ("told", np.uint8),  # what told the initiator: position in TOLD_BY
        ("depth", np.uint8),  # tunnels around it
        ("tunnel", np.uint8),  # position in TUNNELS
        ("icmp_type", np.uint8),
        ("icmp_code", np.uint8),
        ("reason", np.uint8),  # position in END_REASONS
    ],
    align=True,
)
"""State of a flow, and once it is written out, its record. What each packet needs comes first."""

WAY = np.dtype(
    [
        ("packets", np.int64),
        ("bytes", np.int64),
        ("squares", np.float64),
        ("size_min", np.uint32),
        ("size_max", np.uint32),
        ("ip_bytes", np.int64),
        ("payload_bytes", np.int64),
        ("first", np.int64),  # of the record; NEVER before the first packet
        ("last", np.int64),  # of the flow, not of the record; NONE before the first packet
        ("iat_min", np.int64),
        ("iat_max", np.int64),
        ("iat_sum", np.int64),
        ("iat_squares", np.float64),
        *((flag, np.uint32) for flag in TCP_FLAGS),
        ("expected", np.int64),  # sequence number behind what was sent, NONE before
        ("hole_begin", np.uint32),  # sequence numbers that were passed over
        ("hole_end", np.uint32),
        ("retransmitted", np.uint32),
        ("disordered", np.uint32),
        ("zero_windows", np.uint32),
        ("ttl_min", np.uint8),
        ("ttl_max", np.uint8),
        ("checksum", np.uint8),  # worst of CHECKSUMS that was seen
    ],
    align=True,
)
"""What one endpoint of a flow sent; a flow has two of them, by side."""

SLICE = np.dtype(
    [
        *KEY,
        ("serial", np.int64),
        ("time", np.int64),
        ("at", np.int64),  # offset of the payload in the ring
        ("length", np.int64),
        ("cut", np.int64),  # octets of the payload that were not kept
        ("frame", np.int64),  # offset of the frame in the ring; it ends with the payload
        ("wire", np.int64),  # octets of the frame on the wire
        ("link", np.int64),
        ("tag", np.int64),  # VLAN tag that stands beside the frame (RECORD.tag)
        ("sequence", np.int64),  # of the first octet, where it is TCP
        ("number", np.int32),  # of the slice in its flow
        ("side", np.uint8),
        ("initiator", np.uint8),  # side, as far as it is known
    ],
    align=True,
)
"""A frame that was copied for the parser of its payload."""

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
        ("metered", np.int64),  # packets, without those inside of tunnels
        ("inner", np.int64),  # packets inside of tunnels
        ("outer", np.int64),  # serial of the flow that the packet before belongs to
        ("backwards", np.int64),
        ("evicted", np.int64),
        ("slices_beyond", np.int64),  # messages beyond the limit of their flow
        ("slices_shed", np.int64),  # payloads that were not kept for overload
        ("statistics_shed", np.int64),  # packets counted without sizes and gaps for overload
        ("status", np.int64),
        ("ahead", np.int64),  # sum over what was loaded ahead, so that it is loaded
    ],
    align=True,
)

LIMITS = np.dtype(
    [
        ("idle", np.int64, (4,)),  # nanoseconds, by queue
        ("active", np.int64),
        ("max_flows", np.int64),
        ("payloads", np.int64),  # kept of a flow on ports of no message protocol
        ("level", np.int64),  # what is shed: EVERYTHING, NO_SLICES, NO_STATISTICS
        ("part", np.int64),  # whether packets before the first may belong to the same flows
    ],
    align=True,
)
"""The settings as the compiled stages read them."""

LINK = np.dtype([("before", np.int32), ("after", np.int32)])

TCP_QUEUE, UDP_QUEUE, OTHER_QUEUE, CLOSED_QUEUE = 0, 1, 2, 3
QUEUES = 4
"""Least recently used lists, one for each timeout; row q is the anchor of list q."""

END_REASONS = (
    "none", "idle", "active", "fin", "rst", "end", "evicted", "reopened", "cut",
)  # fmt: skip
"""Reopened: another connection began on its ports. Cut: in a part of a capture the flow may have
ended here, which what came before the part will tell."""
_, IDLE, ACTIVE, FIN, RST, END, EVICTED, REOPENED, CUT = range(len(END_REASONS))

DONE, OUT_FULL, TABLE_FULL, RING_FULL = 0, 1, 2, 3
"""Why the meter stopped; all but DONE ask for room and go on with the same packet."""

TOLD_BY = ("first", "syn", "port")
"""What told the initiator: the first packet, a SYN, or a known port, which turned it."""
TOLD_FIRST, TOLD_SYN, TOLD_PORT = range(len(TOLD_BY))

LETTERS = " shadfrctwiq^"
(
    NO_LETTER, OPENS, ACCEPTS, ACKS, DATA, ENDS, RESETS, DAMAGED, AGAIN, SHUT, AT_ODDS, MIXED,
    TURNED,
) = range(len(LETTERS))  # fmt: skip
"""Letters of a history by code: SYN, SYN-ACK, ACK, data, FIN, RST, bad checksum, data that comes
again, zero window, FIN and RST at once, other flags at once, initiator turned."""
LETTER_BITS, LETTERS_PER_WORD = 5, 12
"""A letter is its code, and 16 where endpoint b sent the packet."""
SIDE_BIT = 4

NOTHING, BEGINNING, MESSAGES = 0, 1, 2
"""Which payloads of a flow are kept: none, its first, or so many of each record."""

EVERYTHING, NO_SLICES, NO_STATISTICS = 0, 1, 2
"""What is left out under overload, by level; counters never are."""

NONE = -1
SLICE_LIMIT = 8192
"""Octets kept of one frame."""


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
    wanted: npt.NDArray[np.uint16]
    """Payloads of one flow that are kept, by port; the greater of its two ports holds."""
    servers: npt.NDArray[np.bool_]
    """Whether servers listen on a port."""
    slices: Rows
    ring: npt.NDArray[np.uint8]
    ring_quads: npt.NDArray[np.uint32]
    """The same octets, four at a time."""
    state: np.void
    limits: np.void
