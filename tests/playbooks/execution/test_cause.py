"""The facts that a cause tells: those of its own kind, known, each of its type."""

import datetime as dt
import json
import pathlib

import pytest

from playbooks.cacao.variable import TYPES, typed
from playbooks.execution.cause import (
    FACTS,
    Cause,
    cause_of,
    cause_of_clock,
    cause_of_incident,
    cause_of_nothing,
    cause_of_warning,
)
from playbooks.incident.hand import open_by_hand
from playbooks.plan.response import HeightenedPeriod
from situation.state.store import StateStore
from situation.state.tables import Incident, RunningClock
from tests.playbooks.incident.case import LEAD, LEVEL_3, PLAN, clock, graded, opened
from tests.playbooks.intrusion import ATTACKER, FRONT_END, NOW, alert, intrusion
from tests.playbooks.intrusion import opened as desk
from tests.playbooks.warning.test_acts import directory, drafted

PERIOD = HeightenedPeriod(
    key="national-day",
    zh="国庆重保",
    en="National Day",
    start=NOW,
    end=NOW + dt.timedelta(days=7),
    sla_factor=0.5,
    instrument="city_plan",
    clause="重保",
    source="6.5",
    mark="project",
    verified=False,
)


@pytest.fixture
def state(tmp_path: pathlib.Path) -> StateStore:
    return desk(tmp_path)


def told(state: StateStore, incident: Incident, *about: str) -> Cause:
    with state.reading() as session:
        return cause_of_incident(session, PLAN, session.get_one(Incident, incident.id), about)


def test_every_fact_has_a_type_and_words_in_both_languages() -> None:
    assert {fact.type for fact in FACTS.values()} <= set(TYPES)
    assert all(name == fact.name for name, fact in FACTS.items())
    assert all(fact.words.zh and fact.words.en for fact in FACTS.values())


def test_an_incident_tells_what_its_alerts_know(state: StateStore) -> None:
    incident = opened(state, intrusion("d1"), drill_id="d1")
    cause = told(state, incident)
    facts = cause.facts
    assert (cause.object_kind, cause.object_id) == ("incident", incident.id)
    assert (cause.incident_id, cause.drill_id) == (incident.id, "d1")
    assert facts["incident.level"] == str(incident.level)
    assert facts["incident.host_ip"] == FRONT_END
    assert facts["incident.alert_id"] == "d1-guessing_success-31"
    assert (facts["incident.source_ip"], facts["incident.destination_ip"]) == (ATTACKER, FRONT_END)
    assert facts["incident.remote_ip"] == ATTACKER
    assert json.loads(facts["incident.remote_ips"])[:2] == [ATTACKER, "198.51.100.23"]
    assert facts["incident.domain"] == "t.example.net"
    assert "guessing_success" in json.loads(facts["incident.detectors"])
    assert len(json.loads(facts["incident.alert_ids"])) == 5


def test_each_fact_is_of_its_type(state: StateStore) -> None:
    facts = told(state, opened(state, intrusion())).facts
    assert set(facts) <= set(FACTS)
    for name, value in facts.items():
        typed(FACTS[name].type, value)


def test_what_is_not_known_is_no_fact(state: StateStore) -> None:
    facts = told(state, opened(state, [alert("scan", 0, severity=4)])).facts
    assert not {"incident.account", "incident.domain", "incident.url"} & set(facts)


def test_what_is_none_of_its_type_is_no_fact(state: StateStore) -> None:
    strange = {"domain": "not a domain", "account": "root"}
    facts = told(state, opened(state, [alert("scan", 0, severity=4, indicators=strange)])).facts
    assert "incident.domain" not in facts
    assert facts["incident.account"] == "root"


