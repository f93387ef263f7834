"""One block of the kernel's packet ring (TPACKET_V3, linux/if_packet.h), found like a capture."""

import numpy as np
import numpy.typing as npt

from sensors.capture.layout import Records
from sensors.capture.pcap import take
from sensors.compilation import compiled, stage
from sensors.octets import Octets, little16, little32
from sensors.refusal import PACKET_BEYOND_BLOCK

STAND = np.dtype(
    [
        ("position", np.int64),  # offset of the next packet's header
        ("left", np.int64),  # packets of the block that are still to be read
        ("end", np.int64),  # of the block
        ("packets", np.int64),
        ("octets", np.int64),
        ("time", np.int64),
        ("first", np.int64),
        ("last", np.int64),
        ("link", np.int64),
    ],
    align=True,
)
"""Where the reader of a ring stands, and its totals as those of CURSOR."""

_HEADER_OCTETS = 48
_SECONDS_AT, _NANOSECONDS_AT, _CAPTURED_AT, _WIRE_AT, _STATUS_AT, _FRAME_AT = 4, 8, 12, 16, 20, 24
_TAG_AT, _TAG_TYPE_AT = 32, 36
_TAG_VALID, _TAG_TYPE_VALID = 1 << 4, 1 << 6
_VLAN = 0x8100
_TAG_OCTETS = 4
_TYPE_SHIFT = 16
_SECOND = 1_000_000_000


@compiled
def _put_tag_back(data: Octets, at: int, record: np.void) -> None:
    """Keep the VLAN tag that the kernel took off the frame, and count its octets again."""
    record["tag"] = 0
    status = little32(data, at + _STATUS_AT)
    if status & _TAG_VALID != 0:
        kind = little16(data, at + _TAG_TYPE_AT) if status & _TAG_TYPE_VALID != 0 else _VLAN
        record["tag"] = (kind << _TYPE_SHIFT) | (little32(data, at + _TAG_AT) & 0xFFFF)
        record["wire"] += _TAG_OCTETS


@compiled
def _read(data: Octets, at: int, cursor: np.void, record: np.void) -> int:
    """Read the header of a packet; return a refusal or -1."""
    record["at"] = at + little16(data, at + _FRAME_AT)
    record["captured"] = little32(data, at + _CAPTURED_AT)
    record["wire"] = max(little32(data, at + _WIRE_AT), record["captured"])
    # 32 bits of seconds always fit.
    seconds = little32(data, at + _SECONDS_AT)
    record["time"] = seconds * _SECOND + little32(data, at + _NANOSECONDS_AT)
    record["link"] = cursor["link"]
    _put_tag_back(data, at, record)
    if record["at"] + record["captured"] > cursor["end"]:
        return PACKET_BEYOND_BLOCK
    return -1


@stage
def frame_block(
    data: Octets, cursor: np.void, records: Records, refused: npt.NDArray[np.int64]
) -> int:
    """Find the next packets of the block at the cursor; return how many, 0 at its end."""
    count = 0
    while count < len(records) and cursor["left"] > 0:
        at = cursor["position"]
        if at + _HEADER_OCTETS > cursor["end"]:
            cursor["packets"] += cursor["left"]
            refused[PACKET_BEYOND_BLOCK] += cursor["left"]
            cursor["left"] = 0
            break
        cursor["left"] -= 1
        cursor["position"] = at + little32(data, at)
        refusal = _read(data, at, cursor, records[count])
        if refusal < 0:
            take(cursor, records[count])
            count += 1
        else:
            cursor["packets"] += 1
            refused[refusal] += 1
    return count
