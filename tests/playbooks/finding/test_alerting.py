"""Grave findings become alerts and one incident, graded by the plan; a secret is only counted."""

import dataclasses
import re
from collections.abc import Iterable

import pytest
import sqlalchemy as sa

from playbooks.cacao.reading import read_playbook
from playbooks.execution.trigger import DETECTOR, event_of_incident, fits
from playbooks.finding.settling import Ground
from playbooks.library.shelf import read_shelf
from playbooks.service import fold
from situation.assets import Assets
from situation.clock import SetClock
from situation.content.resource import Exposure
from situation.content.verdict import Violation
from situation.state.columns import Row
from situation.state.store import StateStore
from situation.state.tables import (
    Alert,
    DataFinding,
    Incident,
    Notice,
)
from tests.playbooks.finding.scene import (
    DEPARTMENT,
    DUE_DAYS,
    EXPOSED,
    FOUND,
    HOUR,
    MARKED,
    MILD,
    NOW,
    PLAN,
    SECRET,
    TARGET,
    actions,
    end,
    finding,
    furnish,
    scan,
    scan_all,
)

LEAKED = Violation(rule="V04", severity=1, kinds=("medical",), persons=1_200_000)
KEYS = Violation(rule="V07", severity=1, kinds=("password",))


def alerts(state: StateStore) -> list[Alert]:
    with state.reading() as session:
        return list(session.scalars(sa.select(Alert).order_by(Alert.subject)))


def incidents(state: StateStore) -> list[Incident]:
    fold(state, PLAN, Assets([]), SetClock(NOW + HOUR), drill_id=None)
    with state.reading() as session:
        return list(session.scalars(sa.select(Incident).order_by(Incident.id)))


def test_findings_of_a_rule_are_one_alert_with_their_number(either_state: StateStore) -> None:
    furnish(either_state)
    scan_all(either_state, [(f"f{n}", FOUND, (EXPOSED, MILD)) for n in range(70)])
    (alert,) = alerts(either_state)
    assert (alert.detector, alert.category) == ("data_exposure", "data_exposure")
    assert (alert.severity, alert.event_count, len(alert.evidence)) == (3, 70, 50)
    assert (alert.department, alert.district, alert.asset) == (DEPARTMENT, "市本级", TARGET)
    assert alert.sentence_zh == "人社共享 有 70 处防护低于数据级别要求，涉及约 1180 人"
    assert alert.evidence[0] == finding(either_state, "f0").id
    assert finding(either_state, "f69").alert_id == alert.id
    assert finding(either_state, "f0", "V06").alert_id is None


def test_later_batches_of_a_run_count_into_the_same_alert_once(either_state: StateStore) -> None:
    scan(either_state, "a", FOUND, EXPOSED)
    scan(either_state, "b", FOUND, dataclasses.replace(EXPOSED, severity=1), now=NOW + HOUR)
    scan(either_state, "b", FOUND, dataclasses.replace(EXPOSED, severity=1), now=NOW + HOUR)
    (alert,) = alerts(either_state)
    assert (alert.event_count, alert.severity, alert.last_seen) == (2, 4, NOW + HOUR)
    scan(either_state, "c", FOUND, EXPOSED, run_id="run-2")
    assert len(alerts(either_state)) == 2


def test_an_alert_that_somebody_closed_stays_as_it_is(either_state: StateStore) -> None:
    scan(either_state, "a", FOUND, EXPOSED)
    with either_state.transaction() as session:
        session.scalars(sa.select(Alert)).one().status = "closed"
    scan(either_state, "b", FOUND, EXPOSED)
    (alert,) = alerts(either_state)
    assert (alert.event_count, alert.status) == (1, "closed")


