"""Blocks of the kernel's ring made of octets: no header is believed beyond its block."""

import struct

import numpy as np
import pytest

from sensors.capture.layout import NEVER, RECORD
from sensors.capture.tpacket import STAND, frame_block
from sensors.octets import octets_of
from sensors.refusal import PACKET_BEYOND_BLOCK, REFUSALS
from tests.sensors.building import udp

FRAME = udp(20)
SIZE = 48 + len(FRAME)


def packet(*, following: int = 0, seconds: int = 5, captured: int = len(FRAME)) -> bytes:
    """Return a packet as the ring has it (tpacket3_hdr of linux/if_packet.h)."""
    head = (following, seconds, 7, captured, len(FRAME), 0, 48, 0, 0, 0, 0, 0)
    return struct.pack("=6I2H2I2H8x", *head) + FRAME


def framed(octets: bytes, count: int) -> tuple[list[int], dict[str, int], int]:
    """Return the times of the packets, what was refused, and how many were counted."""
    stand, records = np.zeros(1, STAND)[0], np.zeros(8, RECORD)
    stand["left"], stand["end"], stand["first"], stand["link"] = count, len(octets), NEVER, 1
    refused = np.zeros(len(REFUSALS), np.int64)
    data = octets_of(np.frombuffer(bytearray(octets), np.uint8))
    found = frame_block(data, stand, records, refused)
    told = {name: int(n) for (name, _), n in zip(REFUSALS, refused, strict=True) if n}
    return records["time"][:found].tolist(), told, int(stand["packets"])


def test_packets_follow_each_other_by_their_offsets() -> None:
    octets = packet(following=SIZE) + packet(seconds=6)
    assert framed(octets, 2) == ([5_000_000_007, 6_000_000_007], {}, 2)


@pytest.mark.parametrize(
    ("octets", "count", "refused"),
    [
        (packet(captured=len(FRAME) + 1), 1, 1),
        (packet(following=SIZE + 1), 3, 2),
        (packet(following=2**32 - 1), 2, 1),
        (packet()[:40], 1, 1),
    ],
)
def test_what_does_not_hold_is_refused_and_counted(octets: bytes, count: int, refused: int) -> None:
    times, told, packets = framed(octets, count)
    assert packets == count == len(times) + refused
    assert told == {REFUSALS[PACKET_BEYOND_BLOCK][0]: refused}


def test_any_time_of_the_kernel_fits() -> None:
    assert framed(packet(seconds=2**32 - 1), 1)[0] == [(2**32 - 1) * 10**9 + 7]
