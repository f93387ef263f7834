"""The responder beside the desk: a cause starts its playbook, and the points follow."""

import pathlib
import threading
from collections.abc import Iterator
from typing import TypeVar

import pytest
import sqlalchemy as sa

from playbooks.execution.voting import vote
from playbooks.outbox.worker import turn
from playbooks.person import Person
from playbooks.service import fold
from situation.clock import SystemClock
from situation.faults import Conflict
from situation.settings import Settings
from situation.state.tables import Approval, Measure
from soc_api.process.responder import LOCK_NAME, carry_out
from soc_api.process.voice import Voice
from soc_api.wiring import City, open_city
from tests.playbooks.intrusion import ATTACKER, alert, put

PATIENCE_SECONDS = 30.0
Row = TypeVar("Row", Approval, Measure)
LEADS = (Person("wang", "duty_lead"), Person("zhao", "duty_lead"))


@pytest.fixture
def city(tmp_path: pathlib.Path) -> Iterator[City]:
    settings = Settings.model_validate({"store": {"folder": tmp_path}})
    with open_city(settings) as opened:
        yield opened


@pytest.fixture
def beside(city: City) -> Iterator[threading.Event]:
    stop = threading.Event()
    worker = threading.Thread(target=carry_out, args=(city.settings, stop, Voice))
    worker.start()
    yield stop
    stop.set()
    worker.join(PATIENCE_SECONDS)
    assert not worker.is_alive()


def test_a_guessed_password_is_blocked_at_the_border_once_people_agreed(
    city: City, beside: threading.Event
) -> None:
    put(city.state, [alert("guessing_success", 0, severity=4, technique="T1110.001")])
    fold(city.state, city.plan, city.assets, SystemClock(), drill_id=None)
    asked = _awaited(city, beside, sa.select(Approval).where(Approval.state == "pending"))
    assert f"{ATTACKER}/32" in str(asked.intent["command"])
    for person in LEADS[: asked.quorum]:
        with city.state.transaction() as session:
            vote(
                session,
                asked.id,
                approve=True,
                remark="",
                sha256=asked.action_sha256,
                by=person,
                now=city.clock.now(),
            )
    _awaited(city, beside, sa.select(Measure).where(Measure.state == "in_force"))
    border = city.settings.store.folder / "blocklist" / "border.txt"
    assert ATTACKER in border.read_text(encoding="utf-8")


def test_a_second_responder_of_the_same_folder_does_not_begin(city: City) -> None:
    with turn(city.settings.store.folder, LOCK_NAME), pytest.raises(Conflict):
        carry_out(city.settings, threading.Event(), Voice)


def _awaited(city: City, stop: threading.Event, wanted: sa.Select[Row]) -> Row:
    for _ in range(int(PATIENCE_SECONDS * 10)):
        with city.state.reading() as session:
            row = session.scalars(wanted).first()
        if row is not None:
            return row
        stop.wait(0.1)
    raise AssertionError("it did not come")
