"""The clock: lays the slots of all jobs, alone among several that run, however long it was away."""

import contextlib
import logging
import queue
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from playbooks.incident.tasks import open_task
from playbooks.plan import Plan
from playbooks.schedule.job import JobRow
from playbooks.schedule.laying import is_behind, lay
from playbooks.schedule.lease import is_others, take
from playbooks.schedule.ticking import Ticker
from situation.clock import CITY_ZONE, Clock
from situation.faults import Conflict, Fault, Unavailable
from situation.state.store import StateStore

LOOK_SECONDS = 0.25
"""Pause between two looks whether the clock that holds the lease has left something undone."""

TROUBLE = "clock_trouble"
"""Kind of the task to look after a clock that missed or failed a tick; one a day."""

_log = logging.getLogger("citywatch")


class Stop(Protocol):
    """An end that is asked for; an event of threads or processes."""

    def is_set(self) -> bool:
        """Return whether the end was asked for."""
        ...


class Voice(Protocol):
    """Who is told that something cannot be done just now, and that it goes on again."""

    def ill(self, fault: Fault) -> None:
        """Say a fault."""
        ...

    def well(self) -> None:
        """Say that work goes on."""
        ...


@dataclass(frozen=True, slots=True)
class Keeper:
    """One clock of the city. `owner` is its own name; no other has it."""

    state: StateStore
    jobs: Sequence[JobRow]
    plan: Plan
    clock: Clock
    owner: str

    def turn(self) -> int:
        """Lay all that is due unless another clock holds the lease; return how many slots."""
        now = self.clock.now()
        with self.state.reading() as session:
            if not is_behind(session, self.jobs, self.plan, now) or is_others(
                session, self.owner, now
            ):
                return 0
        with self.state.transaction() as session:
            now = self.clock.now()
            if not take(session, self.owner, now):
                return 0
            return lay(session, self.jobs, self.plan, now)

    def tell(self, job: str, what: str) -> None:
        """Open the day's task for a tick that was missed or failed."""
        now = self.clock.now()
        with self.state.transaction() as session:
            open_task(
                session,
                kind=TROUBLE,
                object_kind="job",
                object_id=job,
                key=f"{now.astimezone(CITY_ZONE):%Y-%m-%d}",
                title_zh=f"时钟异常：{job}（{what}）",
                title_en=f"The clock is in trouble: {job} ({what})",
                due_at=None,
                drill_id=None,
                now=now,
            )


def keep_clock(
    state: StateStore,
    jobs: Iterable[JobRow],
    plan: Plan,
    clock: Clock,
    *,
    stop: Stop,
    owner: str,
    voice: Voice,
) -> None:
    """Lay slots as they come due until `stop`, and first what is due since the last clock.

    Any number of clocks may run: one lays, the others look after it and take over within
    `lease.SECONDS`. A database that is away is tried again with the next look.
    """
    keeper = Keeper(state, tuple(jobs), plan, clock, owner)
    ticked, troubles = threading.Event(), queue.SimpleQueue[tuple[str, str]]()

    def trouble(job: str, what: str) -> None:
        _log.warning("the clock has trouble with %s: %s", job, what)
        troubles.put((job, what))

    with Ticker(keeper.jobs, lambda _name: ticked.set(), trouble):
        while not stop.is_set():
            try:
                keeper.turn()
                _tell(keeper, troubles)
                voice.well()
            except (Unavailable, Conflict) as fault:
                voice.ill(fault)
            ticked.wait(LOOK_SECONDS)
            ticked.clear()


def _tell(keeper: Keeper, troubles: "queue.SimpleQueue[tuple[str, str]]") -> None:
    with contextlib.suppress(queue.Empty):
        while True:
            keeper.tell(*troubles.get_nowait())
