"""ERF, the records of Endace's DAG cards (Endace: ERF types reference guide)."""

import struct

import numpy as np
import numpy.typing as npt

from sensors.capture.layout import ENDED, FULL, Records
from sensors.capture.pcap import short, take
from sensors.compilation import compiled, stage
from sensors.octets import Octets, big16, little32, octet
from sensors.refusal import BLOCK_DAMAGED, PACKET_BEYOND_BLOCK

HEADER_OCTETS = 16
_HEAD = struct.Struct("<IIBB")
_LENGTHS_AT = 10
_EXTENSION_OCTETS = 8
_MORE, _TYPE_MASK = 0x80, 0x7F
_LENGTH_AT, _LOST_AT, _WIRE_AT = 10, 12, 14

_ETHERNET, _RAW, _PPP, _CISCO, _ERF = 1, 101, 50, 104, 197
_CISCO_STARTS = (0x0F, 0x8F)
_NO_PACKET = -1
_CHECK_OCTETS = 4

KIND = np.dtype(
    [
        ("link", np.int64),  # link type, 0 if there is no such type
        ("before", np.int64),  # octets between the headers and the frame
        ("check", np.int64),  # octets of the frame check sequence behind it
        ("loses", np.bool_),  # whether the field of lost packets is one
    ],
    align=True,
)
"""How records of a type are read."""

_ETHERNET_ROW, _SERIAL_ROW = (_ETHERNET, 2, _CHECK_OCTETS), (_PPP, 0, _CHECK_OCTETS)
_KINDS: dict[int, tuple[int, int, int, bool]] = {
    1: (*_SERIAL_ROW, True),
    2: (*_ETHERNET_ROW, True),
    3: (_ERF, 0, 0, True),  # ATM
    4: (_ERF, 0, 0, True),  # AAL5
    5: (_PPP, 4, _CHECK_OCTETS, True),  # one channel of many
    6: (_ERF, 0, 0, True),
    7: (_ERF, 0, 0, True),
    8: (_ERF, 0, 0, True),
    9: (_ERF, 0, 0, True),
    10: (*_SERIAL_ROW, False),  # a colour stands where the lost are else counted
    11: (*_ETHERNET_ROW, False),
    12: (_ERF, 0, 0, True),
    13: (_NO_PACKET, 0, 0, False),  # counters of addresses and flows
    14: (_NO_PACKET, 0, 0, False),
    15: (*_SERIAL_ROW, False),
    16: (*_ETHERNET_ROW, False),
    17: (_PPP, 4, _CHECK_OCTETS, False),
    18: (_ERF, 0, 0, True),
    19: (*_SERIAL_ROW, False),
    20: (*_ETHERNET_ROW, False),
    21: (_ERF, 0, 0, True),  # Infiniband
    22: (_RAW, 0, 0, True),
    23: (_RAW, 0, 0, True),
    24: (_ERF, 0, 0, True),
    25: (_ERF, 0, 0, True),
    27: (_NO_PACKET, 0, 0, False),  # what the card says about itself
    48: (_NO_PACKET, 0, 0, False),  # padding
}
"""Type of a record to link type, octets before the frame, octets of check behind it, losses."""


def kinds() -> Records:
    """Return how records are read, by type."""
    table = np.zeros(_TYPE_MASK + 1, KIND)
    for number, row in _KINDS.items():
        table[number] = row
    return table


RECOGNITION_OCTETS = 65_536 + HEADER_OCTETS
"""One record of any length and the header of the next."""
_RECORDS_COMPARED = 20
_EARLIEST = 631_152_000
_FARTHEST = 7 * 86_400


def recognizes(start: bytes) -> bool:
    """Tell whether `start` are ERF records, which have no magic number.

    Each has a known type and a length that leads to the next, at a time near that of the one
    before.
    """
    at, seconds = 0, 0
    for number in range(_RECORDS_COMPARED):
        if at + HEADER_OCTETS > len(start):
            return number > 1 or (number == 1 and at <= len(start))
        _, now, kind, _ = _HEAD.unpack_from(start, at)
        length = int.from_bytes(start[at + _LENGTH_AT : at + _LOST_AT])
        if not _is_plausible(kind & _TYPE_MASK, length, now) or (
            number and abs(now - seconds) > _FARTHEST
        ):
            return False
        at, seconds = at + length, now
    return True


def _is_plausible(kind: int, length: int, seconds: int) -> bool:
    return kind in _KINDS and length >= HEADER_OCTETS and seconds >= _EARLIEST


def begin(_start: bytes, cursor: np.void, _where: str) -> None:
    """Set `cursor` before the first record; a file of ERF has no header."""
    cursor["position"] = 0


@compiled
def _frame_at(data: Octets, at: int, end: int) -> int:
    """Return where the headers of the record at `at` end; beyond `end` if they do not fit."""
    place = at + HEADER_OCTETS
    more = octet(data, at + 8) & _MORE
    while more and place + _EXTENSION_OCTETS <= end:
        more = octet(data, place) & _MORE
        place += _EXTENSION_OCTETS
    return end + 1 if more else place


@compiled
def _fill(data: Octets, at: int, place: int, kind: np.void, record: np.void) -> None:
    """Read the record at `at`, whose frame stands at `place`, if it has one."""
    wire = max(big16(data, at + _WIRE_AT) - kind["check"], 0)
    record["at"] = place
    record["captured"] = min(wire, at + big16(data, at + _LENGTH_AT) - place)
    record["wire"] = wire
    # Fixed point: seconds, and 1/2^32 of them, rounded.
    fraction = (little32(data, at) * 1_000_000_000 + (1 << 31)) >> 32
    record["time"] = little32(data, at + 4) * 1_000_000_000 + fraction
    record["link"] = kind["link"]
    if kind["link"] == _PPP and record["captured"] > 0 and octet(data, place) in _CISCO_STARTS:
        record["link"] = _CISCO


@stage
def frame_erf(
    data: Octets, cursor: np.void, records: Records, refused: npt.NDArray[np.int64], kinds: Records
) -> int:
    """Find the next records of an ERF file; return how many, with the reason in `status`."""
    count = 0
    cursor["status"] = FULL
    while count < len(records):
        at = cursor["position"]
        left = cursor["end"] - at
        if left < HEADER_OCTETS:
            short(cursor, refused)
            break
        length = big16(data, at + _LENGTH_AT)
        kind = kinds[octet(data, at + 8) & _TYPE_MASK]
        if length < HEADER_OCTETS or kind["link"] == 0:
            cursor["packets"] += 1
            refused[BLOCK_DAMAGED] += 1
            cursor["status"] = ENDED
            break
        if left < length:
            short(cursor, refused)
            break
        cursor["position"] = at + length
        if kind["loses"]:
            cursor["dropped"] += big16(data, at + _LOST_AT)
        if kind["link"] == _NO_PACKET:
            continue
        place = _frame_at(data, at, at + length) + kind["before"]
        if place > at + length:
            cursor["packets"] += 1
            refused[PACKET_BEYOND_BLOCK] += 1
            continue
        _fill(data, at, place, kind, records[count])
        take(cursor, records[count])
        count += 1
    return count
