"""The log sensor: all inputs of the settings over one outlet, from start to stop."""

import functools
from collections.abc import Callable

from sensors.input.file.following import Follower
from sensors.input.opening import Opened
from sensors.input.stopping import Stop
from sensors.input.supervision import Input, Supervision


class LogSensor:
    """Runs inputs that were opened, and tells how each of them is."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._running: dict[str, Input] = {}

    def run(self, stop: Stop) -> None:
        """Run all inputs until `stop`; what they accepted is durable when it returns."""
        makers = {
            name: functools.partial(self._made, name, make)
            for name, make in self._opened.makers.items()
        }
        try:
            Supervision(makers, self._opened.counters).run(stop)
        finally:
            self._opened.close()

    def _made(self, name: str, make: Callable[[], Input]) -> Input:
        self._running[name] = made = make()
        return made

    def health(self) -> dict[str, dict[str, object]]:
        """Return the counts of each input as plain values; of files, lag and places, too.

        `lag_octets` are the octets of plain files that are still to be read. `places` tells the
        octet up to which each file was handed over, by path.
        """
        return {name: self._health_of(name) for name in self._opened.counters}

    def _health_of(self, name: str) -> dict[str, object]:
        told = self._opened.counters[name].plain()
        running = self._running.get(name)
        if isinstance(running, Follower):
            told |= {"lag_octets": running.lag, "places": running.places}
        return told
