"""The fold on a real desk: incidents, clocks, notices, and nothing twice."""

import datetime as dt
import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from playbooks.incident.regrading import (
    Entered,
    ask_downgrade,
    complete_facts,
    decide_downgrade,
)
from playbooks.incident.stage import advance
from playbooks.person import Person
from playbooks.plan import load_plan
from playbooks.service import Folded, fold
from situation.clock import SetClock
from situation.state.store import StateStore
from situation.state.tables import Alert, AuditLine, Incident, Notice, OutboxMessage, RunningClock
from tests.playbooks.intrusion import (
    ASSETS,
    ATTACKER,
    FRONT_END,
    MINUTE,
    NOW,
    RESOLVER,
    T0,
    WORKSTATION,
    alert,
    everything,
    intrusion,
    opened,
    put,
)

PLAN = load_plan()
LEAD = Person("lead", "duty_lead")
SECOND = Person("second", "duty_lead")


@pytest.fixture
def state(tmp_path: pathlib.Path) -> Iterator[StateStore]:
    store = opened(tmp_path)
    yield store
    store.close()


def folded(state: StateStore, at: dt.datetime = NOW, drill_id: str | None = None) -> Folded:
    return fold(state, PLAN, ASSETS, SetClock(at), drill_id=drill_id)


def incidents(state: StateStore) -> list[Incident]:
    with state.reading() as session:
        return list(session.scalars(sa.select(Incident).order_by(Incident.first_seen)))


def clocks(state: StateStore) -> list[RunningClock]:
    """Return the clocks that were started; those of the end of the response still wait."""
    with state.reading() as session:
        rows = session.scalars(sa.select(RunningClock).order_by(RunningClock.id))
        return [row for row in rows if row.started_at is not None]


def codes(incident: Incident) -> set[object]:
    return {flag["code"] for flag in incident.flags if isinstance(flag, dict)}


def test_an_intrusion_becomes_one_graded_incident(state: StateStore) -> None:
    put(state, intrusion())
    result = folded(state)
    (incident,) = incidents(state)
    assert result.incidents == (incident.id,)
    assert incident.id.startswith("SJ-20260303-")
    assert (incident.level, incident.alert_count, incident.category) == (
        3,
        5,
        "data_security/data_theft",
    )
    assert (incident.department, incident.asset, incident.host_ip) == (
        "示例市数据局",
        "数据交换前置机",
        FRONT_END,
    )
    assert incident.title_zh == "数据交换前置机：口令猜解成功、信标外联、DNS 隧道、数据外传"
    assert (incident.first_seen, incident.last_seen) == (T0, T0 + 80 * MINUTE)


