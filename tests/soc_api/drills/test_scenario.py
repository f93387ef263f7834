"""Scenarios are read whole or refused with their place."""

import hashlib
import pathlib
import shutil

import pytest

from situation.faults import Malformed, Misconfigured
from soc_api.drills.scenario import list_scenarios, read_scenario
from tests.testdata import ROOT

FOLDER = ROOT / "pcaps"


@pytest.mark.parametrize("scenario", list_scenarios(FOLDER), ids=lambda scenario: str(scenario.id))
def test_the_capture_is_the_one_that_the_description_names(scenario: object) -> None:
    described = read_scenario(FOLDER, getattr(scenario, "id", ""))
    assert hashlib.sha256(described.capture.read_bytes()).hexdigest() == described.sha256
    assert described.name.zh
    assert described.description.en


def test_a_scenario_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(Malformed, match="intrusion, iot-botnet, quiet-day"):
        read_scenario(FOLDER, "earthquake")


def test_a_key_that_nobody_knows_is_refused(tmp_path: pathlib.Path) -> None:
    shutil.copytree(FOLDER / "quiet-day", tmp_path / "quiet-day")
    description = tmp_path / "quiet-day" / "scenario.toml"
    description.write_text('colour = "red"\n' + description.read_text(encoding="utf-8"))
    with pytest.raises(Misconfigured, match="colour"):
        read_scenario(tmp_path, "quiet-day")


def test_an_expectation_that_is_no_json_is_refused(tmp_path: pathlib.Path) -> None:
    shutil.copytree(FOLDER / "quiet-day", tmp_path / "quiet-day")
    (tmp_path / "quiet-day" / "expected.json").write_text("{")
    with pytest.raises(Misconfigured, match="quiet-day"):
        read_scenario(tmp_path, "quiet-day")


def test_the_logs_of_a_scenario_are_read_with_their_rules() -> None:
    described = read_scenario(FOLDER, "intrusion")
    assert [(log.path.name, log.kind, log.host) for log in described.logs] == [
        ("exchange-front-auth.log", "auth", "10.20.1.15"),
        ("portal-auth.log", "auth", "10.20.1.10"),
        ("portal-access.log", "nginx-access", "10.20.1.10"),
    ]
    assert {(log.zone.key, log.year) for log in described.logs} == {("Asia/Shanghai", 2026)}
    assert read_scenario(FOLDER, "iot-botnet").logs == ()


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"portal-auth.log"', '"gone.log"', "gone.log: the log is missing"),
        ('"Asia/Shanghai"', '"Asia/Nowhere"', "zone"),
        ('host = "10.20.1.10"', 'host = "portal"', "host"),
    ],
)
def test_a_log_that_is_told_wrongly_is_refused(
    tmp_path: pathlib.Path, before: str, after: str, fault: str
) -> None:
    shutil.copytree(FOLDER / "quiet-day", tmp_path / "quiet-day")
    description = tmp_path / "quiet-day" / "scenario.toml"
    text = description.read_text(encoding="utf-8")
    assert before in text
    description.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(Misconfigured, match=fault):
        read_scenario(tmp_path, "quiet-day")
