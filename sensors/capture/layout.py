"""Arrays that the readers of all capture formats share."""

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[np.void]

RECORD = np.dtype(
    [
        ("at", np.int64),  # offset of the first captured octet
        ("captured", np.int64),  # octets in the file
        ("wire", np.int64),  # octets on the wire
        ("time", np.int64),  # nanoseconds since 1970
        ("link", np.int64),  # link type
        ("tag", np.int64),  # VLAN tag that the kernel took off: TPID 16, TCI 16; 0 for none
    ],
    align=True,
)
"""One packet of the capture, found but not yet looked into."""

CURSOR = np.dtype(
    [
        ("position", np.int64),  # offset of the next record
        ("end", np.int64),  # valid octets of the data
        ("packets", np.int64),  # records read, the refused ones included
        ("octets", np.int64),  # their octets on the wire
        ("time", np.int64),  # time of the last packet, for those that have none
        ("first", np.int64),  # least time of a packet
        ("last", np.int64),  # greatest time of a packet
        ("link", np.int64),  # link type of the file (pcap)
        ("unit", np.int64),  # nanoseconds of a fraction (pcap)
        ("header", np.int64),  # octets of a record header (pcap)
        ("captured_at", np.int64),  # place of the captured length in it (pcap)
        ("check", np.int64),  # octets of the frame check sequence behind each frame (pcap)
        ("interfaces", np.int64),  # interfaces of the section (pcapng)
        ("dropped", np.int64),  # packets that were lost before the capture, as far as it says
        ("status", np.int64),  # FULL, STARVED or ENDED
        ("big", np.bool_),  # byte order of file or section
        ("final", np.bool_),  # nothing follows after `end`
    ],
    align=True,
)
"""Where a reader stands, so that it can stop and go on at any octet."""

INTERFACE = np.dtype(
    [
        ("link", np.int64),
        ("snap", np.int64),  # octets a packet is cut to, 0 for all
        ("offset", np.int64),  # seconds added to each time
        ("exponent", np.int64),  # a tick is 10 or 2 to minus this
        ("check", np.int64),  # octets of the frame check sequence behind each frame
        ("dropped", np.int64),  # packets that it lost so far
        ("binary", np.bool_),  # whether the tick is a power of two
    ],
    align=True,
)
"""One interface of a pcapng section."""

FULL, STARVED, ENDED = 0, 1, 2
"""The records are full; more octets are needed; the capture ends or is damaged here."""

MAX_INTERFACES = 65_536
PACKET_LIMIT = 262_144
"""Greatest captured length (libpcap's MAXIMUM_SNAPLEN); what claims more is damaged."""
BLOCK_LIMIT = 16 * 1024 * 1024
"""Greatest pcapng block."""
LINK_MASK = 0xFFFF
"""The upper bits of a pcap link type tell of a frame check sequence."""
CHECK_GIVEN, CHECK_SHIFT, CHECK_UNIT = 0x0400_0000, 28, 2
"""Whether they give its length, where, and in how many octets."""
NEVER = np.iinfo(np.int64).max
