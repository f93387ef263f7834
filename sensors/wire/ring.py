"""The kernel's ring of one interface (TPACKET_V3): blocks of packets in memory that both share."""

import os
import select
import socket
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sensors.capture.layout import NEVER, RECORD
from sensors.capture.reading import Block
from sensors.capture.tpacket import STAND, frame_block
from sensors.octets import octets_of
from sensors.refusal import REFUSALS
from sensors.wire.packet_socket import BLOCK_OCTETS, RingSettings, captured, statistics
from situation.faults import Unavailable

_STATUS_AT, _COUNT_AT, _FIRST_AT, _LENGTH_AT = 2, 3, 4, 5
"""Places in the head of a block, in words of four octets."""
_HEAD_WORDS = 8
_OURS = 1


class Ring:
    """Reads an interface; a `Source` of the meter.

    Raises `Misconfigured` where the interface, the filter or the right to capture is wanting.
    """

    def __init__(self, settings: RingSettings, *, block_packets: int, where: str) -> None:
        self._name = settings.interface
        self._socket, memory, link = captured(settings, where=where)
        octets = np.frombuffer(memory, np.uint8)
        self._data = octets_of(octets)
        shape = len(octets) // BLOCK_OCTETS, _HEAD_WORDS
        self._heads = np.ndarray(shape, "<u4", octets, strides=(BLOCK_OCTETS, 4))
        self._records = np.zeros(block_packets, RECORD)
        self._stands = np.zeros(1, STAND)
        self._stand["first"], self._stand["link"] = NEVER, link
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN | select.POLLERR)
        self._next = 0
        self.link = link
        """Link type of the frames."""
        self.length = len(self._heads)
        """Blocks of the ring."""
        self.refused: npt.NDArray[np.int64] = np.zeros(len(REFUSALS), np.int64)
        self.drops = 0
        """Packets that the kernel dropped because no block was free."""
        self.seen = 0
        """Packets that passed the filter by the kernel's own count, the dropped ones included."""
        self.freezes = 0
        """Times that the kernel found no block free."""

    @property
    def _stand(self) -> np.void:
        stand: np.void = self._stands[0]
        return stand

    @property
    def packets(self) -> int:
        """Packets read so far, the refused ones included."""
        return int(self._stand["packets"])

    @property
    def octets(self) -> int:
        """Their L2 octets on the wire."""
        return int(self._stand["octets"])

    @property
    def first(self) -> int | None:
        """Time of the earliest packet in nanoseconds."""
        return None if self._stand["first"] == NEVER else int(self._stand["first"])

    @property
    def last(self) -> int | None:
        """Time of the latest packet in nanoseconds."""
        return None if self._stand["first"] == NEVER else int(self._stand["last"])

    @property
    def waiting(self) -> float:
        """Share of the blocks that wait to be read."""
        return float(np.count_nonzero(self._status & _OURS)) / self.length

    @property
    def _status(self) -> npt.NDArray[np.uint32]:
        status: npt.NDArray[np.uint32] = self._heads[:, _STATUS_AT]
        return status

    def wait(self, seconds: float) -> bool:
        """Return whether a block is there, after `seconds` at most.

        Raises `Unavailable` when the interface went down or away.
        """
        if self._status[self._next] & _OURS:
            return True
        for _, event in self._poll.poll(seconds * 1000):
            if event & select.POLLERR:
                error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                raise Unavailable(
                    f"interface {self._name} cannot be read any more ({os.strerror(error)})",
                    where="capture",
                )
        return bool(self._status[self._next] & _OURS)

    def read(self) -> Iterator[Block]:
        """Yield the packets of the next block, if it is there, and give it back to the kernel.

        What is yielded is valid until the next; whoever stops early must not read on.
        """
        head = self._heads[self._next]
        if not head[_STATUS_AT] & _OURS:
            return
        start, stand = self._next * BLOCK_OCTETS, self._stand
        stand["position"] = start + int(head[_FIRST_AT])
        stand["left"] = int(head[_COUNT_AT])
        stand["end"] = start + min(int(head[_LENGTH_AT]), BLOCK_OCTETS)
        while count := frame_block(self._data, stand, self._records, self.refused):
            yield Block(self._data, self._records, count)
        head[_STATUS_AT] = 0
        self._next = (self._next + 1) % self.length

    def noted(self) -> dict[str, int]:
        """Return what was seen and is worth a count, by name."""
        return {"ring_frozen": self.freezes} if self.freezes else {}

    def count(self, *, is_last: bool = False) -> None:
        """Fetch the kernel's counts since the last time, unsigned as they are.

        At the last time, what passed the filter and will not be read any more is dropped.
        """
        seen, drops, freezes = statistics(self._socket)
        self.seen += seen
        # The kernel counts a dropped packet among those that it saw.
        self.drops += min(drops, seen)
        self.freezes += freezes
        if is_last:
            self.drops = max(self.seen - self.packets, self.drops)

    def close(self) -> None:
        """Let go of the interface. The memory goes when nobody looks at it any more."""
        self._poll.unregister(self._socket)
        self._socket.close()
