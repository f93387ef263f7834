"""Facts by people, what they would change, and a level that two people lower."""

import pytest

from playbooks.incident.clocks import clocks_of
from playbooks.incident.regrading import (
    Entered,
    Preview,
    ask_downgrade,
    complete_facts,
    decide_downgrade,
    preview,
    raise_level,
)
from playbooks.machine import Refusal
from playbooks.person import SYSTEM, Person
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore
from situation.state.tables import GradeChange, Incident, RunningClock, Task
from tests.playbooks.incident.case import (
    ANALYST,
    FILES,
    HOUR,
    LEAD,
    LEVEL_2,
    LEVEL_3,
    PLAN,
    PROVINCE,
    SECOND,
    actions,
    clock,
    codes,
    every,
    graded,
    led,
    opened,
    tasks,
    the,
    told,
)
from tests.playbooks.intrusion import MINUTE, NOW, alert

REASON = "经核实损失为另一系统所致，重复计算"


def previewed(state: StateStore, incident: Incident, **facts: object) -> Preview:
    entered = {path.replace("__", "."): Entered(value) for path, value in facts.items()}
    with state.reading() as session:
        clocks = clocks_of(session, incident.id)
    return preview(PLAN, incident, clocks, entered, NOW + HOUR)


def asked(
    state: StateStore,
    incident_id: str,
    level: int = 3,
    *,
    reason: str = REASON,
    by: Person = LEAD,
    version: int | None = None,
) -> GradeChange:
    seen = version if version is not None else the(state, Incident, incident_id).version
    with state.transaction() as session:
        return ask_downgrade(
            session,
            PLAN,
            incident_id,
            level=level,
            reason=reason,
            by=by,
            expected_version=seen,
            now=NOW + HOUR,
        )


def decided(
    state: StateStore, change: GradeChange, *, approve: bool = True, by: Person = SECOND
) -> GradeChange:
    with state.transaction() as session:
        return decide_downgrade(
            session, PLAN, change.id, approve=approve, remark="同意", by=by, now=NOW + 2 * HOUR
        )


