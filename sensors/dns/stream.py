"""DNS over TCP: messages that lie in several segments are put together (RFC 7766, 8)."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sensors.decode.layout import Rows
from sensors.meter.layout import SLICE

_STREAMS = 1024
"""Streams that are followed at a time; what the oldest held is read as it is."""
_PREFIX_OCTETS, _HEADER_OCTETS = 2, 12
_SEQUENCES = 1 << 32
_LEFT_OVER = 1 << 23
"""Added to the number of the slice of a message without an end; no flow has so many slices."""
_OPERATIONS = frozenset((0, 1, 2, 4, 5, 6))

Direction = tuple[int, int]
"""Serial of a flow and the side that sends."""


@dataclass(slots=True)
class _Stream:
    """One direction of a connection: what of a message is there, and what comes next."""

    expected: int
    pending: bytes = b""
    last: np.void | None = None
    """The slice that the pending octets ended with."""


def _whole(octets: bytes) -> int:
    """Return how many octets are whole messages, or are none at all and need not wait."""
    at = 0
    while len(octets) - at >= _PREFIX_OCTETS + 3:
        claimed = int.from_bytes(octets[at : at + _PREFIX_OCTETS])
        operation = (octets[at + _PREFIX_OCTETS + 2] >> 3) & 0xF
        if claimed < _HEADER_OCTETS or operation not in _OPERATIONS:
            return len(octets)
        if at + _PREFIX_OCTETS + claimed > len(octets):
            break
        at += _PREFIX_OCTETS + claimed
    return at


class Streams:
    """Holds back the beginning of messages until their rest is there."""

    def __init__(self) -> None:
        self._streams: OrderedDict[Direction, _Stream] = OrderedDict()
        self._rows: list[np.void] = []
        self._pieces: list[bytes] = []
        self._octets = 0

    def joined(
        self, slices: Rows, ring: npt.NDArray[np.uint8]
    ) -> tuple[Rows, npt.NDArray[np.uint8]]:
        """Return slices that hold whole messages, and the octets that they point into.

        A message is at the time of the segment that ended it. What cannot become whole, because
        octets are missing, is passed on as it is.
        """
        for row in slices:
            self._add(row, ring[row["at"] : row["at"] + row["length"]].tobytes())
        return self._made()

    def left_of(self, serials: npt.NDArray[np.int64]) -> tuple[Rows, npt.NDArray[np.uint8]]:
        """Return the same of flows that ended: what of a message was there."""
        if self._streams:
            for serial in serials.tolist():
                for side in (0, 1):
                    self._drop((serial, side))
        return self._made()

    def _add(self, row: np.void, octets: bytes) -> None:
        key = (int(row["serial"]), int(row["side"]))
        sequence = int(row["sequence"])
        stream = self._streams.get(key)
        if stream is None:
            stream = self._open(key, sequence)
        behind = (stream.expected - sequence) % _SEQUENCES
        if behind < _SEQUENCES // 2:
            octets = octets[behind:]
        else:
            self._give_up(stream)
        if not octets:
            return
        stream.expected = (sequence + int(row["length"]) + int(row["cut"])) % _SEQUENCES
        self._take(stream, row, stream.pending + octets)

    def _take(self, stream: _Stream, row: np.void, octets: bytes) -> None:
        whole = len(octets) if row["cut"] else _whole(octets)
        self._pass(row, octets[:whole])
        stream.pending = octets[whole:]
        stream.last = row.copy() if stream.pending else None

    def _open(self, key: Direction, sequence: int) -> _Stream:
        if len(self._streams) >= _STREAMS:
            self._drop(next(iter(self._streams)))
        stream = self._streams[key] = _Stream(sequence)
        return stream

    def _drop(self, key: Direction) -> None:
        stream = self._streams.pop(key, None)
        if stream is not None:
            self._give_up(stream)

    def _give_up(self, stream: _Stream) -> None:
        """Pass on the beginning of a message; a number of its own sets it apart."""
        if stream.last is not None:
            stream.last["number"] += _LEFT_OVER
            self._pass(stream.last, stream.pending)
        stream.pending, stream.last = b"", None

    def _pass(self, row: np.void, octets: bytes) -> None:
        if octets:
            made = row.copy()
            made["at"] = self._octets
            made["length"] = len(octets)
            self._rows.append(made)
            self._pieces.append(octets)
            self._octets += len(octets)

    def _made(self) -> tuple[Rows, npt.NDArray[np.uint8]]:
        rows = np.array(self._rows, SLICE) if self._rows else np.zeros(0, SLICE)
        octets = np.frombuffer(bytearray(b"".join(self._pieces)), np.uint8)
        self._rows, self._pieces, self._octets = [], [], 0
        return rows, octets
