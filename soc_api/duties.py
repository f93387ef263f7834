"""What runs by itself beside the desk: clocks that run out, overdue notices, what leaves."""

import concurrent.futures
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from playbooks.incident.clocks import sweep_clocks
from playbooks.incident.duties import sweep_progress
from playbooks.incident.zero_report import open_zero_report
from playbooks.notice.escalation.sweep import sweep_notices
from playbooks.outbox.opening import open_channels
from playbooks.outbox.worker import deliver_due
from playbooks.warning.duty import open_forced_duties
from sensors.input.stopping import Stop
from situation.faults import Conflict, Fault, Unavailable
from situation.settings import Settings
from soc_api.wiring import City

SWEEP_SECONDS = 2.0
"""Pause between two looks at what is due: an overdue notice is marked within 10 seconds."""

DELIVER_SECONDS = 1.0
"""Pause between two looks into the outbox."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one look found: clocks missed, notices newly overdue, steps of escalation taken."""

    clocks_missed: int
    overdue: int
    steps: int


def sweep(city: City) -> Swept:
    """Mark what ran out and take the steps that are due; harmless to repeat."""
    now = city.clock.now()
    with city.state.transaction() as session:
        missed = sweep_clocks(session, now)
        open_zero_report(session, city.plan, now)
        open_forced_duties(session, city.plan, now)
        sweep_progress(session, city.plan, now)
    overdue = steps = 0
    more = True
    while more:
        with city.state.transaction() as session:
            swept = sweep_notices(session, city.plan, now)
        overdue, steps, more = overdue + swept.overdue, steps + swept.steps, swept.is_full
    return Swept(missed, overdue, steps)


class Voice(Protocol):
    """Who is told that something cannot be done just now, and that it goes on again."""

    def ill(self, fault: Fault) -> None:
        """Say a fault."""
        ...

    def well(self) -> None:
        """Say that work goes on."""
        ...


def attend(
    settings: Settings, city: City, stop: Stop, *, owner: str, voice: Callable[[str], Voice]
) -> None:
    """Sweep and deliver until `stop`; a slow channel never holds up the clocks.

    A database that is away is tried again with the next look; `voice` makes who says so.
    """
    channels = open_channels(settings)

    def deliver() -> None:
        deliver_due(city.state, channels, city.clock, owner=owner)

    with concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="deliver") as thread:
        carrying = thread.submit(_repeat, deliver, stop, voice("sending"))
        reminding = voice("reminding")
        while not stop.wait(SWEEP_SECONDS) and not carrying.done():
            _try(lambda: sweep(city), reminding)
        carrying.result()


def _repeat(deliver: Callable[[], None], stop: Stop, voice: Voice) -> None:
    while not stop.wait(DELIVER_SECONDS):
        _try(deliver, voice)


def _try(work: Callable[[], object], voice: Voice) -> None:
    try:
        work()
        voice.well()
    except (Unavailable, Conflict) as fault:
        voice.ill(fault)
