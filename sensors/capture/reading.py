"""Reading captures: from files to arrays of packet records, one bounded block at a time."""

import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.capture import pcap, pcapng
from sensors.capture.layout import (
    CURSOR,
    ENDED,
    INTERFACE,
    MAX_INTERFACES,
    NEVER,
    RECORD,
    STARVED,
    Records,
)
from sensors.capture.stream import Stream
from sensors.octets import Octets
from sensors.refusal import GZIP_DAMAGED, REFUSALS
from situation.faults import Malformed

_MAGIC_OCTETS = 4
_START_OCTETS = 64

Frame = Callable[[Octets, np.void, Records], int]


class Block(NamedTuple):
    """Packets of a capture: `records[:packets]` point into `data`, until the next block."""

    data: Octets
    records: Records
    packets: int


class Reading:
    """Reads captures in order; it keeps the totals and what could not be read, by reason."""

    def __init__(self, files: Sequence[pathlib.Path], *, block_packets: int) -> None:
        self._files = files
        self._block_packets = block_packets
        self._cursors = np.zeros(1, CURSOR)
        self._interfaces = np.zeros(MAX_INTERFACES, INTERFACE)
        self.refused: npt.NDArray[np.int64] = np.zeros(len(REFUSALS), np.int64)
        self.done = 0
        """Octets of the files that are behind."""
        self._cursor["first"] = NEVER

    @property
    def _cursor(self) -> np.void:
        cursor: np.void = self._cursors[0]
        return cursor

    @property
    def packets(self) -> int:
        """Records read so far, the refused ones included."""
        return int(self._cursor["packets"])

    @property
    def octets(self) -> int:
        """L2 octets on the wire of the whole records."""
        return int(self._cursor["octets"])

    @property
    def first(self) -> int | None:
        """Time of the earliest packet in nanoseconds."""
        return None if self._cursor["first"] == NEVER else int(self._cursor["first"])

    @property
    def last(self) -> int | None:
        """Time of the latest packet in nanoseconds."""
        return None if self._cursor["first"] == NEVER else int(self._cursor["last"])

    def check(self) -> None:
        """Open every file and read its header; Malformed at the first that is no capture."""
        cursor = np.zeros(1, CURSOR)[0]
        for path in self._files:
            stream = Stream(path)
            try:
                _begin(stream, cursor, str(path))
            finally:
                stream.close()

    def blocks(self) -> Iterator[Block]:
        """Yield the packets of all files; a damaged file ends early, counted."""
        behind = 0
        for path in self._files:
            stream = Stream(path)
            try:
                for block in self._blocks_of(stream, str(path)):
                    self.done = behind + stream.done
                    yield block
            finally:
                stream.close()
            behind += path.stat().st_size
            self.done = behind

    def _blocks_of(self, stream: Stream, where: str) -> Iterator[Block]:
        cursor = self._cursor
        records = np.zeros(self._block_packets, RECORD)
        cursor["interfaces"] = 0
        frame = self._framing(_begin(stream, cursor, where))
        cursor["status"] = STARVED
        while cursor["status"] != ENDED:
            cursor["end"], cursor["final"] = stream.end, stream.final
            count = frame(stream.data, cursor, records)
            if count:
                yield Block(stream.data, records, count)
            if cursor["status"] == STARVED:
                cursor["position"] = stream.refill(int(cursor["position"]))
        if stream.damaged and cursor["position"] == cursor["end"]:
            cursor["packets"] += 1
            self.refused[GZIP_DAMAGED] += 1

    def _framing(self, section: bool) -> Frame:  # noqa: FBT001 - two formats
        if section:
            return lambda data, cursor, records: pcapng.frame_pcapng(
                data, cursor, records, self.refused, self._interfaces
            )
        return lambda data, cursor, records: pcap.frame_pcap(data, cursor, records, self.refused)


def _begin(stream: Stream, cursor: np.void, where: str) -> bool:
    """Read the file header into `cursor` and tell whether it is pcapng; Malformed if neither."""
    start = stream.data.octets[: min(stream.end, _START_OCTETS)].tobytes()
    if len(start) < _MAGIC_OCTETS:
        raise Malformed(
            "the file is too short for any capture format", where=f"{where}, offset {len(start)}"
        )
    if start.startswith(pcapng.SECTION_MAGIC):
        pcapng.begin(start, cursor, where)
        return True
    if pcap.byte_order(start) is None:
        raise Malformed(
            f"neither pcap nor pcapng: it begins with {start[:4].hex()}", where=f"{where}, offset 0"
        )
    pcap.begin(start, cursor, where)
    return False
