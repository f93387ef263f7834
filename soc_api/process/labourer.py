"""The labourer: the jobs that are due are done."""

import concurrent.futures
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playbooks.outbox.worker import turn
from playbooks.schedule.claim import Slot
from playbooks.schedule.working import work_due
from sensors.input.stopping import Stop
from situation.faults import Conflict, Unavailable
from situation.settings import Settings
from soc_api.jobs.catalogue import jobs_of
from soc_api.jobs.work import do
from soc_api.process.insistence import insist
from soc_api.process.voice import Voice
from soc_api.wiring import City, open_city

WORK_SECONDS = 0.5
"""Pause between two looks for slots that are due."""

LOCK_NAME = "jobs.lock"

LANES = ("quick", "slow")
"""A long job never holds up the sweeps: each lane has a thread of its own."""

Voices = Callable[[str], Voice]
"""Makes who says what ails the part of that name."""


def labour(settings: Settings, stop: Stop) -> None:
    """Do the jobs that are due until `stop`, or until who started it is gone."""
    insist(lambda wanted, _voice: work(settings, wanted, Voice), stop, Voice("the jobs"))


def work(settings: Settings, stop: Stop, voices: Voices) -> None:
    """Do the jobs that are due until `stop`; one process of an installation's folder does.

    Raises `Conflict` while another one is at it, `Unavailable` where a store is away.
    """
    with open_city(settings) as city, turn(settings.store.folder, LOCK_NAME) as owner:
        over = threading.Event()
        with concurrent.futures.ThreadPoolExecutor(len(LANES), thread_name_prefix="jobs") as pool:
            lanes = [
                pool.submit(_work_lane, city, (lane, owner), _Until(stop, over), voices(lane))
                for lane in LANES
            ]
            # A lane that dies of a bug takes the others along: the process is started again.
            concurrent.futures.wait(lanes, return_when=concurrent.futures.FIRST_COMPLETED)
            over.set()
        for lane in lanes:
            lane.result()


@dataclass(frozen=True, slots=True)
class _Until:
    stop: Stop
    over: threading.Event

    def wait(self, seconds: float) -> bool:
        return self.stop.wait(seconds) or self.over.is_set()


def _work_lane(city: City, who: tuple[str, str], until: _Until, voice: Voice) -> None:
    lane, owner = who[0], f"{who[1]}#{who[0]}"
    rows = [job for job in jobs_of(city.settings) if job.lane == lane]

    def work_slot(slot: Slot) -> Mapping[str, int]:
        return do(city, slot)

    while not until.wait(WORK_SECONDS):
        try:
            work_due(city.state, rows, city.clock, owner=owner, do=work_slot)
            voice.well()
        except (Unavailable, Conflict) as fault:
            voice.ill(fault)
