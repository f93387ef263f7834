"""What runs beside the desk: overdue notices, missed clocks, and what leaves."""

import datetime as dt
import pathlib
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from playbooks.incident.duties import PROGRESS
from situation.clock import SetClock
from situation.settings import Settings
from situation.state.tables import Delivery, Incident, Notice, RunningClock, Task
from soc_api.duties import attend, sweep
from soc_api.serving import Voice
from soc_api.wiring import City, open_city
from tests.soc_api.web.city import INCIDENT, NOW, settle
from tests.soc_api.web.department import HOUSING, add_people, issued

LATER = NOW + dt.timedelta(days=9)


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    return Settings.model_validate({"store": {"folder": tmp_path}})


@pytest.fixture
def city(settings: Settings) -> Iterator[City]:
    with open_city(settings, SetClock(NOW)) as opened:
        settle(opened.state, opened.events)
        add_people(opened.state)
        yield opened


def test_what_ran_out_is_marked_by_the_next_sweep_and_once(city: City) -> None:
    key = issued(city.state)
    assert isinstance(city.clock, SetClock)
    assert sweep(city).overdue == 0
    city.clock.advance(LATER - NOW)
    swept = sweep(city)
    assert (swept.overdue, swept.clocks_missed > 0) == (1, True)
    again = sweep(city)
    assert (again.overdue, again.clocks_missed, again.steps) == (0, 0, 0)
    with city.state.reading() as session:
        assert session.get_one(Notice, key).overdue_at == LATER
        incident = session.get_one(Incident, INCIDENT)
        states = session.scalars(
            sa.select(RunningClock.state).where(RunningClock.incident_id == incident.id)
        )
        assert "missed" in set(states)


def test_a_response_is_asked_for_its_progress(city: City) -> None:
    with city.state.transaction() as session:
        incident = session.get_one(Incident, INCIDENT)
        incident.stage, incident.level = "responding", 3
    sweep(city)
    with city.state.reading() as session:
        asked = sa.select(Task.due_at).where(Task.kind == PROGRESS, Task.object_id == INCIDENT)
        assert session.scalars(asked).all() == [NOW + dt.timedelta(hours=4)]


def test_what_is_due_leaves_while_the_sweep_goes_on_and_it_ends_when_asked(
    city: City, settings: Settings
) -> None:
    issued(city.state)
    stop = threading.Event()
    worker = threading.Thread(
        target=attend, args=(settings, city, stop), kwargs={"owner": "test", "voice": Voice}
    )
    worker.start()
    try:
        for _ in range(100):
            if _portal_state(city) == "delivered":
                break
            stop.wait(0.1)
    finally:
        stop.set()
        worker.join(30)
    assert not worker.is_alive()
    assert _portal_state(city) == "delivered"


def _portal_state(city: City) -> str | None:
    with city.state.reading() as session:
        return session.scalar(
            sa.select(Delivery.state).where(
                Delivery.recipient == HOUSING, Delivery.channel == "portal"
            )
        )
