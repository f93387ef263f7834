"""A rehearsal: all machine code is compiled, or loaded from disk, before a socket is bound.

What comes before the code is there would wait in the ring, and overflow it while it is compiled.
"""

import struct

import numpy as np

from sensors.capture.layout import NEVER, RECORD
from sensors.capture.reading import Block
from sensors.capture.tpacket import STAND, frame_block
from sensors.frame.identity import Identity
from sensors.meter.layout import NONE
from sensors.meter.memory import Memory
from sensors.meter.settings import MeterSettings
from sensors.meter.table import replace_all
from sensors.metering import Keep, Meter
from sensors.octets import octets_of
from sensors.refusal import REFUSALS

_QUESTION = struct.pack("!6H", 1, 0x0100, 1, 0, 0, 0) + b"\x04city\x00" + struct.pack("!HH", 1, 1)
_DATAGRAM = struct.pack("!4H", 40_000, 53, 8 + len(_QUESTION), 0) + _QUESTION
_FRAME = (
    bytes(12)
    + struct.pack("!H", 0x0800)
    + struct.pack("!BBHHHBBH8s", 0x45, 0, 20 + len(_DATAGRAM), 0, 0, 64, 17, 0, bytes(range(8)))
    + _DATAGRAM
)
_HEAD = struct.pack("=6I2H2I2H8x", 0, 1, 0, len(_FRAME), len(_FRAME), 0, 48, 0, 0, 0, 0, 0)
_ETHERNET = 1
_YEAR = 365 * 86_400 * 10**9


class _Scene:
    """A source of one packet, as a ring has it."""

    packets = 1
    octets = len(_FRAME)
    first: int | None = 0
    last: int | None = 0

    def __init__(self) -> None:
        self.refused = np.zeros(len(REFUSALS), np.int64)

    def noted(self) -> dict[str, int]:
        """Return nothing."""
        return {}

    def block(self) -> Block:
        """Return the block with the packet."""
        octets = np.frombuffer(bytearray(_HEAD + _FRAME), np.uint8)
        stand, records = np.zeros(1, STAND)[0], np.zeros(1, RECORD)
        stand["left"], stand["end"] = 1, len(octets)
        stand["first"], stand["link"] = NEVER, _ETHERNET
        data = octets_of(octets)
        return Block(data, records, frame_block(data, stand, records, self.refused))


def _grow(settings: MeterSettings) -> None:
    """Do what a table does that becomes too small."""
    table = Memory(settings, block_packets=1).table
    slots = np.full_like(table.slots, NONE)
    replace_all(table.flows, table.links, np.zeros_like(table.hashes), slots)


def rehearse(settings: MeterSettings, keep: Keep | None = None) -> int:
    """Meter one packet from a block to its rows; return the rows of flows and messages."""
    scene = _Scene()
    meter = Meter(scene, Identity("0" * 40, observer="", drill_id=None), settings, keep=keep)
    batches = list(meter.take(scene.block()))
    batches += [*meter.hand_over(_YEAR), *meter.finish()]
    _grow(settings)
    return sum(batch.flows.height + batch.dns.height for batch in batches)
