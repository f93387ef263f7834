"""The meter's memory: the arrays, how they grow, and the stages run over them."""

import secrets
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.capture.reading import Block
from sensors.decode.layout import (
    FRAGMENT,
    INNER,
    NOTES,
    OUTER,
    PACKET,
    TUNNEL_DEPTH,
    Book,
    Rows,
)
from sensors.decode.packet import decode
from sensors.meter.kernel import expire, flush, meter
from sensors.meter.layout import (
    CLOSED_QUEUE,
    FLOW,
    LIMITS,
    LINK,
    NONE,
    OTHER_QUEUE,
    OUT_FULL,
    QUEUES,
    SLICE,
    STATE,
    TABLE_FULL,
    TCP_QUEUE,
    UDP_QUEUE,
    WAY,
    Table,
)
from sensors.meter.port import server_ports
from sensors.meter.settings import MeterSettings
from sensors.meter.table import replace_all

_FIRST_SLOTS = 8192
_FRAGMENTS = 4096
_SLICES = 16_384
_RING_OCTETS = 8 * 1024 * 1024
_LINK_TYPES = 65_536
_PORTS = 65_536
_SECOND = 1_000_000_000
_PART_BITS = 40
"""Bits of a flow's number within its part."""


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
    limits["payloads"] = settings.payloads
    limits["part"] = settings.part
    return limits


def _wanted(
    settings: MeterSettings, message_ports: Iterable[int], command_ports: Iterable[int]
) -> npt.NDArray[np.uint16]:
    wanted = np.full(_PORTS, settings.payloads, np.uint16)
    wanted[list(message_ports)] = settings.messages
    wanted[list(command_ports)] = settings.commands
    return wanted


def _tag_mask(settings: MeterSettings) -> np.uint64:
    vlans = 0xFFFF << int(OUTER) | 0xFFFF << int(INNER)
    return np.uint64(vlans * settings.vlan_in_key | 0xFFFFFFFF * settings.tunnel_in_key)


def _links(rows: int) -> Rows:
    links = np.zeros(rows, LINK)
    links["before"][:QUEUES] = links["after"][:QUEUES] = np.arange(QUEUES)
    return links


