"""Live capture as an input: its workers are kept alive, their rows enriched and handed over."""

import concurrent.futures
import logging
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from sensors.enrichment import enrich
from sensors.input.counters import Counters
from sensors.input.handover import Batch, Handover
from sensors.input.stopping import Stop
from sensors.input.supervision import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from sensors.record import Outlet, Priority, Record
from sensors.wire.plan import Plan
from sensors.wire.speech import Told, counts_of, heard
from sensors.wire.tally import Life, Tally
from sensors.wire.worker_process import WorkerProcess
from situation.assets import Assets
from situation.clock import Clock
from situation.events.dataset import DNS, FLOW

_LOG = logging.getLogger("citywatch")

STOPPED = "stopped"
LEVEL_SECONDS = 600.0
"""Time for which a step of shedding is not told again; what it leaves out is counted."""
_LOOK_SECONDS = 0.2
_NO_ROOM_SECONDS = 0.05
_NAMED = (FLOW, DNS)
"""Datasets whose rows bear the dataset's name; those of protocols name themselves."""


class Capturing:
    """Captures an interface by one or several workers until the end is asked for.

    While the outlet has no room the workers are not listened to; then their rings fill, they
    shed, and what the kernel drops is counted.
    """

    def __init__(
        self,
        plan: Plan,
        outlet: Outlet,
        clock: Clock,
        assets: Assets,
        *,
        counters: Counters | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counters = counters or Counters()
        self._plan = plan
        self._clock = clock
        self._assets = assets
        self._monotonic = monotonic
        self._tally = Tally(self.counters)
        self._handover = Handover(outlet, self.counters)
        self._lock = threading.Lock()
        self._troubles: dict[int, str] = {}
        self._ready: set[int] = set()
        self._levels: dict[str, float] = {}
        self.processes: dict[int, WorkerProcess] = {}
        """Those that run, by the number of the worker."""

    @property
    def is_ready(self) -> bool:
        """Whether all workers capture."""
        return len(self._ready) == self._plan.workers

    def run(self, stop: Stop) -> None:
        """Capture until `stop`; what was captured is handed over and durable then."""
        with ThreadPoolExecutor(self._plan.workers, "capture") as pool:
            kept = [pool.submit(self._keep, one, stop) for one in range(self._plan.workers)]
            concurrent.futures.wait(kept)
        for one in kept:
            one.result()
        if not self._handover.settle():
            self._handover.give_up(STOPPED)

    def _keep(self, number: int, stop: Stop) -> None:
        """Keep a worker alive; the pause before a new start grows with each failure."""
        pause = FIRST_PAUSE_SECONDS
        while not stop.is_set():
            began = self._monotonic()
            self._live(number, stop)
            if stop.is_set():
                return
            _LOG.error("inputs.%s: worker %s: %s", self._plan.name, number, self._troubles[number])
            if self._monotonic() - began > LONGEST_PAUSE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            self.counters.starts += 1

    def _live(self, number: int, stop: Stop) -> None:
        """Let a worker live once, and note why it ended where nobody asked for it."""
        life = self._tally.begin()
        process = self._plan.worker(number, self._clock)
        self.processes[number] = process
        last: Told | None = None
        try:
            while (told := self._next(process, stop)) is not None:
                self._make_room(stop)
                self._take(told, life, number)
                last = told
        finally:
            self._ready.discard(number)
            ended = process.close()
        is_lost = last is None or last.kind != "end"
        self._tally.end(life, is_lost=is_lost)
        if is_lost:
            self._trouble(number, f"the worker died (it ended with {ended})")

    def _next(self, process: WorkerProcess, stop: Stop) -> Told | None:
        """Wait for what a worker says, as long as it says anything; None at its end."""
        while not process.says(_LOOK_SECONDS):
            if stop.is_set():
                process.end()
        if stop.is_set():
            process.end()
        return heard(process.said)

    def _take(self, told: Told, life: Life, number: int) -> None:
        match told.kind:
            case "compiles":
                _LOG.info(
                    "inputs.%s: compiling the meter, once; capture begins in a minute",
                    self._plan.name,
                )
            case "ready":
                self._ready.add(number)
                self._trouble(number, "")
                _LOG.info("inputs.%s: worker %s captures", self._plan.name, number)
            case "batch":
                self._take_batch(told, life)
            case "counts":
                self._tally.add(life, counts_of(told))
            case "level":
                self._tell_level(told)
            case "fault":
                self._ready.discard(number)
                self._trouble(number, str(told.values["reason"]))
            case "end":
                pass

    def _tell_level(self, told: Told) -> None:
        """Tell what is left out, each step once in a while: a ring may fill and empty all day."""
        words, now = str(told.values["words"]), self._monotonic()
        if now - self._levels.get(words, -math.inf) < LEVEL_SECONDS:
            return
        self._levels[words] = now
        share = 100 * float(str(told.values["waiting"]))
        _LOG.warning("inputs.%s: ring %.0f %% full, %s", self._plan.name, share, words)

    def _take_batch(self, told: Told, life: Life) -> None:
        dataset, frame = str(told.values["dataset"]), told.frame
        if frame is None:
            return
        if dataset == FLOW:
            self._tally.add_rows(life, frame)
        frame = enrich(frame, self._assets)
        if dataset in _NAMED:
            frame = frame.with_columns(pl.lit(dataset).alias("event.dataset"))
        priority = Priority(int(str(told.values["priority"])))
        record = Record(dataset, frame, priority, str(told.values["name"]))
        with self._lock:
            self._handover.give(Batch(record))
            self._say_trouble()

    def _make_room(self, stop: Stop) -> None:
        """Wait as long as the outlet has no room; at the end what waits is kept."""
        while self._handover.waits and not stop.wait(_NO_ROOM_SECONDS):
            with self._lock:
                self._handover.retry()
                self._say_trouble()

    def _trouble(self, number: int, words: str) -> None:
        with self._lock:
            self._troubles[number] = words
            self._say_trouble()

    def _say_trouble(self) -> None:
        """Say what ails the workers, unless the outlet ails."""
        if not self._handover.waits:
            self.counters.trouble = "; ".join(filter(None, self._troubles.values()))
