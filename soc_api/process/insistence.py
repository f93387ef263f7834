"""Insistence: a process does its work until it is told to stop, whatever comes in between."""

import multiprocessing
import signal
from collections.abc import Callable

from sensors.input.stopping import Stop
from situation.faults import Conflict, Misconfigured, Unavailable
from soc_api.process.voice import Voice
from soc_api.terminal import tell_log

LOOK_SECONDS = 2.0
"""Pause between two looks whether anybody is still there."""

MENDING_SECONDS = 60.0
"""Pause before another try where somebody has to mend something first."""


def insist(work: Callable[[Stop, Voice], None], stop: Stop, voice: Voice) -> None:
    """Do the work until `stop`; what only a person can mend is said once and waited for."""
    # Ctrl-C reaches the whole group of processes; the console's process says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tell_log()
    wanted = _WhileWanted(stop)
    while not wanted.is_set():
        try:
            work(wanted, voice)
        except (Unavailable, Conflict, Misconfigured) as fault:
            voice.ill(fault)
            _pause(wanted)


def _pause(wanted: Stop) -> None:
    for _ in range(round(MENDING_SECONDS / LOOK_SECONDS)):
        if wanted.wait(LOOK_SECONDS):
            return


class _WhileWanted:
    """An end that was asked for, or that came because nobody is there any more."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def wait(self, timeout: float | None = None) -> bool:
        """Return True as soon as the end is near, False after `timeout` seconds."""
        return self._stop.wait(timeout) or not _is_wanted()

    def is_set(self) -> bool:
        """Return whether the end is near."""
        return self._stop.is_set() or not _is_wanted()


def _is_wanted() -> bool:
    parent = multiprocessing.parent_process()
    return parent is None or parent.is_alive()
