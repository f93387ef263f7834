"""A worker: captures one share of an interface, meters it, and says what came of it.

It is a process of its own, `python -m sensors.wire.worker`: it reads its start as one line from
standard input, and ends when that is closed. The sensor says when; signals do not.
"""

import dataclasses
import hashlib
import pathlib
import queue
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from sensors.capture.writing import put_records, room_for
from sensors.decode.layout import Rows
from sensors.frame.identity import Identity
from sensors.meter.settings import DEFAULT_SETTINGS
from sensors.metering import BLOCK_PACKETS, Meter, Metered
from sensors.record import Priority
from sensors.wire.keeping import Keeping
from sensors.wire.rehearsal import rehearse
from sensors.wire.ring import Ring
from sensors.wire.shedding import LEVELS, Shedding
from sensors.wire.speech import Told, packed, say
from sensors.wire.start import Start, start_of
from situation.clock import Clock, SystemClock
from situation.events.dataset import DNS, FLOW, PROTOCOL
from situation.events.instant import nanoseconds
from situation.faults import Misconfigured, Unavailable

HAND_OVER_SECONDS = 1.0
_TICK_SECONDS = 0.1
_LAST_SECONDS = 0.15
"""What the kernel holds of the last packets it hands over within this time."""
_ROOM_BATCHES = 16
"""Batches that wait for the sensor; then the ring fills, and what does not fit is counted."""
_LATE_SECONDS = 3.0
"""Loading machine code takes less; then it is being compiled."""
_INPUT, _OUTPUT = 0, 1


class Teller:
    """Says things in a thread of its own, so that packets do not wait for the sensor to listen."""

    def __init__(self) -> None:
        self._things: queue.Queue[Told | None] = queue.Queue(_ROOM_BATCHES)
        self.is_heard = True
        """Whether the sensor still listens."""
        self._thread = threading.Thread(target=self._say_all, daemon=True)
        self._thread.start()

    def tell(self, told: Told) -> None:
        """Say it; wait where too much is still to be said."""
        self._things.put(told)

    def close(self) -> None:
        """Say the rest."""
        self._things.put(None)
        self._thread.join()

    def _say_all(self) -> None:
        while (told := self._things.get()) is not None:
            if not self.is_heard:
                continue
            try:
                say(_OUTPUT, packed(told))
            except BrokenPipeError:
                self.is_heard = False


class Worker:
    """Reads the ring until `is_over`, block by block."""

    def __init__(
        self,
        ring: Ring,
        meter: Meter,
        tell: Callable[[Told], None],
        *,
        clock: Clock,
        keeping: Keeping | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ring = ring
        self._meter = meter
        self._tell = tell
        self._clock = clock
        self._keeping = keeping
        self._monotonic = monotonic
        self._shedding = Shedding()
        self._due = monotonic() + HAND_OVER_SECONDS

    def run(self, is_over: Callable[[], bool]) -> None:
        """Capture until `is_over`, then read the ring to its end and end all flows.

        Raises `Unavailable`, when all is said, where the interface went away.
        """
        try:
            while not is_over():
                self.turn(_TICK_SECONDS)
            for _ in range(self._ring.length + 1):
                if not self.turn(_LAST_SECONDS):
                    break
        finally:
            self._ring.count(is_last=True)
            self._tell_batches(self._meter.finish())
            if self._keeping is not None:
                self._keeping.complete()
            self._tell_counts()

    def turn(self, seconds: float) -> bool:
        """Take the next block, if one comes in time; return whether it came."""
        came = self._ring.wait(seconds)
        if came:
            for block in self._ring.read():
                self._tell_batches(self._meter.take(block))
        waiting = self._ring.waiting
        if self._shedding.changes(waiting):
            self._meter.shed(self._shedding.level)
            words = LEVELS[self._shedding.level]
            self._tell(Told("level", {"words": words, "waiting": waiting}))
        if self._monotonic() >= self._due:
            self._due = self._monotonic() + HAND_OVER_SECONDS
            # Where blocks wait, the clock is ahead of the packets that are still to come.
            now = (self._ring.last if waiting else None) or nanoseconds(self._clock.now())
            self._tell_batches(self._meter.hand_over(now))
            if self._keeping is not None:
                self._keeping.turn()
            self._ring.count()
            self._tell_counts()
        return came

    def _tell_batches(self, batches: Iterable[Metered]) -> None:
        for batch in batches:
            for dataset, priority, frame in (
                (FLOW, Priority.FLOW, batch.flows),
                (DNS, Priority.METADATA, batch.dns),
                (PROTOCOL, Priority.METADATA, batch.events),
            ):
                if frame.height:
                    values = {"dataset": dataset, "priority": int(priority), "name": batch.name}
                    self._tell(Told("batch", values, frame))

    def _tell_counts(self) -> None:
        counters = dataclasses.replace(self._meter.counters, kernel_drops=self._ring.drops)
        counters.noted |= self._keeping.noted() if self._keeping else {}
        self._tell(Told("counts", dataclasses.asdict(counters)))


def identity_of(start: Start) -> Identity:
    """Return what identifies the rows: sensor, interface, worker, and when it began."""
    told = (start.observer, start.ring.interface, str(start.worker), str(start.began))
    digest = hashlib.blake2b("\0".join(told).encode(), digest_size=20)
    return Identity(digest.hexdigest(), observer=start.observer, drill_id=None)


def _keeping(start: Start, ring: Ring) -> Keeping | None:
    if not start.segments:
        return None
    return Keeping(
        pathlib.Path(start.segments),
        budget_mib=start.segments_mib,
        worker=start.worker,
        link=ring.link,
        monotonic=time.monotonic,
    )


def capture(start: Start, teller: Teller, is_over: Callable[[], bool]) -> None:
    """Capture as `start` says; a fault is told and ends it."""
    try:
        ring = Ring(start.ring, block_packets=BLOCK_PACKETS, where=start.where)
        keeping = _keeping(start, ring)
        keep = keeping.keep if keeping else None
        meter = Meter(ring, identity_of(start), start.meter, keep=keep, deep=start.deep)
        teller.tell(Told("ready"))
        try:
            Worker(ring, meter, teller.tell, clock=SystemClock(), keeping=keeping).run(is_over)
        finally:
            ring.close()
    except (Misconfigured, Unavailable) as fault:
        teller.tell(Told("fault", {"reason": str(fault)}))
    teller.tell(Told("end"))


def _discard(slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
    """Write what a rehearsal gives to nowhere."""
    put_records(slices, ring, np.empty(room_for(slices), np.uint8))


def main() -> None:
    """Run until standard input is closed, by the sensor or by its death."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    teller = Teller()
    late = threading.Timer(_LATE_SECONDS, teller.tell, (Told("compiles"),))
    late.daemon = True
    late.start()
    # Numba looks for it with the first code, a quarter of a second, and nothing here needs it.
    sys.modules["scipy"] = None  # type: ignore[assignment] # what an absent module is to an import
    rehearse(DEFAULT_SETTINGS, _discard)
    late.cancel()
    line = sys.stdin.buffer.readline()
    if not line:
        # The sensor has no use for it.
        return
    start = start_of(line)
    closed = select.poll()
    closed.register(_INPUT, select.POLLIN)
    capture(start, teller, lambda: bool(closed.poll(0)) or not teller.is_heard)
    teller.close()


if __name__ == "__main__":
    main()
