"""The sender: what is due leaves, and it ends when asked."""

import pathlib
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from situation.clock import SetClock
from situation.settings import Settings
from situation.state.tables import Delivery
from soc_api.process.sender import attend
from soc_api.process.voice import Voice
from soc_api.wiring import City, open_city
from tests.soc_api.web.city import NOW, settle
from tests.soc_api.web.department import HOUSING, add_people, issued


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    return Settings.model_validate({"store": {"folder": tmp_path}})


@pytest.fixture
def city(settings: Settings) -> Iterator[City]:
    with open_city(settings, SetClock(NOW)) as opened:
        settle(opened.state, opened.events)
        add_people(opened.state)
        yield opened


def test_what_is_due_leaves_and_it_ends_when_asked(city: City, settings: Settings) -> None:
    issued(city.state)
    stop = threading.Event()
    worker = threading.Thread(
        target=attend,
        args=(settings, (city.state, city.clock), stop),
        kwargs={"owner": "test", "voice": Voice("sending")},
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
