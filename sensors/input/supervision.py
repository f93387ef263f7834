"""Supervision: each input runs in a thread of its own; one that fails is started again."""

import concurrent.futures
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from sensors.input.counters import Counters
from sensors.input.stopping import Stop

_LOG = logging.getLogger("citywatch")

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
_LOOK_SECONDS = 0.2


class Input(Protocol):
    """Something that runs until it is told to end."""

    @property
    def counters(self) -> Counters:
        """What it counted."""
        ...

    def run(self, stop: Stop) -> None:
        """Run until `stop`; hand over and make durable what was accepted."""
        ...


@dataclass(slots=True)
class _Life:
    """An input as it runs now, or when it is started again."""

    make: Callable[[], Input]
    running: Future[None] | None = None
    pause: float = FIRST_PAUSE_SECONDS
    began: float = 0.0
    due: float = 0.0


class Supervision:
    """Keeps inputs running until the end is asked for.

    `make` of each builds a fresh input over the same counters. The pause before a new start
    doubles with each failure, and is short again after an input ran well for the longest one.
    """

    def __init__(
        self,
        inputs: Mapping[str, Callable[[], Input]],
        counters: Mapping[str, Counters],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lives = {name: _Life(make) for name, make in inputs.items()}
        self._counters = counters
        self._monotonic = monotonic

    def run(self, stop: Stop) -> None:
        """Run all inputs until `stop`, and return when all have handed over what they took."""
        if not self._lives:
            return
        ending = threading.Event()
        with ThreadPoolExecutor(len(self._lives), "input") as pool:
            try:
                while not stop.wait(_LOOK_SECONDS):
                    self._look(pool, ending)
            finally:
                ending.set()
        running = [life.running for life in self._lives.values() if life.running is not None]
        concurrent.futures.wait(running)
        for name, life in self._lives.items():
            self._bury(name, life)

    def _look(self, pool: ThreadPoolExecutor, ending: threading.Event) -> None:
        now = self._monotonic()
        for name, life in self._lives.items():
            if life.running is not None and life.running.done():
                self._bury(name, life)
                life.running = None
                ran_well = now - life.began > LONGEST_PAUSE_SECONDS
                life.pause = FIRST_PAUSE_SECONDS if ran_well else life.pause
                life.due = now + life.pause
                life.pause = min(2 * life.pause, LONGEST_PAUSE_SECONDS)
            if life.running is None and now >= life.due:
                self._counters[name].starts += 1
                life.began = now
                life.running = pool.submit(_live, life.make, ending)

    def _bury(self, name: str, life: _Life) -> None:
        """Tell of an input that ended by a fault."""
        fault = life.running.exception() if life.running is not None else None
        if fault is not None:
            self._counters[name].trouble = f"{type(fault).__name__}: {fault}"
            _LOG.error("input %s failed and is started again", name, exc_info=fault)


def _live(make: Callable[[], Input], ending: threading.Event) -> None:
    make().run(ending)
