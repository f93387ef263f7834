"""The ticker: the clock of the jobs. Nothing that a job does holds it up."""

import contextlib
import os
import secrets
import socket

from playbooks.plan import load_plan
from playbooks.plan.document import FOLDER
from playbooks.schedule.clock import keep_clock
from sensors.input.stopping import Stop
from situation.clock import SystemClock
from situation.settings import Settings
from soc_api.jobs.catalogue import jobs_of
from soc_api.process.insistence import insist
from soc_api.process.voice import Voice
from soc_api.wiring import open_state


def tick(settings: Settings, stop: Stop) -> None:
    """Keep the clock of the jobs until `stop`, or until who started it is gone."""
    insist(lambda wanted, voice: keep(settings, wanted, voice), stop, Voice("the clock"))


def keep(settings: Settings, stop: Stop, voice: Voice) -> None:
    """Keep the clock until `stop`. Any number of processes may: one lays, the others stand by.

    It opens the state store alone, and nothing that a job does holds it up.
    """
    clock = SystemClock()
    plan = load_plan(settings.city.plan or FOLDER)
    with contextlib.closing(open_state(settings, clock)) as state:
        jobs = jobs_of(settings)
        keep_clock(state, jobs, plan, clock, stop=stop, owner=_own_name(), voice=voice)


def _own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