def test_the_far_end_is_what_the_alert_names_and_never_a_host_of_the_incident(
    state: StateStore,
) -> None:
    inward = {"source_ip": "198.51.100.9", "indicators": {"address": ATTACKER}}
    onward = {"source_ip": FRONT_END, "host_ip": "10.20.2.11", "destination_ip": "10.20.2.11"}
    alerts = [alert("guessing", 0, severity=4, **inward), alert("sweep", 5, **onward)]
    facts = told(state, opened(state, alerts)).facts
    assert facts["incident.remote_ip"] == ATTACKER
    assert json.loads(facts["incident.remote_ips"]) == [ATTACKER, "198.51.100.9"]
    assert json.loads(facts["incident.host_ips"]) == [FRONT_END, "10.20.2.11"]


def test_an_incident_without_alerts_tells_what_a_person_entered(state: StateStore) -> None:
    with state.transaction() as session:
        incident = open_by_hand(
            session,
            PLAN,
            title_zh="电话报告",
            title_en="",
            category="malicious_program/ransomware",
            department="示例市交通局",
            discovered_at=NOW,
            drill_id=None,
            by=LEAD,
            now=NOW,
        )
    facts = told(state, incident).facts
    assert facts["incident.category"] == "malicious_program/ransomware"
    assert not {"incident.remote_ip", "incident.alert_id", "incident.asset"} & set(facts)
    assert facts["incident.alert_ids"] == "[]"


def test_a_clock_tells_itself_and_its_incident(state: StateStore) -> None:
    incident = graded(state, LEVEL_3)
    row = clock(state, "T-OTH-1")
    with state.reading() as session:
        cause = cause_of_clock(session, PLAN, session.get_one(RunningClock, row.id))
    assert (cause.object_kind, cause.object_id) == ("incident", incident.id)
    assert cause.facts["clock.id"] == "T-OTH-1"
    assert row.due_at is not None
    assert cause.facts["clock.due_at"] == row.due_at.isoformat()
    assert cause.facts["incident.id"] == incident.id


def test_a_warning_tells_itself_and_the_incident_it_comes_from(state: StateStore) -> None:
    incident = opened(state)
    with state.transaction() as session:
        directory(session)
        warning = drafted(session, incident_id=incident.id)
        cause = cause_of_warning(session, PLAN, warning)
    assert (cause.object_kind, cause.object_id) == ("warning", warning.id)
    assert (cause.facts["warning.colour"], cause.facts["warning.level"]) == ("yellow", "3")
    assert cause.facts["incident.id"] == cause.incident_id == incident.id


def test_a_period_and_nothing_are_causes_too(state: StateStore) -> None:
    with state.reading() as session:
        cause = cause_of(session, PLAN, PERIOD)
    assert (cause.object_kind, cause.object_id) == ("period", "national-day")
    assert cause.facts["period.name"] == "国庆重保"
    assert cause_of_nothing().facts == {}


def test_the_alerts_that_a_playbook_is_about_speak_first(state: StateStore) -> None:
    guessed = alert("guessing_success", 0, severity=3, indicators={"account": "root"})
    sent = alert(
        "upload",
        5,
        severity=4,
        source_ip=FRONT_END,
        destination_ip="192.0.2.140",
        indicators={"account": "backup"},
    )
    incident = opened(state, [guessed, sent])
    answers = {
        about: (facts["incident.remote_ip"], facts["incident.alert_id"], facts["incident.account"])
        for about in (
            "",
            "guessing_success",
            "upload",
            "network_attack/credential_attack",
            "network_attack",
            "data_security/data_theft",
        )
        if (facts := told(state, incident, about).facts)
    }
    by_guess = (ATTACKER, guessed.id, "root")
    by_upload = ("192.0.2.140", sent.id, "backup")
    assert answers == {
        "": by_upload,
        "guessing_success": by_guess,
        "upload": by_upload,
        "network_attack/credential_attack": by_guess,
        "network_attack": by_guess,
        "data_security/data_theft": by_upload,
    }


def test_whatever_speaks_first_all_the_others_are_told_too(state: StateStore) -> None:
    incident = opened(state, intrusion())
    plain, about = (told(state, incident, name).facts for name in ("", "upload"))
    for name in ("incident.remote_ips", "incident.alert_ids"):
        assert sorted(json.loads(plain[name])) == sorted(json.loads(about[name]))
    assert about["incident.remote_ip"] == "198.51.100.23"
