"""Reading captures: from files to arrays of packet records, one bounded block at a time."""

import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.capture.layout import CURSOR, ENDED, NEVER, RECORD, STARVED, Records
from sensors.capture.origin import is_pipe, octets_in
from sensors.capture.recognition import begin
from sensors.capture.stream import Stream
from sensors.octets import Octets
from sensors.refusal import COMPRESSION_DAMAGED, REFUSALS
from situation.faults import Malformed


class Block(NamedTuple):
    """Packets of a capture: `records[:packets]` point into `data`, until the next block."""

    data: Octets
    records: Records
    packets: int


class Reading:
    """Reads captures in order; it keeps the totals and what could not be read, by reason.

    A pipe (`origin.is_pipe`) is read where it stands, once.
    """

    def __init__(self, files: Sequence[pathlib.Path], *, block_packets: int) -> None:
        self._files = files
        self._block_packets = block_packets
        self._cursors = np.zeros(1, CURSOR)
        self._pipes: dict[pathlib.Path, Stream] = {}
        self.refused: npt.NDArray[np.int64] = np.zeros(len(REFUSALS), np.int64)
        self.done = 0
        """Octets of the files that are behind."""
        self._overlapping = 0
        self._cursor["first"] = NEVER

    @property
    def _cursor(self) -> np.void:
        cursor: np.void = self._cursors[0]
        return cursor

    @property
    def total(self) -> int:
        """Octets of the files in all; a pipe, whose length nobody knows, counts none."""
        return sum(octets_in(path) for path in self._files)

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

    def noted(self) -> dict[str, int]:
        """Return what is worth a count, by name.

        These are packets that whoever captured says to have lost, and files that begin before
        the ones ahead of them end.
        """
        notes = {
            "dropped_before_capture": int(self._cursor["dropped"]),
            "files_overlapping": self._overlapping,
        }
        return {name: count for name, count in notes.items() if count}

    def check(self) -> None:
        """Open every file and read its header; Malformed at the first that is no capture."""
        cursor = np.zeros(1, CURSOR)[0]
        for path in self._files:
            stream = self._opened(path)
            try:
                begin(stream, cursor, str(path))
            except Malformed:
                stream.close()
                raise
            self._leave(path, stream)

    def blocks(self) -> Iterator[Block]:
        """Yield the packets of all files; a damaged file ends early, counted."""
        behind = 0
        for path in self._files:
            stream = self._opened(path)
            try:
                for block in self._blocks_of(stream, str(path)):
                    self.done = behind + stream.done
                    yield block
            finally:
                stream.close()
            behind += octets_in(path)
            self.done = behind

    def _opened(self, path: pathlib.Path) -> Stream:
        return self._pipes.pop(path, None) or Stream(path)

    def _leave(self, path: pathlib.Path, stream: Stream) -> None:
        """Close a file that was only looked at; a pipe has to stay, with what was read of it."""
        if is_pipe(path):
            self._pipes[path] = stream
        else:
            stream.close()

    def _blocks_of(self, stream: Stream, where: str) -> Iterator[Block]:
        cursor = self._cursor
        before = int(cursor["last"])
        records = np.zeros(self._block_packets, RECORD)
        cursor["interfaces"] = 0
        frame = begin(stream, cursor, where).framing(self.refused)
        cursor["status"] = STARVED
        while cursor["status"] != ENDED:
            cursor["end"], cursor["final"] = stream.end, stream.final
            count = frame(stream.data, cursor, records)
            if count:
                self._overlapping += int(records["time"][0]) < before
                before = 0
                yield Block(stream.data, records, count)
            if cursor["status"] == STARVED:
                cursor["position"] = stream.refill(int(cursor["position"]))
        if stream.damaged and cursor["position"] == cursor["end"]:
            cursor["packets"] += 1
            self.refused[COMPRESSION_DAMAGED] += 1
