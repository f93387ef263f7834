"""Asking people: whom and how long, told once, void when the action changes, ended in time."""

import dataclasses
import datetime as dt
import ipaddress

import pytest

from playbooks.action.action import Effect
from playbooks.action.catalogue import ACTIONS
from playbooks.cacao.playbook import Step, StepKind, Words
from playbooks.execution.approval import importance_of, required, standing, sweep, void
from playbooks.execution.voting import vote
from situation.assets import Asset, Assets
from situation.state.store import StateStore
from situation.state.tables import Approval, Delivery, Incident, StepRun
from tests.playbooks.execution.inbox import asked, duty_desk, occasions, started
from tests.playbooks.execution.written import LEAD, containing, written
from tests.playbooks.incident.case import (
    LEVEL_2,
    PLAN,
    actions,
    every,
    opened,
    the,
    told,
)
from tests.playbooks.intrusion import ASSETS, NOW, alert

MINUTE = dt.timedelta(minutes=1)
SUPPRESS, TASK, RAISE = ACTIONS["suppress"], ACTIONS["manual_task"], ACTIONS["raise_grade"]
STEP = Step(id="action--1", kind=StepKind.ACTION, name=Words("封禁", "block"))


def rule_of(
    incident: Incident | None, step: Step = STEP, **changed: object
) -> tuple[str, int, str]:
    action = dataclasses.replace(SUPPRESS, **changed)  # type: ignore[arg-type]
    rule = required(PLAN, action, step, incident, ASSETS)
    assert rule is not None
    return rule.key, rule.quorum, rule.on_timeout


def incident(level: int, host_ip: str | None = "10.20.2.11", **facts: object) -> Incident:
    return Incident(id="SJ-1", level=level, host_ip=host_ip, facts=facts)


def test_what_contains_asks_one_lead_where_the_object_is_general() -> None:
    assert rule_of(incident(4)) == ("contain_general", 1, "skip")
    assert rule_of(incident(3, None)) == ("contain_general", 1, "skip")
    assert rule_of(None) == ("contain_general", 1, "skip")


def test_what_contains_on_critical_infrastructure_or_in_a_grave_incident_asks_two() -> None:
    assert rule_of(incident(4, "10.20.1.15")) == ("contain_special", 2, "escalate")
    special = incident(4, object_importance="special")
    assert rule_of(special) == ("contain_special", 2, "escalate")
    assert rule_of(incident(2)) == ("contain_grave", 2, "escalate")


def test_what_cannot_be_taken_back_asks_two_and_fails_without_them() -> None:
    assert rule_of(incident(4), effect=Effect.DESTROY) == ("destroy", 2, "fail")


def test_reading_and_telling_ask_nobody_unless_they_or_the_author_want_it() -> None:
    assert required(PLAN, TASK, STEP, None, ASSETS) is None
    by_itself = required(PLAN, RAISE, STEP, incident(4), ASSETS)
    wanted = required(PLAN, TASK, dataclasses.replace(STEP, quorum=2), None, ASSETS)
    assert by_itself is not None
    assert wanted is not None
    assert (by_itself.key, wanted.key, wanted.quorum) == ("asked", "asked", 2)


def test_an_author_asks_for_more_people_and_never_for_fewer() -> None:
    three = dataclasses.replace(STEP, quorum=3, on_timeout="fail")
    one = dataclasses.replace(STEP, quorum=1)
    assert rule_of(incident(4), three) == ("contain_general", 3, "fail")
    assert rule_of(incident(2), one) == ("contain_grave", 2, "escalate")


@pytest.mark.parametrize(
    ("level", "cii", "says"),
    [
        (None, True, "special"),
        (4, False, "special"),
        (3, False, "important"),
        (2, False, "general"),
    ],
)
def test_an_object_is_as_important_as_the_asset_table_says(
    level: int | None, *, cii: bool, says: str
) -> None:
    row = Asset(ipaddress.ip_network("10.9.0.1"), "它", "局", "区", "人", level, cii, "server")
    assert importance_of(PLAN, incident(4, "10.9.0.1"), Assets([row])) == says
    graver = incident(4, "10.9.0.1", object_importance="important")
    assert importance_of(PLAN, graver, Assets([row])) == ("important" if level == 2 else says)


def test_asking_binds_to_the_exact_action_and_tells_the_desk(either_state: StateStore) -> None:
    duty_desk(either_state)
    run = started(either_state, opened(either_state))
    approval = asked(either_state, run)
    step_run = the(either_state, StepRun, approval.step_run_id)
    assert (approval.state, approval.rule, approval.quorum) == ("pending", "contain_general", 1)
    assert approval.action == step_run.action
    assert approval.action_sha256 == step_run.action_sha256
    assert (approval.asked_by, approval.effect) == (run.started_by, "contain")
    assert approval.deadline_at == NOW + 30 * MINUTE
    assert str(approval.intent["command"]).startswith("suppress host=203.0.113.77")
    assert occasions(either_state) == ["approve"]
    assert actions(either_state).count("approval.ask") == 1


def test_the_same_action_is_asked_about_once(either_state: StateStore) -> None:
    run = started(either_state, opened(either_state))
    assert asked(either_state, run).id == asked(either_state, run, NOW + MINUTE).id
    assert len(every(either_state, Approval)) == 1


def test_what_was_approved_is_not_asked_about_again(either_state: StateStore) -> None:
    run = started(either_state, opened(either_state))
    approval = asked(either_state, run)
    say_yes(either_state, approval)
    assert asked(either_state, run, NOW + MINUTE).state == "approved"


