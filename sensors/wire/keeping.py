"""Keeping of packets: the first of each flow go to segments, the oldest of which give way."""

import logging
import pathlib
from collections.abc import Callable
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from sensors.capture.reading import Reading
from sensors.capture.writing import file_header, put_records, room_for
from sensors.decode.layout import Rows
from sensors.wire.segment import SEGMENT_SECONDS, segment_name, segments
from situation.faults import Malformed

_LOG = logging.getLogger("citywatch")

SEGMENT_OCTETS = 8 * 2**20
MOST_SEGMENTS = 4096
"""Segments that are kept of one input, however small they are."""
_MIB = 2**20
_BLOCK_PACKETS = 2048


class Keeping:
    """Writes the segments of one worker. A disk that fails costs packets, never the capture."""

    def __init__(
        self,
        folder: pathlib.Path,
        *,
        budget_mib: int,
        worker: int,
        link: int,
        monotonic: Callable[[], float],
    ) -> None:
        self._folder = folder
        self._budget = budget_mib * _MIB
        self._worker = worker
        self._header = file_header(link)
        self._monotonic = monotonic
        self._part = folder / f".w{worker}.part"
        self._file: BinaryIO | None = None
        self._octets = 0
        self._due = 0.0
        self._first = self._last = 0
        self.kept = 0
        """Packets that were written."""
        self.lost = 0
        """Packets that were not, because the disk failed."""
        self.deleted = 0
        """Segments that gave way to newer ones."""
        self._trouble = ""
        self._try(self._recover)

    def keep(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
        """Write the packets of slices, in a segment of their own where the last is complete."""
        if len(slices) and not self._try(lambda: self._write(slices, ring)):
            self.lost += len(slices)
            self._drop()
        self.turn()

    def turn(self) -> None:
        """Complete the segment if it is large or old enough."""
        if self._file is None:
            return
        if self._octets >= SEGMENT_OCTETS or self._monotonic() >= self._due:
            self.complete()

    def complete(self) -> None:
        """Let the segment be seen, and the oldest ones go."""
        if self._file is None:
            return
        if not self._try(self._rename):
            self._drop()
        self._try(self._make_room)

    def noted(self) -> dict[str, int]:
        """Return the counts by name."""
        counts = {
            "packets_kept": self.kept,
            "packets_not_kept": self.lost,
            "segments_deleted": self.deleted,
        }
        return {name: count for name, count in counts.items() if count}

    def _write(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
        first, last = int(slices["time"].min()), int(slices["time"].max())
        text = np.empty(room_for(slices), np.uint8)
        octets = put_records(slices, ring, text)
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("wb", buffering=0)
            self._file.write(self._header)
            self._octets, self._first, self._last = len(self._header), first, last
            self._due = self._monotonic() + SEGMENT_SECONDS
        self._file.write(text[:octets].data)
        self._octets += octets
        self._first, self._last = min(self._first, first), max(self._last, last)
        self.kept += len(slices)

    def _rename(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._part.rename(self._folder / segment_name(self._first, self._last, self._worker))

    def _make_room(self) -> None:
        """Delete the oldest segments of the input, whoever wrote them, beyond the budget."""
        found = [(one.path, _size(one.path)) for one in segments(self._folder)]
        octets = sum(size for _, size in found)
        beyond = len(found) - MOST_SEGMENTS
        for number, (path, size) in enumerate(found[:-1]):
            if octets <= self._budget and number >= beyond:
                break
            path.unlink(missing_ok=True)
            octets -= size
            self.deleted += 1

    def _recover(self) -> None:
        """Complete what a worker before left when it died; what is no capture goes."""
        if not self._part.exists():
            return
        reading = Reading([self._part], block_packets=_BLOCK_PACKETS)
        try:
            for _ in reading.blocks():
                pass
        except Malformed:
            self._part.unlink()
            return
        self._first, self._last = reading.first or 0, reading.last or 0
        self._rename()

    def _drop(self) -> None:
        """Give up the segment that cannot be written on."""
        if self._file is not None:
            self._try(self._file.close)
            self._file = None

    def _try(self, work: Callable[[], None]) -> bool:
        """Do what touches the disk; tell its fault once as long as it lasts."""
        try:
            work()
        except OSError as error:
            if self._trouble != str(error):
                _LOG.warning("packets are not kept for alerts: %s", error)
            self._trouble = str(error)
            return False
        self._trouble = ""
        return True


def _size(path: pathlib.Path) -> int:
    """Return the octets of a segment, 0 where another worker made room with it meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
