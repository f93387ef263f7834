"""A span of a classic pcap: the packets between two octets of the file."""

import pathlib
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.capture import pcap
from sensors.capture.layout import CURSOR, ENDED, NEVER, PACKET_LIMIT, RECORD, STARVED
from sensors.capture.reading import Block
from sensors.octets import octets_of
from sensors.refusal import REFUSALS
from situation.faults import Malformed

_BUFFER_OCTETS = 1024 * 1024
_LENGTHS_AT = 8
_LONGEST_WIRE = 1 << 20
_PLAUSIBLE_SECONDS = 366 * 86_400
_CHAIN = 32
"""Headers in a row that have to be plausible."""
_START_OCTETS = 64


class Span(NamedTuple):
    """Octets of a file from a record on; `end` is where the next span begins, or the file ends."""

    path: pathlib.Path
    begin: int
    end: int


def _header(path: pathlib.Path) -> np.void:
    """Return a cursor that has read the header of a classic pcap."""
    cursor: np.void = np.zeros(1, CURSOR)[0]
    with path.open("rb") as file:
        start = file.read(_START_OCTETS)
    if not pcap.recognizes(start):
        raise Malformed(
            "only an unpacked classic pcap is split; let one process read it",
            where=f"{path}, offset 0",
        )
    pcap.begin(start, cursor, str(path))
    cursor["first"] = NEVER
    return cursor


def _is_record(window: bytes, at: int, cursor: np.void, seconds: int) -> int:
    """Return where the record at `at` ends if its header is plausible, else -1."""
    order = "big" if cursor["big"] else "little"

    def word(offset: int) -> int:
        return int.from_bytes(window[at + offset : at + offset + 4], order)  # type: ignore[arg-type] # one of both

    captured, wire = word(_LENGTHS_AT), word(_LENGTHS_AT + 4)
    if cursor["captured_at"] != _LENGTHS_AT:
        captured, wire = wire, captured
    plausible = (
        0 < captured <= min(wire, PACKET_LIMIT)
        and wire <= _LONGEST_WIRE
        and abs(word(0) - seconds) <= _PLAUSIBLE_SECONDS
        and word(4) * int(cursor["unit"]) < 1_000_000_000  # noqa: PLR2004 - a second
    )
    return at + int(cursor["header"]) + captured if plausible else -1


def _is_chain(window: bytes, at: int, cursor: np.void, seconds: int) -> bool:
    """Tell whether records follow one another from `at` on."""
    for _ in range(_CHAIN):
        if at + int(cursor["header"]) > len(window):
            return False
        at = _is_record(window, at, cursor, seconds)
        if at < 0:
            return False
    return True


def _record_near(file: BinaryIO, near: int, cursor: np.void, seconds: int) -> int | None:
    """Return where a record seems to begin at or behind `near`."""
    file.seek(near)
    window = file.read(4 * PACKET_LIMIT)
    return next(
        (
            near + at
            for at in range(min(len(window), PACKET_LIMIT))
            if _is_record(window, at, cursor, seconds) > 0
            and _is_chain(window, at, cursor, seconds)
        ),
        None,
    )


def spans(path: pathlib.Path, count: int) -> list[Span]:
    """Return up to `count` spans of about the same length that make up a classic pcap.

    Where a span ends is likely and no more: whoever reads the one before knows (`Reach.is_exact`).
    Raises Malformed where the file header is none.
    """
    cursor = _header(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(pcap.HEADER_OCTETS)
        order = "big" if cursor["big"] else "little"
        seconds = int.from_bytes(file.read(4), order)  # type: ignore[arg-type] # one of both
        begins = {pcap.HEADER_OCTETS}
        for number in range(1, count):
            found = _record_near(file, size * number // count, cursor, seconds)
            if found is not None:
                begins.add(found)
    edges = [*sorted(begins), size]
    return [Span(path, begin, end) for begin, end in pairwise(edges)]


class _Window:
    """The octets of a span, a bounded piece at a time."""

    def __init__(self, span: Span) -> None:
        self._file = span.path.open("rb", buffering=0)
        self._size = span.path.stat().st_size
        self._at = span.begin
        self._limit = span.end
        self._buffer = np.zeros(_BUFFER_OCTETS, np.uint8)
        self._file.seek(span.begin)
        self.data = octets_of(self._buffer)
        self.end = 0

    @property
    def is_final(self) -> bool:
        """Whether nothing follows in the file."""
        return self._at >= self._size

    def is_at_end(self, position: int) -> bool:
        """Tell whether `position` is where the span ends, and not the file."""
        return self._at == self._limit < self._size and position == self.end

    def refill(self, position: int) -> int:
        """Drop what lies before `position` and read on; return the new place of `position`."""
        kept = self._buffer[position : self.end].copy()
        if self._at >= self._limit:
            self._limit = self._size
        self._buffer[: len(kept)] = kept
        room = self._buffer.data[len(kept) : len(kept) + self._limit - self._at]
        read = self._file.readinto(room) or 0
        self._at = self._at + read if read else self._size
        self.end = len(kept) + read
        return 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Reach:
    """Reads a span; a source of the meter.

    Where no record ends at the end of the span, the packets go on to the end of the file.
    """

    def __init__(self, span: Span, *, block_packets: int) -> None:
        self._span = span
        self._block_packets = block_packets
        self._cursor = _header(span.path)
        self.refused: npt.NDArray[np.int64] = np.zeros(len(REFUSALS), np.int64)
        self.is_exact = False
        """Whether a record ended where the span does; what follows then begins with one."""

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
        """Return what else is worth a count: nothing."""
        return {}

    def blocks(self) -> Iterator[Block]:
        """Yield the packets."""
        cursor = self._cursor
        records = np.zeros(self._block_packets, RECORD)
        window = _Window(self._span)
        cursor["position"] = 0
        cursor["status"] = STARVED
        try:
            while cursor["status"] != ENDED:
                if cursor["status"] == STARVED and window.is_at_end(int(cursor["position"])):
                    self.is_exact = True
                    return
                if cursor["status"] == STARVED:
                    cursor["position"] = window.refill(int(cursor["position"]))
                    cursor["end"], cursor["final"] = window.end, window.is_final
                count = pcap.frame_pcap(window.data, cursor, records, self.refused)
                if count:
                    yield Block(window.data, records, count)
        finally:
            window.close()