def test_a_run_s_findings_of_all_rules_are_one_incident_graded_by_its_persons(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    scan_all(either_state, [(f"f{n}", FOUND, (EXPOSED, LEAKED, KEYS)) for n in range(20)])
    (incident,) = incidents(either_state)
    assert incident.alert_count == 3
    assert (incident.department, incident.category) == (DEPARTMENT, "data_security/data_leakage")
    assert incident.title_zh.startswith("人社共享：")
    assert incident.facts["persons_leaked"] == 1_200_000
    assert incident.facts["sensitive_persons_leaked"] == 1_200_000
    assert incident.level == 3
    with either_state.reading() as session:
        notice = session.scalars(sa.select(Notice)).one()
    assert (notice.department, notice.status) == (DEPARTMENT, "sign_off")


def test_data_that_lie_badly_inside_are_no_leak(either_state: StateStore) -> None:
    scan(either_state, "a", FOUND, EXPOSED, exposure=Exposure(world_readable=True))
    (alert,) = alerts(either_state)
    assert "persons" not in alert.indicators


def test_at_its_end_a_run_counts_each_person_once_and_its_incident_is_graded_again(
    either_state: StateStore,
) -> None:
    def union(sketches: Iterable[bytes]) -> int:
        return 12_000_000 if list(sketches) == [b"sketch"] * 2 else 0

    ground = Ground(plan=PLAN, due_days=DUE_DAYS, count_persons=union)
    scan(either_state, "a", FOUND, LEAKED, ground=ground)
    (before,) = incidents(either_state)
    scan(either_state, "b", FOUND, LEAKED, ground=ground)
    end(either_state, "run-1", NOW + 2 * HOUR, ground)
    (alert,) = alerts(either_state)
    assert alert.indicators["persons"] == "12000000"
    assert alert.sentence_zh.endswith("涉及约 12000000 人")
    (after,) = incidents(either_state)
    assert after.facts["persons_leaked"] == 12_000_000
    assert (before.level, after.level) == (3, 2)


def test_an_end_that_is_told_twice_changes_nothing_more(either_state: StateStore) -> None:
    scan(either_state, "a", FOUND, LEAKED)
    (incident,) = incidents(either_state)
    scan(either_state, "b", FOUND, LEAKED, now=NOW + 2 * HOUR)
    end(either_state, "run-1", NOW + 2 * HOUR)
    before = actions(either_state, incident.id)
    end(either_state, "run-1", NOW + 3 * HOUR)
    assert actions(either_state, incident.id) == before
    assert before.count("incident.grow") == 1


def test_another_run_s_incident_is_its_own(either_state: StateStore) -> None:
    scan(either_state, "a", FOUND, EXPOSED)
    scan(either_state, "b", FOUND, EXPOSED, run_id="run-2")
    assert len(incidents(either_state)) == 2


def test_a_mark_of_secrecy_is_an_incident_of_its_own_and_its_playbook_starts(
    either_state: StateStore,
) -> None:
    scan_all(either_state, [("a", FOUND, (EXPOSED,)), ("b.docx", MARKED, (SECRET,))])
    secret = next(one for one in incidents(either_state) if "密级" in one.title_zh)
    assert (secret.alert_count, secret.category) == (1, "hidden_danger/other")
    (alert,) = [one for one in alerts(either_state) if one.incident_id == secret.id]
    names = frozenset({alert.detector, alert.category})
    event = event_of_incident(secret, names, frozenset({DETECTOR}))
    playbook = read_playbook(read_shelf()["secret-mark"][0])
    assert fits(playbook, event) is not None


KEPT_FOR_THE_OFFICER = {"scanned_resource", "data_finding"}
"""Tables that may name a mark; no list but the secrecy officer's shows these rows."""


def test_nothing_of_a_secret_stands_where_others_read(either_state: StateStore) -> None:
    furnish(either_state)
    scan(either_state, "暗夜计划/附件七.docx", MARKED, SECRET)
    incidents(either_state)
    end(either_state, "run-1", NOW + HOUR)
    planted = ("暗夜", "附件七", "机密", "10年", "★", TARGET, "ab" * 32)
    filled = set()
    with either_state.reading() as session:
        for table in Row.metadata.sorted_tables:
            rows = session.execute(sa.select(table)).all()
            filled |= {table.name} if rows else set()
            said = " ".join(str(value) for row in rows for value in row)
            is_his = table.name in KEPT_FOR_THE_OFFICER
            assert is_his or not [word for word in planted if word in said], table.name
        assert session.scalars(sa.select(DataFinding.restricted)).all() == [True]
    assert filled >= {"alert", "audit_line", "incident", "outbox_message"}
    assert "notice" not in filled, "secrets are told by their own channel"


def test_no_value_that_was_found_stands_in_any_row(either_state: StateStore) -> None:
    # The records carry none; what could is a mask, a place or a detail that is made up of one.
    furnish(either_state)
    scan(either_state, "a.xlsx", FOUND, EXPOSED)
    incidents(either_state)
    with either_state.reading() as session:
        said = " ".join(
            str(value)
            for table in Row.metadata.sorted_tables
            for row in session.execute(sa.select(table))
            for value in row
        )
    assert "000000********000X" in said
    assert not re.search(r"(?<![0-9A-Fa-f])[1-9][0-9]{16}[0-9X](?![0-9A-Fa-f])", said)


@pytest.mark.parametrize("path", ["a.xlsx", "b.docx"])
def test_what_others_read_names_no_path_in_a_sentence(either_state: StateStore, path: str) -> None:
    scan(either_state, path, FOUND, EXPOSED)
    (alert,) = alerts(either_state)
    assert path not in alert.sentence_zh + alert.sentence_en
