"""Insistence: a process does its work until it is told to stop, whatever comes in between."""

import signal
from collections.abc import Callable

from sensors.input.stopping import Stop
from situation.faults import Conflict, Misconfigured, Unavailable
from soc_api.process.voice import Voice
from soc_api.terminal import tell_log

MENDING_SECONDS = 60.0
"""Pause before another try where somebody has to mend something first."""


def insist(work: Callable[[Stop, Voice], None], stop: Stop, voice: Voice) -> None:
    """Do the work until `stop`; what only a person can mend is said once and waited for."""
    # Ctrl-C reaches the whole group of processes; the console's process says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tell_log()
    while not stop.is_set():
        try:
            work(stop, voice)
        except (Unavailable, Conflict, Misconfigured) as fault:
            voice.ill(fault)
            stop.wait(MENDING_SECONDS)
