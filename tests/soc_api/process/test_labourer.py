"""Ticker and labourer as they run beside the desk: what runs out is marked, by themselves."""

import contextlib
import datetime as dt
import pathlib
import threading
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from playbooks.outbox.worker import turn
from playbooks.person import Person
from playbooks.schedule.ledger import run_now
from situation.clock import SystemClock
from situation.faults import Conflict
from situation.settings import Settings
from situation.state.tables import Job, JobSlot, RunningClock
from soc_api.jobs.catalogue import JOBS, SWEEP
from soc_api.process.labourer import LOCK_NAME, work
from soc_api.process.ticker import keep
from soc_api.process.voice import Voice
from soc_api.wiring import City, open_city
from tests.soc_api.web.city import settle

SECONDS = 30.0
LEAD = Person("陈一", "duty_lead")


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    return Settings.model_validate({"store": {"folder": tmp_path}})


@pytest.fixture
def city(settings: Settings) -> Iterator[City]:
    with open_city(settings) as opened:
        settle(opened.state, opened.events)
        yield opened


@contextlib.contextmanager
def _beside(settings: Settings) -> Iterator[threading.Event]:
    stop = threading.Event()
    threads = [
        threading.Thread(target=keep, args=(settings, stop, Voice("the clock"))),
        threading.Thread(target=work, args=(settings, stop, Voice)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(SECONDS)
    assert not any(thread.is_alive() for thread in threads)


def _await(stop: threading.Event, holds: Callable[[], bool]) -> None:
    for _ in range(round(SECONDS / 0.1)):
        if holds():
            return
        stop.wait(0.1)
    pytest.fail("it does not come")


def test_what_ran_out_is_marked_by_the_sweep_that_the_clock_asks_for(
    city: City, settings: Settings
) -> None:
    with city.state.transaction() as session:
        clock = session.scalars(sa.select(RunningClock)).first()
        assert clock is not None
        clock.state, clock.due_at = "running", SystemClock().now() - dt.timedelta(minutes=1)
        key = clock.id

    def is_missed() -> bool:
        with city.state.reading() as session:
            return session.get_one(RunningClock, key).state == "missed"

    with _beside(settings) as stop:
        _await(stop, is_missed)
    with city.state.reading() as session:
        done = session.scalars(sa.select(JobSlot).where(JobSlot.state == "done")).all()
        assert any(row.outcome["clocks_missed"] for row in done if row.job == SWEEP.name)
        assert set(session.scalars(sa.select(Job.name))) == {row.name for row in JOBS}


def test_each_lane_does_its_jobs_when_a_person_asks(city: City, settings: Settings) -> None:
    with city.state.transaction() as session:
        for row in JOBS:
            run_now(session, row, by=LEAD, now=SystemClock().now())

    def is_done() -> bool:
        asked = sa.select(JobSlot.state).where(JobSlot.asked_by == LEAD.name)
        with city.state.reading() as session:
            return set(session.scalars(asked)) == {"done"}

    with _beside(settings) as stop:
        _await(stop, is_done)
    with city.state.reading() as session:
        asked = sa.select(JobSlot.job).where(JobSlot.asked_by == LEAD.name)
        assert set(session.scalars(asked)) == {row.name for row in JOBS}


def test_a_second_worker_of_the_same_folder_is_refused(settings: Settings) -> None:
    asked = threading.Event()
    asked.set()
    with turn(settings.store.folder, LOCK_NAME), pytest.raises(Conflict, match=r"jobs\.lock"):
        work(settings, asked, Voice)
    # Who comes after it works, and ends at once when it was asked to.
    work(settings, asked, Voice)
