"""Following files: what is appended to them is read once, whatever becomes of their names.

A file is read block by block, and all files take turns. Its place goes with the records into the
outlet, so that after any stop reading goes on at the next line.
"""

import pathlib
import resource
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from sensors.input.counters import Counters
from sensors.input.file.content import Packed, open_content
from sensors.input.file.followed import Followed, head_of
from sensors.input.file.ledger import Ledger
from sensors.input.file.roll import DEFAULT_KEEPING, Keeping, Roll
from sensors.input.handover import Batch, Handover
from sensors.input.reading import Reading, Stream
from sensors.input.stopping import Stop
from sensors.log.line import Lines
from sensors.record import Outlet, Priority, Record
from situation.clock import Clock
from situation.events.dataset import LOG

_OPEN_FILES = 65_536


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a follower waits for what, in seconds."""

    poll: float = 0.5
    """Between two looks at the files."""
    unfinished: float = 5.0
    """For the end of a last line, before it is read as it is."""
    rotated: float = 1.0
    """The same, in a file that was renamed."""
    idle: float = 300.0
    """For more in a file, before it is closed until it changes."""
    keeping: Keeping = DEFAULT_KEEPING


class Follower:
    """Follows the files of one input."""

    def __init__(
        self,
        reading: Reading,
        paths: Sequence[str],
        outlet: Outlet,
        clock: Clock,
        *,
        start: Literal["beginning", "end"] = "beginning",
        pace: Pace | None = None,
        counters: Counters | None = None,
    ) -> None:
        self.counters = counters or Counters()
        self._reading = reading
        self._clock = clock
        self._pace = pace or Pace()
        self._handover = Handover(outlet, self.counters)
        self._ledger = Ledger(reading.source, outlet)
        self._roll = Roll(reading.source, paths, self._ledger, self.counters, self._pace.keeping)
        self._roll.skips_old = start == "end" and not self._roll.known
        self._unpacking: Followed | None = None
        self._looked_at: float | None = None
        self._is_between_lines = True
        """Whether all lines that a place counts as read were given to the outlet."""

    @property
    def places(self) -> dict[str, int]:
        """Octet up to which each file was handed over, by path."""
        return {known.place.path: known.place.fingerprint.offset for known in self._roll.live}

    @property
    def lag(self) -> int:
        """Octets of all files that are still to be read."""
        return sum(known.lag for known in self._roll.live)

    def run(self, stop: Stop) -> None:
        """Follow until `stop`; then hand over what is durable elsewhere, too."""
        _raise_open_files()
        moved = False
        try:
            while not stop.wait(0.0 if moved else self._pace.poll):
                moved = self.step()
        finally:
            self.close()

    def step(self) -> bool:
        """Read at most one block of each file; return whether anything was read.

        The folders are looked at where `Pace.poll` has passed, or nothing more was to be read.
        """
        if not self._handover.retry():
            return False
        now = self._clock.now().timestamp()
        if self._looked_at is None or now - self._looked_at >= self._pace.poll:
            self._looked_at = now
            for known in self._roll.look(now):
                self._finish(known)
        if not self._is_registered():
            return False
        moved = False
        for known in sorted(self._roll.live, key=lambda known: not known.rotated):
            if self._handover.waits:
                break
            moved |= self._advance(known, now)
        if not moved:
            self._looked_at = None
        return moved

    def close(self) -> None:
        """Write down all places and let go of the files.

        After a fault in the middle of some lines the places stay as they were durable.
        """
        if self._is_between_lines and self._handover.retry():
            self._roll.unwritten |= {known.slot: known for known in self._roll.known}
            self._is_registered()
            self._handover.settle()
        self._handover.forget()
        for known in self._roll.known:
            known.close()

    def _is_registered(self) -> bool:
        """Make the places of files that turned up durable, before a line of them goes out."""
        roll = self._roll
        if roll.unwritten:
            places = self._ledger.written(
                (slot, known.place if known else None) for slot, known in roll.unwritten.items()
            )
            roll.unwritten = {}
            self._handover.give(Batch(Record(LOG, pl.DataFrame(), Priority.LOG, places=places)))
        if not roll.is_settled:
            roll.is_settled = self._handover.settle()
        return roll.is_settled and not self._handover.waits

    def _advance(self, known: Followed, now: float) -> bool:
        """Hand over the next block of a file; return False if there is nothing to do."""
        if known.is_done or not self._is_open(known):
            return False
        try:
            block = known.block()
        except OSError as fault:
            self._roll.refuse(known.place.path, "unreadable", fault.strerror or "")
            return False
        if block:
            known.changed_at = now
            began = known.place.fingerprint.offset
            self._hand_over(known, known.feed(block, self._reading.encoding), began)
            return True
        return self._rest(known, now)

    def _is_open(self, known: Followed) -> bool:
        """Open a packed file when it is its turn: one at a time, for they take memory."""
        if known.content is not None:
            return True
        if self._unpacking is not None and self._unpacking.content is not None:
            return False
        try:
            content = open_content(pathlib.Path(known.place.path))
        except OSError as fault:
            self._roll.refuse(known.place.path, "unreadable", fault.strerror or "")
            return False
        status = content.stat()
        if (status.st_dev, status.st_ino) != known.place.key:
            # Rotated since the last look; the next one finds it.
            content.close()
            return False
        known.content = content
        self._unpacking = known if isinstance(content, Packed) else None
        return True

    def _rest(self, known: Followed, now: float) -> bool:
        """Do what is due where a file has no more: read its last line, close it."""
        quiet, content = now - known.changed_at, known.content
        is_whole = isinstance(content, Packed) and (content.whole or content.damaged)
        if is_whole or quiet >= (self._pace.rotated if known.rotated else self._pace.unfinished):
            if self._finish(known):
                return True
            if isinstance(content, Packed):
                self._roll.say_damaged(content, known.place.path)
                self._close_read(known)
        if known.content is not None and quiet >= self._pace.idle and not known.is_unfinished:
            self._close_read(known)
        return False

    def _close_read(self, known: Followed) -> None:
        known.close(is_read=True)
        self._roll.unwritten[known.slot] = known

    def _finish(self, known: Followed) -> bool:
        began = known.place.fingerprint.offset
        lines = known.finish()
        if lines is None:
            return False
        self._hand_over(known, lines, began)
        return True

    def _hand_over(self, known: Followed, lines: Lines, began: int) -> None:
        if not lines.count:
            return
        self._is_between_lines = False
        completed = self._stream(known, lines).turn(lines, self._clock.now())
        known.place = replace(known.place, stamp=(0, 0))
        self._roll.unwritten.pop(known.slot, None)
        record = Record(
            LOG,
            completed.frame,
            Priority.LOG,
            places=self._ledger.written([(known.slot, known.place)]),
        )
        octets = known.place.fingerprint.offset - began
        self._handover.give(Batch(record, lines.count, octets, completed.skipped, completed.faults))
        self._is_between_lines = True

    def _stream(self, known: Followed, lines: Lines) -> Stream:
        if known.stream is None:
            first = int(lines.offsets[0])
            head = head_of(known.content, self._reading.encoding) or lines.text.head(1).to_list()
            place = known.place
            known.stream = Stream(self._reading, place.identity, head, file=place.path)
            if first:
                known.stream.prime(head)
        return known.stream


def _raise_open_files() -> None:
    """Let the process hold as many files open as the system allows it to."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
