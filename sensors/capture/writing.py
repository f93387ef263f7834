"""Writing of a classic pcap with nanoseconds: records out of the slices that the meter kept."""

import struct

import numpy as np
import numpy.typing as npt

from sensors.compilation import compiled, integer, stage
from sensors.decode.layout import Rows

_MAGIC_NANOSECONDS = 0xA1B23C4D
_SNAP_OCTETS = 262_144
_RECORD_OCTETS = 16
_TAG_OCTETS, _ADDRESS_OCTETS = 4, 12
_SECOND = 1_000_000_000

Buffer = npt.NDArray[np.uint8]


def file_header(link: int) -> bytes:
    """Return the header of a file whose packets are of this link type."""
    return struct.pack("<IHHiIII", _MAGIC_NANOSECONDS, 2, 4, 0, 0, _SNAP_OCTETS, link)


def room_for(slices: Rows) -> int:
    """Return the octets that the records of these slices take at most."""
    frames = slices["at"] + slices["length"] - slices["frame"]
    return int(frames.sum()) + (_RECORD_OCTETS + _TAG_OCTETS) * len(slices)


@compiled
def _put32(text: Buffer, at: int, value: int) -> int:
    """Write 32 bits in little-endian order; return where the next octet goes."""
    for place in range(4):
        text[at + place] = (value >> (8 * place)) & 0xFF
    return at + 4


@compiled
def _copy(ring: Buffer, begin: int, end: int, text: Buffer, at: int) -> int:
    """Copy octets; return where the next one goes."""
    for place in range(end - begin):
        text[at + place] = ring[begin + place]
    return at + max(end - begin, 0)


@stage
def put_records(slices: Rows, ring: Buffer, text: Buffer) -> int:
    """Write a record for each slice; return the octets written.

    A VLAN tag that the kernel took off the frame is put back behind the addresses.
    """
    at = 0
    for number in range(len(slices)):
        kept = slices[number]
        begin, end = integer(kept["frame"]), integer(kept["at"] + kept["length"])
        tag = integer(kept["tag"])
        octets = end - begin + (_TAG_OCTETS if tag != 0 else 0)
        at = _put32(text, at, kept["time"] // _SECOND)
        at = _put32(text, at, kept["time"] % _SECOND)
        at = _put32(text, at, octets)
        at = _put32(text, at, max(integer(kept["wire"]), octets))
        if tag != 0:
            head = min(begin + _ADDRESS_OCTETS, end)
            at = _copy(ring, begin, head, text, at)
            for shift in (24, 16, 8, 0):
                text[at] = (tag >> shift) & 0xFF
                at += 1
            begin = head
        at = _copy(ring, begin, end, text, at)
    return at