def say_yes(state: StateStore, approval: Approval, now: dt.datetime = NOW) -> None:
    with state.transaction() as session:
        digest = approval.action_sha256
        vote(session, approval.id, approve=True, sha256=digest, by=LEAD, now=now)


def test_an_action_that_changed_is_asked_about_anew(either_state: StateStore) -> None:
    run = started(either_state, opened(either_state))
    approval = asked(either_state, run)
    say_yes(either_state, approval)
    again = asked(either_state, run, NOW + MINUTE, days=7)
    assert the(either_state, Approval, approval.id).state == "void"
    assert (again.state, again.asked_at) == ("pending", NOW + MINUTE)
    assert again.action_sha256 != approval.action_sha256
    with either_state.reading() as session:
        newest = standing(session, again.step_run_id)
    assert newest is not None
    assert newest.id == again.id
    assert "approval.void" in actions(either_state)


def test_a_void_one_stands_no_more(either_state: StateStore) -> None:
    approval = asked(either_state, started(either_state, opened(either_state)))
    with either_state.transaction() as session:
        void(session, session.get_one(Approval, approval.id), "the run ended", NOW)
        session.flush()
        assert standing(session, approval.step_run_id) is None


def swept(state: StateStore, now: dt.datetime) -> int:
    with state.transaction() as session:
        return sweep(session, PLAN, now)


def test_half_the_time_is_a_reminder_and_no_more(either_state: StateStore) -> None:
    duty_desk(either_state)
    approval = asked(either_state, started(either_state, opened(either_state)))
    assert swept(either_state, NOW + 14 * MINUTE) == 0
    assert occasions(either_state) == ["approve"]
    for minutes in (15, 16, 29):
        assert swept(either_state, NOW + minutes * MINUTE) == 0
    assert occasions(either_state) == ["approve", "approve_half"]
    assert the(either_state, Approval, approval.id).state == "pending"


def test_what_nobody_decides_in_time_expires_once(either_state: StateStore) -> None:
    approval = asked(either_state, started(either_state, opened(either_state)))
    assert swept(either_state, NOW + 30 * MINUTE) == 1
    assert swept(either_state, NOW + 31 * MINUTE) == 0
    late = the(either_state, Approval, approval.id)
    assert (late.state, late.on_timeout) == ("expired", "skip")
    assert late.decided_at == NOW + 30 * MINUTE
    assert actions(either_state).count("approval.expire") == 1


def test_escalation_asks_anew_by_the_next_rule_and_then_fails(either_state: StateStore) -> None:
    duty_desk(either_state)
    grave = opened(either_state)
    told(either_state, grave.id, LEVEL_2)
    approval = asked(either_state, started(either_state, grave))
    assert (approval.rule, approval.quorum) == ("contain_grave", 2)
    assert swept(either_state, NOW + 30 * MINUTE) == 1
    with either_state.reading() as session:
        again = standing(session, approval.step_run_id)
    assert again is not None
    assert (again.state, again.rule, again.quorum) == ("pending", "contain_escalated", 2)
    assert again.action_sha256 == approval.action_sha256
    assert again.deadline_at == NOW + 60 * MINUTE
    assert occasions(either_state) == ["approve", "approve_again"]
    assert swept(either_state, NOW + 60 * MINUTE) == 1
    with either_state.reading() as session:
        last = standing(session, approval.step_run_id)
    assert last is not None
    assert (last.id, last.state, last.on_timeout) == (again.id, "expired", "fail")


def test_an_author_may_escalate_where_the_plan_would_skip(either_state: StateStore) -> None:
    more = "    on_timeout: escalate\n    quorum: 3\n"
    run = started(either_state, opened(either_state), containing(more=more))
    approval = asked(either_state, run)
    assert (approval.rule, approval.quorum, approval.on_timeout) == (
        "contain_general",
        3,
        "escalate",
    )
    assert swept(either_state, NOW + 30 * MINUTE) == 1
    with either_state.reading() as session:
        again = standing(session, approval.step_run_id)
    assert again is not None
    assert (again.rule, again.quorum) == ("contain_escalated", 3)


def test_an_escalation_to_nobody_fails(either_state: StateStore) -> None:
    more = "    on_timeout: escalate\n    quorum: 1\n"
    run = started(either_state, opened(either_state), written("by-hand", more=more))
    approval = asked(either_state, run)
    assert (approval.rule, approval.on_timeout) == ("asked", "escalate")
    assert swept(either_state, NOW + 120 * MINUTE) == 1
    late = the(either_state, Approval, approval.id)
    assert (late.state, late.on_timeout) == ("expired", "fail")
    assert len(every(either_state, Approval)) == 1


def test_a_drill_asks_the_desk_as_a_drill(either_state: StateStore) -> None:
    duty_desk(either_state)
    drilled = opened(either_state, [alert("scan", 0, severity=4, drill_id="d1")], drill_id="d1")
    approval = asked(either_state, started(either_state, drilled))
    assert approval.drill_id == "d1"
    told_of = [row for row in every(either_state, Delivery) if row.object_kind == "approval"]
    assert [(row.drill_id, row.address) for row in told_of] == [("d1", "")]


def test_an_incident_that_became_graver_needs_more_people(either_state: StateStore) -> None:
    milder = opened(either_state)
    run = started(either_state, milder)
    approval = asked(either_state, run)
    say_yes(either_state, approval)
    told(either_state, milder.id, LEVEL_2)
    again = asked(either_state, run, NOW + MINUTE)
    assert (again.state, again.rule, again.quorum) == ("pending", "contain_grave", 2)
    assert the(either_state, Approval, approval.id).state == "void"
