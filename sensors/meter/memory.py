"""The meter's memory: the arrays, how they grow, and the stages run over them."""

import secrets
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sensors.capture.reading import Block
from sensors.meter.decode import decode
from sensors.meter.kernel import flush, meter
from sensors.meter.layout import (
    CLOSED_QUEUE,
    DNS_BEYOND_LIMIT,
    FLOW,
    FLOWS_EVICTED,
    FRAGMENT,
    LIMITS,
    LINK,
    NONE,
    NOTES,
    OTHER_QUEUE,
    OUT_FULL,
    PACKET,
    QUEUES,
    SLICE,
    STATE,
    TABLE_FULL,
    TCP_QUEUE,
    TIME_BACKWARDS,
    UDP_QUEUE,
    WAY,
    Book,
    Rows,
    Table,
)
from sensors.meter.settings import MeterSettings
from sensors.meter.table import replace_all

_FIRST_ROWS = 4096
_FRAGMENTS = 4096
_SLICES = 16_384
_RING_OCTETS = 8 * 1024 * 1024
_LINK_TYPES = 65_536
_SECOND = 1_000_000_000


def _limits(settings: MeterSettings) -> np.void:
    limits: np.void = np.zeros(1, LIMITS)[0]
    for queue, seconds in (
        (TCP_QUEUE, settings.tcp_idle_seconds),
        (UDP_QUEUE, settings.udp_idle_seconds),
        (OTHER_QUEUE, settings.other_idle_seconds),
        (CLOSED_QUEUE, settings.linger_seconds),
    ):
        limits["idle"][queue] = round(seconds * _SECOND)
    limits["active"] = round(settings.active_seconds * _SECOND)
    limits["max_flows"] = settings.max_flows
    limits["slices"] = settings.dns_messages
    limits["slice_port"] = settings.dns_port
    return limits


def _links(rows: int) -> Rows:
    links = np.zeros(rows, LINK)
    links["before"][:QUEUES] = links["after"][:QUEUES] = np.arange(QUEUES)
    return links


def _slots(rows: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """Return empty slots for `rows` rows, at most half of them ever taken."""
    count = 1 << (2 * rows - 1).bit_length()
    return np.zeros(count, np.uint64), np.full(count, NONE, np.int32)


def _longer(rows: Rows, count: int) -> Rows:
    longer = np.zeros(count, rows.dtype)
    longer[: len(rows)] = rows
    return longer


class Memory:
    """Holds the flow table. It grows with the flows alive, up to `max_flows` of the settings."""

    def __init__(self, settings: MeterSettings, *, block_packets: int) -> None:
        self._largest = settings.max_flows + QUEUES + 1
        self._packets = np.zeros(block_packets, PACKET)
        self.links: npt.NDArray[np.int64] = np.zeros(_LINK_TYPES, np.int64)
        """Packets refused for their link type, by link type."""
        self._notes: npt.NDArray[np.int64] = np.zeros(len(NOTES), np.int64)
        self._fragments = np.zeros(_FRAGMENTS, FRAGMENT)
        self._seed = np.uint64(secrets.randbits(64))
        self.table = self._first_table(settings)
        self.rows = 0
        """Records that were handed over."""

    def _first_table(self, settings: MeterSettings) -> Table:
        rows = min(_FIRST_ROWS, self._largest)
        hashes, slots = _slots(rows)
        state: np.void = np.zeros(1, STATE)[0]
        state["fresh"] = QUEUES
        state["free"] = NONE
        return Table(
            hashes=hashes,
            slots=slots,
            flows=np.zeros(rows, FLOW),
            ways=np.zeros(2 * rows, WAY),
            links=_links(rows),
            out_flows=np.zeros(settings.batch_rows, FLOW),
            out_ways=np.zeros(2 * settings.batch_rows, WAY),
            slices=np.zeros(_SLICES, SLICE),
            ring=np.zeros(_RING_OCTETS, np.uint8),
            state=state,
            limits=_limits(settings),
        )

    def _grow(self) -> None:
        table = self.table
        rows = min(2 * len(table.flows), self._largest)
        hashes, slots = _slots(rows)
        self.table = table._replace(
            hashes=hashes,
            slots=slots,
            flows=_longer(table.flows, rows),
            ways=_longer(table.ways, 2 * rows),
            links=_longer(table.links, rows),
        )
        replace_all(self.table.flows, self.table.links, hashes, slots)

    def decoded(self, block: Block, refused: npt.NDArray[np.int64]) -> Rows:
        """Return the packets of a block that carry IP, until the next block is decoded."""
        book = Book(refused, self.links, self._notes, self._fragments, self._seed)
        with np.errstate(over="ignore"):
            count = decode(block.data, block.records, block.packets, self._packets, book)
        return self._packets[:count]

    def take(self, block: Block, refused: npt.NDArray[np.int64]) -> Iterator[int]:
        """Meter a block; yield OUT_FULL or RING_FULL wherever the caller has to make room."""
        count = len(self.decoded(block, refused))
        number = 0
        while number < count:
            number = meter(block.data, self._packets, number, count, self.table)
            status = int(self.table.state["status"])
            if status == TABLE_FULL:
                self._grow()
            elif number < count:
                yield status

    def finish(self) -> Iterator[int]:
        """End all flows; yield OUT_FULL wherever the caller has to make room."""
        while not flush(self.table):
            self.table.state["status"] = OUT_FULL
            yield OUT_FULL

    def records(self) -> tuple[Rows, Rows]:
        """Return the finished records and their two directions each, by side."""
        count = int(self.table.state["out"])
        return self.table.out_flows[:count], self.table.out_ways[: 2 * count]

    def clear_records(self) -> None:
        """Make room for further records."""
        self.rows += int(self.table.state["out"])
        self.table.state["out"] = 0

    def is_out_full(self) -> bool:
        """Tell whether the meter waits for room for records."""
        return int(self.table.state["status"]) == OUT_FULL

    def slices(self) -> tuple[Rows, npt.NDArray[np.uint8]]:
        """Hand over the payload slices and the ring that they point into; they are then gone."""
        count = int(self.table.state["slices"])
        self.table.state["slices"] = self.table.state["slice_octets"] = 0
        return self.table.slices[:count], self.table.ring

    @property
    def metered(self) -> int:
        """Packets that were counted into a flow."""
        return int(self.table.state["metered"])

    @property
    def flows(self) -> int:
        """Flows that were opened."""
        return int(self.table.state["serial"])

    def noted(self) -> npt.NDArray[np.int64]:
        """Return the counts of NOTES."""
        notes = self._notes.copy()
        notes[TIME_BACKWARDS] = self.table.state["backwards"]
        notes[FLOWS_EVICTED] = self.table.state["evicted"]
        notes[DNS_BEYOND_LIMIT] = self.table.state["slices_shed"]
        return notes
