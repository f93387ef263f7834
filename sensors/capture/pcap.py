"""Classic pcap (draft-ietf-opsawg-pcap): header and records."""

import struct

import numpy as np
import numpy.typing as npt

from sensors.capture.layout import (
    CHECK_GIVEN,
    CHECK_SHIFT,
    CHECK_UNIT,
    ENDED,
    FULL,
    LINK_MASK,
    PACKET_LIMIT,
    STARVED,
    Records,
)
from sensors.compilation import compiled, stage
from sensors.octets import Octets, ordered32
from sensors.refusal import RECORD_LENGTH_BEYOND_LIMIT, TRUNCATED_RECORD
from situation.faults import Malformed

HEADER_OCTETS = 24
_RECORD_OCTETS = 16
_MODIFIED_RECORD_OCTETS = 24
_MAJOR_VERSION, _MINOR_VERSION = 2, 3
_LENGTHS_AT = 8

MAGICS = {
    0xA1B2C3D4: (1_000, _RECORD_OCTETS),
    0xA1B23C4D: (1, _RECORD_OCTETS),
    0xA1B2CD34: (1_000, _MODIFIED_RECORD_OCTETS),
}
"""Magic number to nanoseconds of a fraction and octets of a record header. The third is
Kuznetzov's modified format."""

_SECOND = 1_000_000_000


def byte_order(start: bytes) -> str | None:
    """Return `<` or `>` where `start` begins with a pcap magic number, else None."""
    for order in "<>":
        if struct.unpack_from(f"{order}I", start)[0] in MAGICS:
            return order
    return None


def recognizes(start: bytes) -> bool:
    """Tell whether `start` is that of a pcap."""
    return byte_order(start) is not None


def begin(start: bytes, cursor: np.void, where: str) -> None:
    """Read the file header in `start` into `cursor`; Malformed if it is cut or of no version."""
    if len(start) < HEADER_OCTETS:
        raise Malformed(
            f"the pcap header has {len(start)} of its {HEADER_OCTETS} octets",
            where=f"{where}, offset {len(start)}",
        )
    order = byte_order(start)
    magic, major, minor, _, _, _, link = struct.unpack_from(f"{order}IHHiIII", start)
    if major != _MAJOR_VERSION:
        raise Malformed(f"pcap version {major}.{minor} is unknown", where=f"{where}, offset 4")
    cursor["unit"], cursor["header"] = MAGICS[magic]
    cursor["big"] = order == ">"
    cursor["link"] = link & LINK_MASK
    cursor["check"] = (link >> CHECK_SHIFT) * CHECK_UNIT if link & CHECK_GIVEN else 0
    # Before version 2.3 the length on the wire came first.
    cursor["captured_at"] = _LENGTHS_AT + 4 * (minor < _MINOR_VERSION)
    cursor["position"] = HEADER_OCTETS


@compiled
def short(cursor: np.void, refused: npt.NDArray[np.int64]) -> None:
    """Stop at data that ends inside a record: wait for more, or count the record as cut."""
    if not cursor["final"]:
        cursor["status"] = STARVED
        return
    cursor["status"] = ENDED
    if cursor["position"] < cursor["end"]:
        cursor["packets"] += 1
        refused[TRUNCATED_RECORD] += 1


@compiled
def take(cursor: np.void, record: np.void) -> None:
    """Count a record that is whole."""
    cursor["packets"] += 1
    cursor["octets"] += record["wire"]
    cursor["time"] = record["time"]
    cursor["first"] = min(cursor["first"], record["time"])
    cursor["last"] = max(cursor["last"], record["time"])


@compiled
def leave_check(record: np.void, octets: int) -> None:
    """Leave the frame check sequence out of a record: it is no part of the frame."""
    record["wire"] = max(record["wire"] - octets, 0)
    record["captured"] = min(record["captured"], record["wire"])


@stage
def frame_pcap(
    data: Octets, cursor: np.void, records: Records, refused: npt.NDArray[np.int64]
) -> int:
    """Find the next records of a classic pcap; return how many, with the reason in `status`."""
    big = cursor["big"]
    header = cursor["header"]
    captured_at = cursor["captured_at"]
    wire_at = 2 * _LENGTHS_AT + 4 - captured_at
    count = 0
    cursor["status"] = FULL
    while count < len(records):
        at = cursor["position"]
        if cursor["end"] - at < header:
            short(cursor, refused)
            break
        captured = ordered32(data, at + captured_at, big)
        if captured > PACKET_LIMIT:
            cursor["packets"] += 1
            refused[RECORD_LENGTH_BEYOND_LIMIT] += 1
            cursor["status"] = ENDED
            break
        if cursor["end"] - at - header < captured:
            short(cursor, refused)
            break
        record = records[count]
        record["at"] = at + header
        record["captured"] = captured
        record["wire"] = max(ordered32(data, at + wire_at, big), captured)
        fraction = ordered32(data, at + 4, big) * cursor["unit"]
        record["time"] = ordered32(data, at, big) * _SECOND + fraction
        record["link"] = cursor["link"]
        leave_check(record, cursor["check"])
        take(cursor, record)
        cursor["position"] = at + header + captured
        count += 1
    return count