def test_the_level_has_its_reason_with_clause_and_source(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (reason,) = incidents(state)[0].reasons
    assert isinstance(reason, dict)
    assert reason["clause"] == "6.2"
    assert reason["value"] == "special x considerable"
    assert (reason["level"], reason["verified"]) == (3, False)


def test_each_fact_says_whether_it_is_proved_and_where_it_is_from(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (incident,) = incidents(state)
    assert incident.facts == {
        "operator": "cii",
        "object_importance": "special",
        "business_loss": "considerable",
    }
    states = {key: told["state"] for key, told in incident.fact_sources.items()}  # type: ignore[index] # sources are objects
    assert states == {
        "operator": "proved",
        "object_importance": "proved",
        "business_loss": "assumed",
    }


def test_the_clocks_of_the_level_run_from_discovery(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    due = {(clock.clock, clock.addressee): clock.due_at for clock in clocks(state)}
    hour = dt.timedelta(hours=1)
    assert due == {
        ("T-CII-1", "保护工作部门"): NOW + hour,
        ("T-CII-1", "公安机关"): NOW + hour,
        ("T-CITY", "市委网信办（电话）"): NOW + hour,
        ("T-CITY", "市委网信办（书面）"): NOW + 2 * hour,
    }


def test_a_second_fold_changes_nothing(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    before = everything(state)
    assert folded(state, NOW + MINUTE) == Folded()
    assert everything(state) == before


def test_every_change_has_its_audit_line(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    with state.reading() as session:
        lines = session.scalars(sa.select(AuditLine)).all()
    actions = sorted({line.action for line in lines})
    assert actions == [
        "alert.fold",
        "clock.start",
        "clock.wait",
        "incident.grade",
        "incident.open",
        "notice.draft",
        "task.open",
    ]
    assert {line.actor for line in lines} == {"system"}


def test_a_lone_scan_from_outside_stays_an_alert(state: StateStore) -> None:
    put(state, [alert("scan", 0), alert("sweep", 3, destination_ip=None, host_ip=None)])
    assert folded(state) == Folded()
    assert incidents(state) == []


def test_alerts_of_different_drills_never_mix(state: StateStore) -> None:
    put(state, [*intrusion(), *intrusion("drill-1"), *intrusion("drill-2")])
    for drill_id in (None, "drill-1", "drill-2"):
        assert len(folded(state, drill_id=drill_id).incidents) == 1
    found = incidents(state)
    assert {incident.drill_id for incident in found} == {None, "drill-1", "drill-2"}
    assert {incident.alert_count for incident in found} == {5}
    assert len({incident.id for incident in found}) == 3


def test_a_drill_keeps_its_clocks_and_says_that_it_is_one(state: StateStore) -> None:
    put(state, intrusion("drill-1"))
    folded(state, drill_id="drill-1")
    (incident,) = incidents(state)
    assert "exercise" in codes(incident)
    assert len(clocks(state)) == 4
    with state.reading() as session:
        notice = session.scalars(sa.select(Notice)).one()
        message = session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.topic == "notice")
        ).one()
    assert notice.number == "示网应通（演练）〔2026〕第001号"
    assert notice.title_zh.startswith("【演练】")
    assert (message.topic, message.payload["drill"]) == ("notice", True)


def test_a_resolver_does_not_link_two_infected_hosts(state: StateStore) -> None:
    tunnel = {"severity": 3, "destination_ip": RESOLVER}
    put(
        state,
        [
            alert("dns_tunnel", 0, source_ip=FRONT_END, host_ip=FRONT_END, **tunnel),
            alert("dns_tunnel", 1, source_ip=WORKSTATION, host_ip=WORKSTATION, **tunnel),
        ],
    )
    assert len(folded(state).incidents) == 2


def test_a_later_alert_joins_and_raises_the_level(state: StateStore) -> None:
    *early, upload = intrusion()
    put(state, early)
    folded(state)
    assert incidents(state)[0].level == 4
    assert clocks(state) == []
    put(state, [upload])
    later = NOW + 30 * MINUTE
    folded(state, later)
    (incident,) = incidents(state)
    assert (incident.level, incident.facts_level, incident.alert_count) == (3, 3, 5)
    assert incident.discovered_at == NOW
    assert {clock.started_at for clock in clocks(state)} == {later}
    assert "follow_up_report_due" in codes(incident)


def test_folding_step_by_step_ends_where_folding_at_once_does(
    state: StateStore, tmp_path: pathlib.Path
) -> None:
    put(state, intrusion())
    folded(state)
    (tmp_path / "other").mkdir()
    other = opened(tmp_path / "other")
    for each in intrusion():
        put(other, [each])
        folded(other)
    (at_once,), (by_steps,) = incidents(state), incidents(other)
    other.close()
    for name in ("id", "level", "facts", "entities", "title_zh", "category", "alert_count"):
        assert getattr(at_once, name) == getattr(by_steps, name)


def test_growth_keeps_the_clocks_that_run_and_what_a_person_has_entered(state: StateStore) -> None:
    *early, last = intrusion()
    put(state, [*early, alert("upload", 74, severity=3)])
    folded(state)
    running = [(clock.id, clock.due_at, clock.version) for clock in clocks(state)]
    with state.transaction() as session:
        incident = session.scalars(sa.select(Incident)).one()
        complete_facts(
            session,
            PLAN,
            incident.id,
            entered={
                "business_loss": Entered("minor", "proved"),
                "people_affected": Entered(3, "proved"),
            },
            reason="电话",
            by=LEAD,
            expected_version=incident.version,
            now=NOW,
        )
    put(state, [last])
    folded(state, NOW + MINUTE)
    (incident,) = incidents(state)
    assert incident.facts["business_loss"] == "minor"
    assert incident.facts["people_affected"] == 3
    assert incident.level == 3
    assert incident.reasons
    assert [(clock.id, clock.due_at, clock.version) for clock in clocks(state)] == running


def test_alerts_that_tell_nothing_graver_do_not_lift_a_level_that_two_people_lowered(
    state: StateStore,
) -> None:
    put(state, intrusion())
    folded(state)
    with state.transaction() as session:
        incident = session.scalars(sa.select(Incident)).one()
        change = ask_downgrade(
            session,
            PLAN,
            incident.id,
            level=4,
            reason="外传的是公开数据，业务未受影响",
            by=LEAD,
            expected_version=incident.version,
            now=NOW,
        )
    with state.transaction() as session:
        decide_downgrade(session, PLAN, change.id, approve=True, by=SECOND, now=NOW)
    put(state, [alert("beacon", 80, severity=3)])
    folded(state, NOW + MINUTE)
    (incident,) = incidents(state)
    assert (incident.level, incident.facts_level, incident.alert_count) == (4, 3, 6)
    assert {clock.state for clock in clocks(state)} == {"withdrawn"}


def test_an_asset_that_nobody_knows_gets_a_flag_instead_of_a_notice(state: StateStore) -> None:
    put(state, [alert("beacon", 0, severity=3, source_ip="10.99.0.1", host_ip="10.99.0.1")])
    result = folded(state)
    (incident,) = incidents(state)
    assert result.notices == ()
    assert result.counters == {"unknown_department": 1}
    assert (incident.department, incident.level) == ("unknown", 4)
    assert "department_unknown" in codes(incident)
    assert "object_importance" not in incident.facts


def test_an_incident_gets_its_department_when_a_later_alert_names_it(state: StateStore) -> None:
    stranger = {"source_ip": "10.99.0.1", "severity": 3}
    put(state, [alert("beacon", 0, host_ip="10.99.0.1", destination_ip=ATTACKER, **stranger)])
    folded(state)
    put(state, [alert("guessing_success", 5, **stranger)])
    result = folded(state)
    (incident,) = incidents(state)
    assert incident.department == "示例市数据局"
    assert len(result.notices) == 1
    assert "department_unknown" not in codes(incident)


def test_an_alert_of_a_kind_that_the_plan_does_not_list_is_other_and_counted(
    state: StateStore,
) -> None:
    put(state, [alert("teleport", 0, severity=4, technique="T9999")])
    assert folded(state).counters == {"unknown_category": 1}
    assert incidents(state)[0].category == "other/other"


def test_the_technique_tells_the_type_of_a_kind_that_the_plan_does_not_list(
    state: StateStore,
) -> None:
    put(state, [alert("lockdown", 0, severity=4, technique="T1486"), alert("scan", 1)])
    assert folded(state).counters == {}
    (incident,) = incidents(state)
    assert incident.category == "malicious_program/ransomware"
    assert "勒索软件" in incident.title_zh


def test_a_notice_that_was_only_just_drafted_needs_no_supplement(state: StateStore) -> None:
    put(state, intrusion())
    folded(state)
    (incident,) = incidents(state)
    assert "notice_supplement_due" not in codes(incident)


def test_closed_alerts_and_incidents_take_no_part(state: StateStore) -> None:
    put(state, [*intrusion(), alert("upload", 90, severity=4, status="closed")])
    folded(state)
    with state.transaction() as session:
        incident = session.scalars(sa.select(Incident)).one()
        advance(
            session,
            PLAN,
            incident.id,
            "withdraw",
            by=LEAD,
            reason="误报",
            expected_version=incident.version,
            now=NOW,
        )
    put(state, [alert("beacon", 95, severity=3)])
    folded(state)
    found = incidents(state)
    assert [incident.alert_count for incident in found] == [5, 1]


def test_the_victim_names_the_department_not_the_first_alert(state: StateStore) -> None:
    put(
        state,
        [
            alert("scan", 0, host_ip=WORKSTATION, destination_ip=WORKSTATION),
            alert("guessing_success", 9, severity=4),
        ],
    )
    folded(state)
    assert incidents(state)[0].department == "示例市数据局"


def test_two_incidents_that_meet_are_put_to_a_person(state: StateStore) -> None:
    one = alert("beacon", 0, severity=3, destination_ip="198.51.100.1", source_ip=FRONT_END)
    two = alert(
        "beacon",
        1,
        severity=3,
        source_ip=WORKSTATION,
        host_ip=WORKSTATION,
        destination_ip="198.51.100.2",
    )
    put(state, [one, two])
    folded(state)
    put(state, [alert("sweep", 9, source_ip=FRONT_END, destination_ip=WORKSTATION)])
    folded(state)
    found = incidents(state)
    assert sorted(incident.alert_count for incident in found) == [1, 2]
    assert sum("related_incident" in codes(incident) for incident in found) == 1


def test_a_folded_alert_has_a_new_version_so_that_stale_changes_are_refused(
    state: StateStore,
) -> None:
    put(state, intrusion())
    folded(state)
    with state.reading() as session:
        assert set(session.scalars(sa.select(Alert.version))) == {2}


def test_growth_withdraws_the_clock_of_another_kind_of_operator(state: StateStore) -> None:
    on_files = {"host_ip": "10.20.2.11", "destination_ip": "10.20.2.11", "severity": 3}
    put(state, [alert("upload", 0, **on_files)])
    folded(state)
    with state.transaction() as session:
        incident = session.scalars(sa.select(Incident)).one()
        incident.level, incident.facts = 3, {**incident.facts, "loss_rmb": 5_000_000}
    put(state, [alert("beacon", 1, **on_files)])
    folded(state)
    assert {clock.clock for clock in clocks(state)} == {"T-OTH-1", "T-CITY"}
    put(state, [alert("guessing_success", 2, severity=4)])
    folded(state, NOW + MINUTE)
    found = {(clock.clock, clock.state) for clock in clocks(state)}
    assert found == {("T-OTH-1", "withdrawn"), ("T-CITY", "running"), ("T-CII-1", "running")}
