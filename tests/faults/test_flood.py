"""A flood of flows of one packet each: memory stays bounded, and everything is counted."""

import resource
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sensors.capture.layout import RECORD
from sensors.capture.reading import Block
from sensors.frame.identity import Identity
from sensors.meter.settings import MeterSettings
from sensors.metering import Meter
from sensors.octets import octets_of
from sensors.refusal import REFUSALS
from tests.faults.site import soak
from tests.sensors.building import START, tcp

KEYS = (60_000, 10_000_000)
LIVE = (20_000, 1_000_000)
MOST_MIB = (192, 1200)
"""What the process may grow by: the flows alive at a time, and one batch."""
BLOCK_PACKETS = 2048
MICROSECOND = 1_000
SOURCE_AT = 26


class Flood:
    """A source (see `sensors.metering`) of SYNs, each from an address of its own."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._frame = np.frombuffer(tcp("S"), np.uint8)
        self.refused: npt.NDArray[np.int64] = np.zeros(len(REFUSALS), np.int64)
        self.packets = 0
        self.octets = 0
        self.first: int | None = START
        self.last: int | None = START

    def noted(self) -> dict[str, int]:
        """Return nothing."""
        return {}

    def blocks(self) -> Iterator[Block]:
        """Yield the packets block by block."""
        while self.packets < self._count:
            numbers = np.arange(self.packets, min(self.packets + BLOCK_PACKETS, self._count))
            frames = np.tile(self._frame, (len(numbers), 1))
            addresses = (numbers + (10 << 24)).astype(">u4")
            frames[:, SOURCE_AT : SOURCE_AT + 4] = addresses.view(np.uint8).reshape(-1, 4)
            records = np.zeros(len(numbers), RECORD)
            records["at"] = np.arange(len(numbers)) * len(self._frame)
            records["captured"] = records["wire"] = len(self._frame)
            records["time"] = START + numbers * MICROSECOND
            records["link"] = 1
            self.packets += len(numbers)
            self.octets += frames.size
            yield Block(octets_of(frames.ravel()), records, len(numbers))


def flooded(count: int, live: int) -> Meter:
    source = Flood(count)
    settings = MeterSettings(max_flows=live)
    meter = Meter(source, Identity("0" * 40, observer="test", drill_id=None), settings)
    rows = packets = 0
    for block in source.blocks():
        for metered in meter.take(block):
            rows += len(metered.flows)
            packets += int(metered.flows["network.packets"].sum())
    for metered in meter.finish():
        rows += len(metered.flows)
        packets += int(metered.flows["network.packets"].sum())
    assert (rows, packets) == (count, count)
    return meter


def test_a_flood_of_keys_is_counted_and_memory_stays_bounded() -> None:
    flooded(2 * BLOCK_PACKETS, live=BLOCK_PACKETS)  # everything is loaded and allocated once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count, live = soak(*KEYS), soak(*LIVE)
    counters = flooded(count, live).counters
    assert counters.reconciles()
    assert (counters.packets, counters.flows) == (count, count)
    assert counters.noted["flows_evicted"] == count - live
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < soak(*MOST_MIB)