def test_a_preview_tells_level_clocks_and_response_and_changes_nothing(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    seen = previewed(either_state, incident, outage_minutes__portal_city_up=120)
    assert (seen.level_now, seen.level_after, seen.facts_level) == (4, 3, 3)
    assert seen.reasons[0].metric == "outage_minutes.portal_city_up"
    due = {(each.id, each.due_at) for each in seen.started if each.statutory}
    assert due == {("T-OTH-1", NOW + 5 * HOUR)}
    assert {each.id for each in seen.waiting} == {"T-FIN", "T-INV"}
    assert seen.response == PLAN.response(3)
    assert seen.tasks == PLAN.response(3).tasks
    assert not seen.lowers
    assert the(either_state, Incident, incident.id).version == incident.version
    assert every(either_state, RunningClock) == []


def test_a_preview_says_which_clocks_go_on_and_which_fall_away(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    seen = previewed(either_state, incident, operator="cii")
    assert {each.clock for each in seen.withdrawn} == {"T-OTH-1"}
    assert {each.clock for each in seen.unchanged} == {"T-CITY"}
    assert {each.id for each in seen.started} == {"T-CII-1"}


def test_a_preview_of_milder_facts_keeps_the_level_and_says_that_they_lower(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    seen = previewed(either_state, incident, loss_rmb=1)
    assert (seen.level_after, seen.facts_level, seen.lowers) == (3, 4, True)
    assert seen.started == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("outage_minutes.portal_city_up", -1),
        ("persons_leaked", 1.5),
        ("operator", "bank"),
        ("outage_minutes.portal", 3),
        ("ransomware.amount", [1]),
        ("people", 3),
    ],
)
def test_a_faulty_fact_is_refused_by_its_path(
    either_state: StateStore, path: str, value: object
) -> None:
    incident = opened(either_state)
    with pytest.raises(Malformed) as refusal:
        preview(PLAN, incident, [], {path: Entered(value)}, NOW)
    assert refusal.value.where == path
    with pytest.raises(Malformed):
        told(either_state, incident.id, {path: value})
    assert the(either_state, Incident, incident.id).version == incident.version


def test_facts_by_a_person_say_who_when_and_how_sure(either_state: StateStore) -> None:
    incident = opened(either_state)
    after = told(either_state, incident.id, {"outage_minutes.portal_city_up": 40}, NOW + MINUTE)
    assert after.facts["outage_minutes"] == {"portal_city_up": 40}
    source = after.fact_sources["outage_minutes.portal_city_up"]
    assert source == {
        "state": "proved",
        "origin": "person",
        "by": LEAD.name,
        "at": (NOW + MINUTE).isoformat(),
        "zh": f"{LEAD.name}：电话核实",
        "en": f"{LEAD.name}: 电话核实",
    }
    assert "incident.facts" in actions(either_state)


def test_the_level_rises_at_once_with_history_clocks_and_flag(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    after = told(either_state, incident.id, LEVEL_2, NOW + 2 * HOUR)
    assert (after.level, after.facts_level) == (2, 2)
    assert "follow_up_report_due" in codes(after)
    history = [(row.before, row.after, row.state) for row in every(either_state, GradeChange)]
    assert history == [(4, 4, "applied"), (4, 3, "applied"), (3, 2, "applied")]
    assert [row.asked_by for row in every(either_state, GradeChange)] == [
        SYSTEM.name,
        LEAD.name,
        LEAD.name,
    ]
    assert clock(either_state, "T-OTH-1").due_at == NOW + 4 * HOUR
    assert clock(either_state, "T-OTH-2").state == "waiting"


def test_milder_facts_leave_the_level_and_are_kept_as_what_the_facts_say(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_2)
    after = told(either_state, incident.id, {"loss_rmb": 1})
    assert (after.level, after.facts_level) == (2, 4)
    assert {row.state for row in every(either_state, RunningClock)} == {"running", "waiting"}
    reason = after.reasons[0]
    assert isinstance(reason, dict)
    assert reason["level"] == 2


def test_what_a_person_says_to_be_unknown_stays_so(either_state: StateStore) -> None:
    incident = opened(either_state)
    after = told(either_state, incident.id, {"business_loss": None, "loss_rmb": 3})
    assert "business_loss" not in after.facts
    source = after.fact_sources["business_loss"]
    assert isinstance(source, dict)
    assert source["state"] == "unknown"


def test_a_ransomware_stays_one_when_a_detail_of_it_is_taken_back(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, {"ransomware.amount": "3 BTC"})
    assert incident.facts["ransomware"] == {"amount": "3 BTC"}
    after = told(either_state, incident.id, {"ransomware.amount": None})
    assert after.facts["ransomware"] == {}
    assert "ransom_fields_missing" in codes(after)


def test_facts_without_a_source_or_without_any_fact_are_refused(either_state: StateStore) -> None:
    incident = opened(either_state)
    for entered, reason, fault in (
        ({"loss_rmb": Entered(3)}, "  ", Refusal),
        ({}, "电话", Malformed),
    ):
        with pytest.raises(fault), either_state.transaction() as session:
            complete_facts(
                session,
                PLAN,
                incident.id,
                entered=entered,
                reason=reason,
                by=LEAD,
                expected_version=incident.version,
                now=NOW,
            )


def test_facts_on_an_older_version_or_a_closed_incident_are_refused(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    told(either_state, incident.id, {"loss_rmb": 3})
    with pytest.raises(Refusal) as stale, either_state.transaction() as session:
        complete_facts(
            session,
            PLAN,
            incident.id,
            entered={"loss_rmb": Entered(4)},
            reason="电话",
            by=LEAD,
            expected_version=incident.version,
            now=NOW,
        )
    assert stale.value.code == "stale"
    led(either_state, incident.id, "withdraw", reason="误报")
    with pytest.raises(Refusal) as closed:
        told(either_state, incident.id, {"loss_rmb": 5})
    assert closed.value.code == "illegal"


def test_the_task_to_confirm_facts_ends_when_all_are_proved(either_state: StateStore) -> None:
    on_files = {"severity": 3} | FILES
    found = [alert("upload", 0, **on_files), alert("beacon", 1, **on_files)]
    incident = opened(either_state, found)
    incident = told(either_state, incident.id, LEVEL_3)
    assert len(tasks(either_state, "confirm_facts")) == 1
    sure = {"operator": "other", "business_loss": "minor"}
    told(either_state, incident.id, sure)
    assert tasks(either_state, "confirm_facts") == []
    assert len(tasks(either_state, "confirm_facts", "done")) == 1


def test_two_people_lower_a_level_and_the_same_facts_do_not_lift_it_again(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_2)
    change = asked(either_state, incident.id)
    waiting = the(either_state, Incident, incident.id)
    assert (waiting.level, change.state) == (2, "pending")
    done = decided(either_state, change)
    assert (done.state, done.decided_by, done.remark) == ("approved", SECOND.name, "同意")
    lowered = the(either_state, Incident, incident.id)
    assert (lowered.level, lowered.accepted_level, lowered.facts_level) == (3, 2, 2)
    again = told(either_state, incident.id, {"loss_rmb": 21_000_000}, NOW + 3 * HOUR)
    assert again.level == 3
    graver = told(either_state, incident.id, {"loss_rmb": 100_000_000}, NOW + 4 * HOUR)
    assert (graver.level, graver.accepted_level) == (1, None)


def test_the_clocks_of_the_graver_level_stay_visible_as_withdrawn(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_2)
    decided(either_state, asked(either_state, incident.id))
    onward = clock(either_state, "T-OTH-2")
    assert onward.state == "withdrawn"
    last = onward.history[-1]
    assert isinstance(last, dict)
    assert (last["what"], last["by"]) == ("withdrawn", SECOND.name)
    assert clock(either_state, "T-OTH-1").state == "running"


def test_a_level_that_was_lowered_out_of_reporting_withdraws_its_statutory_clock(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    decided(either_state, asked(either_state, incident.id, 4))
    assert {row.state for row in every(either_state, RunningClock)} == {"withdrawn"}
    assert clock(either_state, "T-OTH-1").addressee == PROVINCE
    assert tasks(either_state, "confirm_facts") == []


@pytest.mark.parametrize(
    ("reason", "by", "level", "code"),
    [
        ("", LEAD, 3, "reason"),
        ("太短了", LEAD, 3, "reason"),
        (" " * 20, LEAD, 3, "reason"),
        (REASON, Person("li", "viewer"), 3, "role"),
        (REASON, Person("liu", "department", "示例市交通局"), 3, "role"),
        (REASON, LEAD, 2, "not_lower"),
        (REASON, LEAD, 1, "not_lower"),
        (REASON, LEAD, 5, "not_lower"),
    ],
)
def test_a_downgrade_without_reason_role_or_a_milder_level_is_refused(
    either_state: StateStore, reason: str, by: Person, level: int, code: str
) -> None:
    incident = graded(either_state, LEVEL_2)
    with pytest.raises(Refusal) as refusal:
        asked(either_state, incident.id, level, reason=reason, by=by)
    assert refusal.value.code == code
    assert the(either_state, Incident, incident.id).level == 2


@pytest.mark.parametrize(
    ("by", "code"),
    [(LEAD, "same_person"), (ANALYST, "role"), (SYSTEM, "role")],
)
def test_only_a_second_person_with_the_role_lowers_a_level(
    either_state: StateStore, by: Person, code: str
) -> None:
    incident = graded(either_state, LEVEL_2)
    change = asked(either_state, incident.id)
    with pytest.raises(Refusal) as refusal:
        decided(either_state, change, by=by)
    assert refusal.value.code == code
    assert the(either_state, Incident, incident.id).level == 2
    assert the(either_state, GradeChange, change.id).state == "pending"


def test_a_refused_downgrade_leaves_everything_and_another_may_be_asked(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_2)
    change = asked(either_state, incident.id)
    with pytest.raises(Refusal) as second:
        asked(either_state, incident.id, 4)
    assert second.value.code == "pending"
    decided(either_state, change, approve=False)
    assert the(either_state, Incident, incident.id).level == 2
    assert "incident.downgrade_refuse" in actions(either_state)
    with pytest.raises(Refusal) as twice:
        decided(either_state, change)
    assert twice.value.code == "illegal"
    assert asked(either_state, incident.id, 4).after == 4


def test_a_request_lapses_when_the_level_rises_meanwhile(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_2)
    change = asked(either_state, incident.id)
    told(either_state, incident.id, {"loss_rmb": 100_000_000}, NOW + HOUR)
    lapsed = the(either_state, GradeChange, change.id)
    assert (lapsed.state, lapsed.decided_by) == ("refused", SYSTEM.name)
    with pytest.raises(Refusal):
        decided(either_state, change)
    assert the(either_state, Incident, incident.id).level == 1


def test_two_requests_at_once_meet_each_other(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_2)
    asked(either_state, incident.id, version=incident.version)
    with pytest.raises(Conflict):
        asked(either_state, incident.id, version=incident.version, by=SECOND)


def test_a_rise_while_the_response_runs_opens_the_tasks_of_the_graver_response(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    led(either_state, incident.id, "respond")
    told(either_state, incident.id, LEVEL_2, NOW + HOUR)
    titles = {task.title_zh for task in every(either_state, Task) if task.kind == "response"}
    wanted = {task.zh for level in (2, 3) for task in PLAN.response(level).tasks}
    assert titles == wanted


def test_a_decision_needs_a_request(either_state: StateStore) -> None:
    with pytest.raises(Conflict), either_state.transaction() as session:
        decide_downgrade(session, PLAN, 999, approve=True, by=LEAD, now=NOW)


def test_a_level_is_raised_beside_what_the_facts_say(either_state: StateStore) -> None:
    incident = opened(either_state)
    with either_state.transaction() as session:
        raised = raise_level(
            session, PLAN, incident.id, level=3, reason="研判升级", by=LEAD, now=NOW
        )
    assert (raised.level, raised.facts_level) == (3, 4)
    change = every(either_state, GradeChange)[-1]
    assert (change.before, change.after, change.asked_by) == (4, 3, LEAD.name)


def test_a_raise_needs_a_reason_and_an_incident_that_was_graded(either_state: StateStore) -> None:
    incident = opened(either_state)
    with either_state.transaction() as session, pytest.raises(Refusal) as refused:
        raise_level(session, PLAN, incident.id, level=3, reason=" ", by=LEAD, now=NOW)
    assert refused.value.code == "reason"
    with either_state.transaction() as session:
        session.get_one(Incident, incident.id).stage = "to_grade"
    with either_state.transaction() as session, pytest.raises(Refusal) as refused:
        raise_level(session, PLAN, incident.id, level=3, reason="研判升级", by=LEAD, now=NOW)
    assert refused.value.code == "illegal"
