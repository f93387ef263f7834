"""The writing end of the spool: records into segments, durable by groups."""

import contextlib
import pathlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from sensors.record import Priority
from sensors.spool.disk import Appending, Disk
from sensors.spool.layout import ALL_PLACES, Entry, written_entry, written_opening
from sensors.spool.recovery import Remains
from sensors.spool.segment import segment_path
from situation.faults import Unavailable

SEGMENT_OCTETS = 32 * 2**20
RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Origin:
    """Who writes a spool: the sensor, and the epoch that its folder began with."""

    sensor: str
    epoch: int


class Writer:
    """Appends records to the newest segment.

    What was written but is not durable yet stays in memory, too: where the disk fails to make it
    so, the segment is given up and all of it goes into the next one. So an input need not know
    which of its records a failed `sync` was about.
    """

    def __init__(
        self,
        disk: Disk,
        folder: pathlib.Path,
        origin: Origin,
        remains: Remains,
        monotonic: Callable[[], float],
    ) -> None:
        self.sizes = remains.sizes
        """Octets of each segment by its number."""
        self.durable_sequence = self.sequence = remains.sequence
        self.durable_places: dict[str, str] = dict(remains.places)
        self.pending_rows = 0
        self.most_octets = SEGMENT_OCTETS
        """Octets after which a segment ends, if those of any segment are not reached before."""
        self.trouble = ""
        """Why nothing can be written at present; empty where it can."""
        self._disk = disk
        self._folder = folder
        self._origin = origin
        self._monotonic = monotonic
        self._number = max(remains.sizes, default=0)
        self._file: Appending | None = None
        self._end = self._durable = 0
        self._pending: list[Entry] = []
        self._retry_at = 0.0

    def durable_end(self, number: int) -> int:
        """Return how many octets of a segment are durable, so that they may be read."""
        active = number == self._number and self._file is not None
        return self._durable if active else self.sizes.get(number, 0)

    def append(self, entry: Entry) -> None:
        """Write a record under the next sequence; raise `Unavailable` while the disk fails."""
        self._await_retry()
        entry = replace(entry, sequence=self.sequence)
        octets = written_entry(entry)
        try:
            self._make_room(len(octets))
            self._write(octets)
        except OSError as error:
            raise self._failed(error) from error
        self.trouble = ""
        self.sequence = entry.following
        self.pending_rows += entry.rows
        self._pending.append(entry)

    def sync(self) -> None:
        """Make all that was appended durable; raise `Unavailable` where that fails."""
        if not self._pending:
            return
        if self._file is None:
            self._await_retry()
        try:
            if self._file is None:
                self._open_segment()
            else:
                self._file.sync()
        except OSError as error:
            self._give_up()
            raise self._failed(error) from error
        self.trouble = ""
        self._became_durable()

    def renew(self) -> None:
        """Begin a new segment whatever room the newest has; raise `OSError` where that fails."""
        self._give_up()
        self._open_segment()
        self.trouble = ""

    def close(self) -> None:
        """Release the segment."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _make_room(self, octets: int) -> None:
        if self._file is not None and self._end + octets > min(SEGMENT_OCTETS, self.most_octets):
            try:
                self._file.sync()
            except OSError:
                self._give_up()
                raise
            self._became_durable()
            self.close()
        if self._file is None:
            self._open_segment()

    def _open_segment(self) -> None:
        # Durable before it is used: from now on an older segment may go, and its places with it.
        self._number += 1
        path = segment_path(self._folder, self._number)
        file = self._disk.create(path)
        octets = self._beginning()
        try:
            file.write(octets)
            file.sync()
        except OSError:
            file.close()
            with contextlib.suppress(OSError):
                self._disk.unlink(path)
            raise
        self._end = self._durable = len(octets)
        self._file = file
        # Listed last: a reader may enter it from now on.
        self.sizes[self._number] = self._end
        self._became_durable()

    def _beginning(self) -> bytes:
        origin, sequence = self._origin, self.durable_sequence
        opening = written_opening(origin.sensor, origin.epoch, sequence)
        places = Entry(
            sequence=sequence,
            rows=0,
            milliseconds=0,
            priority=Priority.ALERT,
            places=self.durable_places,
            flags=ALL_PLACES,
        )
        return opening + b"".join(written_entry(entry) for entry in (places, *self._pending))

    def _write(self, octets: bytes) -> None:
        file = self._file
        if file is None:
            return
        try:
            file.write(octets)
        except OSError:
            try:
                file.cut(self._end)
            except OSError:
                self._give_up()
            raise
        self._end += len(octets)
        self.sizes[self._number] = self._end

    def _became_durable(self) -> None:
        self._durable = self._end
        self.durable_sequence = self.sequence
        for entry in self._pending:
            self.durable_places |= entry.places
        for source in [name for name, place in self.durable_places.items() if not place]:
            del self.durable_places[source]
        self._pending.clear()
        self.pending_rows = 0

    def _give_up(self) -> None:
        # After a failed fsync the system may call lost pages clean: the file is not to be trusted.
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            self._file.cut(self._durable)
            self.sizes[self._number] = self._durable
        self.close()

    def _failed(self, error: OSError) -> Unavailable:
        self.trouble = error.strerror or str(error)
        self._retry_at = self._monotonic() + RETRY_SECONDS
        return Unavailable(self.trouble, where=str(self._folder))

    def _await_retry(self) -> None:
        if self.trouble and self._monotonic() < self._retry_at:
            raise Unavailable(self.trouble, where=str(self._folder))
