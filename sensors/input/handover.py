"""Handing over: a batch goes to the outlet, or waits here until there is room."""

import datetime as dt
from collections import Counter, deque
from dataclasses import dataclass, field

from sensors.input.counters import Counters
from sensors.record import Outlet, Record
from situation.faults import Unavailable

_TIME = "@timestamp"


@dataclass(frozen=True, slots=True)
class Batch:
    """A record and the lines that it was made of."""

    record: Record
    lines: int = 0
    octets: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)


class Handover:
    """Gives batches to the outlet in order; holds what was refused until there is room."""

    def __init__(self, outlet: Outlet, counters: Counters) -> None:
        self._outlet = outlet
        self._counters = counters
        self._waiting: deque[Batch] = deque()

    @property
    def waits(self) -> bool:
        """Whether something was refused, so that its source should be slowed down."""
        return bool(self._waiting)

    def give(self, batch: Batch) -> bool:
        """Hand over a batch; return False if it waits here, behind others that wait."""
        self._counters.lines += batch.lines
        self._counters.octets += batch.octets
        self._counters.waiting += batch.lines
        self._waiting.append(batch)
        return self.retry()

    def retry(self) -> bool:
        """Try again what waits; return whether nothing waits any more."""
        while self._waiting:
            batch = self._waiting[0]
            try:
                if batch.record.frame.height or batch.record.places:
                    self._outlet.put(batch.record)
            except Unavailable as fault:
                self._counters.trouble = str(fault)
                self._counters.refusals += 1
                return False
            self._counters.trouble = ""
            self._waiting.popleft()
            self._count(batch)
        return True

    def settle(self) -> bool:
        """Make durable what was handed over; return False where that cannot be now."""
        if not self.retry():
            return False
        try:
            self._outlet.sync()
        except Unavailable as fault:
            self._counters.trouble = str(fault)
            return False
        return True

    def give_up(self, reason: str) -> None:
        """Count what waits as shed; its source cannot send it again."""
        while self._waiting:
            batch = self._waiting.popleft()
            self._counters.shed[reason] += batch.lines
            self._counters.waiting -= batch.lines

    def forget(self) -> None:
        """Take back what waits: its source will be read again from the same place."""
        while self._waiting:
            batch = self._waiting.popleft()
            self._counters.lines -= batch.lines
            self._counters.octets -= batch.octets
            self._counters.waiting -= batch.lines

    def _count(self, batch: Batch) -> None:
        counters, frame = self._counters, batch.record.frame
        counters.waiting -= batch.lines
        counters.handed_lines += batch.lines - batch.skipped.total()
        counters.events += frame.height
        counters.skipped.update(batch.skipped)
        counters.faults.update(batch.faults)
        newest = frame[_TIME].max() if frame.height else None
        if isinstance(newest, dt.datetime):
            before = counters.last_event
            counters.last_event = newest if before is None else max(before, newest)