def _slots(count: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """Return empty slots, of which at most half are ever taken."""
    return np.zeros(count, np.uint64), np.full(count, NONE, np.int32)


class Tally(NamedTuple):
    """What was counted; packets inside of tunnels are apart from those that carried them."""

    metered: int
    inner: int
    flows: int
    rows: int
    """Records that were handed over."""
    links: dict[str, int]
    """Packets refused for their link type."""
    noted: dict[str, int]
    """What was seen, metered and is worth a count, by name."""
    shed: dict[str, int]
    """What was left out of metered packets for overload, by name."""


class Memory:
    """Holds the flow table, of at most `max_flows` of the settings.

    The system gives a page to the rows when it is first written to, so memory follows the flows
    alive; the slots, which are strewn, double.
    """

    def __init__(
        self,
        settings: MeterSettings,
        *,
        block_packets: int,
        message_ports: Iterable[int] = (),
        command_ports: Iterable[int] = (),
    ) -> None:
        self._packets = np.zeros(block_packets + TUNNEL_DEPTH + 1, PACKET)
        self._links: npt.NDArray[np.int64] = np.zeros(_LINK_TYPES, np.int64)
        self._notes: npt.NDArray[np.int64] = np.zeros(len(NOTES), np.int64)
        self._fragments = np.zeros(_FRAGMENTS, FRAGMENT)
        self._seed = np.uint64(secrets.randbits(64))
        self._tag_mask = _tag_mask(settings)
        self._first_serial = settings.part << _PART_BITS
        wanted = _wanted(settings, message_ports, command_ports)
        self.table = self._first_table(settings, wanted)
        self._rows = 0

    def _first_table(self, settings: MeterSettings, wanted: npt.NDArray[np.uint16]) -> Table:
        rows = settings.max_flows + QUEUES + 1
        hashes, slots = _slots(_FIRST_SLOTS)
        ring = np.zeros(_RING_OCTETS, np.uint8)
        state: np.void = np.zeros(1, STATE)[0]
        state["fresh"] = QUEUES
        state["free"] = NONE
        state["serial"] = self._first_serial
        return Table(
            hashes=hashes,
            slots=slots,
            flows=np.zeros(rows, FLOW),
            ways=np.zeros(2 * rows, WAY),
            links=_links(rows),
            out_flows=np.zeros(settings.batch_rows, FLOW),
            out_ways=np.zeros(2 * settings.batch_rows, WAY),
            wanted=wanted,
            servers=server_ports(),
            slices=np.zeros(_SLICES, SLICE),
            ring=ring,
            ring_quads=ring.view("<u4"),
            state=state,
            limits=_limits(settings),
        )

    def _grow(self) -> None:
        hashes, slots = _slots(2 * len(self.table.slots))
        self.table = self.table._replace(hashes=hashes, slots=slots)
        replace_all(self.table.flows, self.table.links, hashes, slots)

    def decoded(self, block: Block, refused: npt.NDArray[np.int64]) -> Iterator[Rows]:
        """Yield the packets of a block that carry IP, those in tunnels behind what carries them.

        Each yield is valid until the next; a block without tunnels is one.
        """
        book = Book(refused, self._links, self._notes, self._fragments, self._seed, self._tag_mask)
        number = 0
        while number < block.packets:
            with np.errstate(over="ignore"):
                number, count = decode(
                    block.data, block.records[: block.packets], number, self._packets, book
                )
            yield self._packets[:count]

    def take(self, block: Block, refused: npt.NDArray[np.int64]) -> Iterator[int]:
        """Meter a block; yield OUT_FULL or RING_FULL wherever the caller has to make room."""
        for packets in self.decoded(block, refused):
            number, count = 0, len(packets)
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

    def expire(self, now: int) -> Iterator[int]:
        """End the flows that were quiet too long at `now`; yield OUT_FULL as `finish` does."""
        while not expire(self.table, now):
            self.table.state["status"] = OUT_FULL
            yield OUT_FULL

    def records(self) -> tuple[Rows, Rows]:
        """Return the finished records and their two directions each, by side."""
        count = int(self.table.state["out"])
        return self.table.out_flows[:count], self.table.out_ways[: 2 * count]

    def clear_records(self) -> None:
        """Make room for further records."""
        self._rows += int(self.table.state["out"])
        self.table.state["out"] = 0

    def is_out_full(self) -> bool:
        """Tell whether the meter waits for room for records."""
        return int(self.table.state["status"]) == OUT_FULL

    def slices(self) -> tuple[Rows, npt.NDArray[np.uint8]]:
        """Hand over the payload slices and the ring that they point into; they are then gone."""
        count = int(self.table.state["slices"])
        self.table.state["slices"] = self.table.state["slice_octets"] = 0
        return self.table.slices[:count], self.table.ring

    def tally(self) -> Tally:
        """Return the totals so far."""
        state = self.table.state
        notes = dict(zip(NOTES, map(int, self._notes), strict=True)) | {
            "time_backwards": int(state["backwards"]),
            "flows_evicted": int(state["evicted"]),
            "messages_beyond_limit": int(state["slices_beyond"]),
        }
        shed = {
            "payloads": int(state["slices_shed"]),
            "statistics": int(state["statistics_shed"]),
        }
        return Tally(
            metered=int(state["metered"]),
            inner=int(state["inner"]),
            flows=int(state["serial"]) - self._first_serial,
            rows=self._rows,
            links={
                f"link_type_{link}": int(self._links[link]) for link in np.flatnonzero(self._links)
            },
            noted={name: count for name, count in notes.items() if count},
            shed={name: count for name, count in shed.items() if count},
        )
