"""APScheduler as a clock and nothing else: it says that a job is wanted, in memory alone."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Self

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from playbooks.schedule.job import JobRow
from playbooks.schedule.timing import trigger_of
from situation.clock import CITY_ZONE

_TROUBLE = {
    EVENT_JOB_MISSED: "missed",
    EVENT_JOB_ERROR: "error",
    EVENT_JOB_MAX_INSTANCES: "still at the one before",
}

Tick = Callable[[str], None]
"""Takes the name of the job that is wanted now."""

Trouble = Callable[[str, str], None]
"""Takes the name of a job and what became of its tick."""


class Ticker:
    """Calls `tick` when a job is wanted, and `trouble` when a tick was missed or failed.

    Ticks that the machine slept through come as one: what they stand for is in the rows.
    """

    def __init__(self, jobs: Iterable[JobRow], tick: Tick, trouble: Trouble) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=CITY_ZONE,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for job in jobs:
            self._scheduler.add_job(tick, trigger_of(job.timing), args=(job.name,), id=job.name)

        def listen(event: JobEvent) -> None:
            trouble(event.job_id, _TROUBLE[event.code])

        self._scheduler.add_listener(listen, sum(_TROUBLE))

    def __enter__(self) -> Self:
        """Start to tick."""
        self._scheduler.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; a tick under way ends first."""
        self._scheduler.shutdown(wait=True)

    def next_tick(self) -> dt.datetime | None:
        """Return when it ticks next, None where no job has a time."""
        times = [job.next_run_time for job in self._scheduler.get_jobs()]
        return min((at for at in times if at is not None), default=None)
