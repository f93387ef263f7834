"""Golden drills: each scenario leads to exactly what it says it should lead to."""

import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from situation.events.store import Query
from situation.settings import read_settings
from situation.state.tables import Alert, Drill, Incident, Notice, OutboxMessage
from soc_api.drills.drill import run_drill
from soc_api.drills.scenario import list_scenarios, read_scenario
from soc_api.wiring import City, open_city
from tests.testdata import ROOT

SCENARIOS = ("quiet-day", "intrusion", "iot-botnet")


@pytest.fixture
def city(tmp_path: pathlib.Path) -> Iterator[City]:
    with open_city(read_settings(None, {"store": {"folder": tmp_path}})) as opened:
        yield opened


def _progress(_stage: str, _done: int, _total: int) -> None:
    pass


def test_every_scenario_of_the_folder_has_its_golden_drill() -> None:
    assert {scenario.id for scenario in list_scenarios(ROOT / "pcaps")} == set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_drill_finds_what_was_expected_and_nothing_else(city: City, name: str) -> None:
    result = run_drill(city, read_scenario(ROOT / "pcaps", name), _progress)
    findings = result["findings"]
    assert isinstance(findings, list)
    assert [finding for finding in findings if finding["verdict"] != "found"] == []


def test_everything_of_a_drill_carries_its_id_and_lies_apart(city: City) -> None:
    scenario = read_scenario(ROOT / "pcaps", "intrusion")
    drill = run_drill(city, scenario, _progress)["drill"]
    assert isinstance(drill, str)
    with city.state.reading() as session:
        for table in (Alert, Incident, Notice):
            marks = session.scalars(sa.select(table.drill_id)).all()
            assert marks
            assert set(marks) == {drill}
        assert session.get_one(Drill, drill).finished_at is not None
        notices = session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.topic == "notice")
        ).all()
        assert notices
        assert all(message.payload["drill_id"] == drill for message in notices)
    alert = _alerts(city)[0]
    for dataset in ("flow", "dns", "log", "alert"):
        query = Query(dataset, alert.window_start, alert.window_end)
        assert city.events.count(query) == 0
    for dataset in ("flow", "log"):
        asked = Query(f"{drill}-{dataset}", alert.window_start, alert.window_end, limit=5)
        found = city.events.search(asked).documents
        assert {document["citywatch.drill.id"] for document in found} == {drill}


def _alerts(city: City) -> list[Alert]:
    with city.state.reading() as session:
        return list(session.scalars(sa.select(Alert).order_by(Alert.id)))


def test_the_same_drill_twice_stands_twice_on_the_desk(city: City) -> None:
    scenario = read_scenario(ROOT / "pcaps", "intrusion")
    first = run_drill(city, scenario, _progress)
    second = run_drill(city, scenario, _progress)
    assert first["drill"] != second["drill"]
    subjects = [
        sorted(alert["subject"] for alert in alerts)
        for result in (first, second)
        if isinstance(alerts := result["alerts"], list)
    ]
    assert subjects[0] == subjects[1]
