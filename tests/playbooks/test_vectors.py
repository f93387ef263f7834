"""The 32 vectors of the plan's fact sheet, section 9, by their number."""

import datetime as dt
import re
from collections.abc import Mapping

import pytest

from playbooks.facts import parse_facts
from playbooks.grading import Grade, grade
from playbooks.incident.regrading import ask_downgrade, decide_downgrade
from playbooks.incident.reports import draft_report, edit_report, record_receipt, send_report
from playbooks.incident.zero_report import open_zero_report
from playbooks.machine import Refusal
from playbooks.notice.escalation.sweep import sweep_notices
from playbooks.person import Person
from playbooks.plan.response import HeightenedPeriod
from playbooks.warning.acts import draft_warning, issue_warning, lift_warning
from situation.clock import CITY_ZONE
from situation.faults import Malformed
from situation.state.store import StateStore
from situation.state.tables import (
    CityWarning,
    Delivery,
    Feedback,
    GradeChange,
    Incident,
    Notice,
    OutboxMessage,
    Report,
    RunningClock,
)
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
from tests.playbooks.intrusion import NOW, alert
from tests.playbooks.notice.desk import SUPERIOR, course_of, furnish

REASON = "经核实损失为另一系统所致，重复计算"


def level(facts: Mapping[str, object]) -> Grade:
    return grade(PLAN, parse_facts(facts), NOW)


def outage(**minutes: float) -> dict[str, object]:
    return {"outage_minutes": minutes}


def deface(**numbers: float) -> dict[str, object]:
    return {"deface": numbers}


def matrix(importance: str, loss: str, **more: str) -> dict[str, object]:
    return {"object_importance": importance, "business_loss": loss, **more}


CII: dict[str, object] = {"operator": "cii"}

LEVELS: list[tuple[int, dict[str, object], int]] = [
    (1, CII | outage(cii_whole=9 + 59 / 60), 4),
    (2, CII | outage(cii_whole=10), 3),
    (3, CII | outage(cii_main_function=29), 4),
    (3, CII | outage(cii_main_function=30), 3),
    (4, CII | outage(cii_whole=6 * 60), 1),
    (5, outage(portal_city_up=119), 4),
    (5, outage(portal_city_up=2 * 60), 3),
    (5, outage(portal_city_up=6 * 60), 2),
    (5, outage(portal_city_up=24 * 60), 2),
    (6, outage(portal_other=7 * 60), 4),
    (7, outage(portal_province_up=24 * 60), 1),
    (8, {"persons_leaked": 999_999}, 4),
    (9, {"persons_leaked": 1_000_000}, 3),
    (9, {"persons_leaked": 10_000_000}, 2),
    (9, {"persons_leaked": 100_000_000}, 1),
    (10, {"loss_rmb": 4_999_999.99}, 4),
    (10, {"loss_rmb": 5_000_000}, 3),
    (10, {"loss_rmb": 20_000_000}, 2),
    (10, {"loss_rmb": 100_000_000}, 1),
    (11, {"people_affected": 100_000, "share_city": 0.006}, 3),
    (12, {"share_city": 0.30}, 3),
    (12, {"share_city": 0.50}, 2),
    (13, deface(home_minutes=30, views=200), 3),
    (14, deface(other_minutes=119, reposts=999, views=9_999), 4),
    (15, {"persons_leaked": 1_200_000} | outage(cii_whole=7 * 60), 1),
    (16, {**LEVEL_3}, 3),
    (17, {**LEVEL_2}, 2),
    (22, matrix("special", "severe"), 2),
    (22, matrix("important", "severe"), 3),
    (22, matrix("general", "especially_severe"), 3),
    (22, matrix("important", "minor"), 4),
    (23, matrix("important", "considerable", social_harm="major"), 2),
    (24, {"sector": "miit", "sensitive_persons_leaked": 5_000_000}, 2),
]


@pytest.mark.parametrize(("number", "facts", "expected"), LEVELS)
def test_the_level_of_a_vector(number: int, facts: dict[str, object], expected: int) -> None:
    assert level(facts).level == expected, f"vector {number}"


FLAGS: list[tuple[int, dict[str, object], str, str]] = [
    (1, CII | outage(cii_whole=9 + 59 / 60), "cii_threat_report", "18条"),
    (8, {"persons_leaked": 999_999}, "leak_human_decision", "较大量"),
]


@pytest.mark.parametrize(("number", "facts", "code", "words"), FLAGS)
def test_the_flag_of_a_vector(number: int, facts: dict[str, object], code: str, words: str) -> None:
    flags = {flag.code: flag.zh for flag in level(facts).flags}
    assert words in flags[code], f"vector {number}"


FIRST, ONWARD = "discovery", "receipt"
CLOCKS: list[tuple[int, dict[str, object], str, list[tuple[str, int]]]] = [
    (2, CII | outage(cii_whole=10), FIRST, [("保护工作部门", 60), ("公安机关", 60)]),
    (2, CII | outage(cii_whole=10), ONWARD, []),
    (
        4,
        CII | outage(cii_whole=6 * 60),
        ONWARD,
        [("国家网信部门、国务院公安部门（由保护工作部门报告）", 30)],
    ),
    (16, {**LEVEL_3}, FIRST, [(PROVINCE, 240)]),
    (16, {**LEVEL_3}, ONWARD, []),
    (17, {**LEVEL_2}, FIRST, [(PROVINCE, 240)]),
    (17, {**LEVEL_2}, ONWARD, [("国家网信部门（由省级网信部门报告，并通报同级有关部门）", 60)]),
]


@pytest.mark.parametrize(("number", "facts", "start", "expected"), CLOCKS)
def test_the_statutory_clocks_of_a_vector(
    number: int, facts: dict[str, object], start: str, expected: list[tuple[str, int]]
) -> None:
    found = [
        (each.addressee, each.limit_minutes)
        for each in level(facts).clocks
        if each.statutory and each.start == start
    ]
    assert found == expected, f"vector {number}"


def test_vector_15_keeps_both_reasons() -> None:
    result = level({"persons_leaked": 1_200_000} | outage(cii_whole=7 * 60))
    assert [(each.metric, each.level) for each in result.reasons] == [
        ("outage_minutes.cii_whole", 1),
        ("persons_leaked", 3),
    ]


def drafted(
    state: StateStore, incident: Incident, kind: str = "first", addressee: str = PROVINCE
) -> Report:
    with state.transaction() as session:
        return draft_report(
            session, PLAN, incident.id, kind=kind, addressee=addressee, by=ANALYST, now=NOW
        )


def edited(state: StateStore, report: Report, items: dict[str, str]) -> None:
    with state.transaction() as session:
        edit_report(
            session,
            PLAN,
            report.id,
            items=items,
            by=ANALYST,
            expected_version=the(state, Report, report.id).version,
            now=NOW,
        )


def sent(state: StateStore, report: Report, now: dt.datetime = NOW) -> Report:
    with state.transaction() as session:
        return send_report(
            session,
            PLAN,
            report.id,
            channel="web",
            by=ANALYST,
            expected_version=the(state, Report, report.id).version,
            now=now,
        )


def test_vector_18_growth_keeps_the_first_clock_starts_the_onward_one_and_asks_for_more(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    report = sent(either_state, drafted(either_state, incident), NOW + HOUR)
    with either_state.transaction() as session:
        record_receipt(
            session,
            PLAN,
            report.id,
            received_at=NOW + HOUR,
            note="",
            by=ANALYST,
            expected_version=the(either_state, Report, report.id).version,
            now=NOW + HOUR,
        )
    risen = told(either_state, incident.id, LEVEL_2, NOW + 2 * HOUR)
    first, onward = clock(either_state, "T-OTH-1"), clock(either_state, "T-OTH-2")
    assert risen.level == 2
    assert (first.started_at, first.due_at) == (NOW, NOW + 4 * HOUR)
    assert (onward.state, onward.due_at) == ("running", NOW + 3 * HOUR)
    assert "follow_up_report_due" in codes(risen)
    assert len(tasks(either_state, "follow_up_report")) == 1


def test_vector_19_items_1_and_2_are_a_first_report_and_the_rest_is_a_task(
    either_state: StateStore,
) -> None:
    report = sent(either_state, drafted(either_state, graded(either_state, LEVEL_3)))
    given = {row.number for row in PLAN.report_items if report.items.get(row.key)}
    assert {1, 2} <= given
    assert "cause" in report.missing
    assert len(tasks(either_state, "supplement_report")) == 1


def test_vector_20_a_ransomware_report_states_the_ransom_or_says_so(
    either_state: StateStore,
) -> None:
    found = [alert("lockdown", 0, severity=4, technique="T1486", **FILES)]
    report = drafted(either_state, told(either_state, opened(either_state, found).id, LEVEL_3))
    with pytest.raises(Malformed) as refusal:
        sent(either_state, report)
    assert refusal.value.where == "ransom_amount"
    words = {"ransom_amount": "未要求", "ransom_method": "未知", "ransom_date": "未知"}
    edited(either_state, report, words)
    assert sent(either_state, report).state == "sent"


def test_vector_21_the_closing_report_is_due_30_days_after_the_response(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    ended = dt.datetime(2026, 3, 1, 10, 0, tzinfo=CITY_ZONE)
    led(either_state, incident.id, "respond", "contain", "assess", now=ended)
    due = clock(either_state, "T-FIN").due_at
    assert due == dt.datetime(2026, 3, 31, 10, 0, tzinfo=CITY_ZONE)


def warned(state: StateStore, colour: str, **fields: str) -> CityWarning:
    told_of = {
        "starts_at": "2026-03-03T16:30",
        "scope": "全市政务外网",
        "matters": "某办公系统漏洞正被大规模利用",
        "measures": "关闭外网入口，修补漏洞",
        "time_limit": "24 小时内",
    }
    with state.transaction() as session:
        return draft_warning(
            session,
            PLAN,
            colour=colour,
            issuer_level="city",
            issuer=PLAN.city.office_zh,
            category="network_attack/vulnerability_exploit",
            title_zh="办公系统漏洞预警",
            title_en="Hole in an office system",
            fields=told_of | fields,
            incident_id=None,
            drill_id=None,
            by=ANALYST,
            now=NOW,
        )


def issued(state: StateStore, warning: CityWarning) -> CityWarning:
    with state.transaction() as session:
        return issue_warning(
            session, PLAN, warning.id, by=LEAD, expected_version=warning.version, now=NOW
        )


def test_vector_25_a_colour_beyond_the_citys_power_becomes_a_proposal_to_the_superior(
    either_state: StateStore,
) -> None:
    warning = issued(either_state, warned(either_state, "red"))
    assert (warning.state, warning.issued_at) == ("proposed", None)
    assert len(tasks(either_state, "propose_warning")) == 1
    assert every(either_state, Delivery) == []


@pytest.mark.parametrize("field", ["starts_at", "time_limit"])
def test_vector_26_a_warning_without_its_start_or_its_time_limit_is_faulty(
    either_state: StateStore, field: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        warned(either_state, "yellow", **{field: ""})
    assert field in refusal.value.where


def test_vector_27_only_who_issued_a_warning_lifts_it(either_state: StateStore) -> None:
    warning = issued(either_state, warned(either_state, "yellow"))
    with pytest.raises(Refusal) as refusal, either_state.transaction() as session:
        lift_warning(
            session,
            PLAN,
            warning.id,
            reason="漏洞已修补",
            issuer_level="district",
            issuer="示例区委网信办",
            by=LEAD,
            expected_version=warning.version,
            now=NOW + HOUR,
        )
    assert refusal.value.code == "not_issuer"
    assert the(either_state, CityWarning, warning.id).state == "issued"


def test_vector_28_a_notice_to_persons_without_a_contact_is_faulty(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, {"persons_leaked": 1_000_000})
    report = drafted(either_state, incident, "pi_persons", "受影响的个人")
    fields = {row.key: "已说明" for row in PLAN.report_form("pi_persons") if row.key != "contact"}
    edited(either_state, report, fields)
    with pytest.raises(Malformed) as refusal:
        sent(either_state, report)
    assert refusal.value.where == "contact"


def test_vector_29_all_clocks_of_an_exercise_run_and_nothing_leaves(
    either_state: StateStore,
) -> None:
    drill = graded(either_state, {"loss_rmb": 100_000_000}, drill_id="drill-1")
    real = level({"loss_rmb": 100_000_000})
    assert drill.level == 1
    running = {row.clock for row in every(either_state, RunningClock) if row.state == "running"}
    assert running == {each.id for each in real.clocks if each.start == FIRST}
    sent(either_state, drafted(either_state, drill))
    assert every(either_state, Delivery) == []
    told_of = {message.topic for message in every(either_state, OutboxMessage)}
    assert told_of == {"alert"}


def test_vector_30_a_day_of_heightened_duty_without_an_event_asks_for_a_report_all_the_same(
    either_state: StateStore,
) -> None:
    start = dt.datetime(2026, 3, 3, tzinfo=CITY_ZONE)
    period = HeightenedPeriod(
        key="congress",
        zh="重要保障期",
        en="heightened duty",
        start=start,
        end=start + dt.timedelta(days=2),
        sla_factor=0.5,
        daily_report_time=dt.time(17, 0),
        instrument="practice",
        clause="重保",
        source="6.5",
        mark="project",
        verified=False,
    )
    plan = PLAN.model_copy(update={"heightened": (period,)})
    for hour in range(48):
        with either_state.transaction() as session:
            open_zero_report(session, plan, start + hour * HOUR)
    due = [task.due_at for task in tasks(either_state, "zero_report")]
    assert sorted(due, key=str) == [start + hour * HOUR for hour in (17, 41)]


def test_vector_31_returned_twice_and_then_overdue_a_notice_goes_to_the_superior_unit(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    course = course_of(either_state).issued(NOW).signed(NOW)
    for days in (1, 2):
        now = NOW + dt.timedelta(days=days)
        course.returned(now, now + dt.timedelta(days=1))
    with either_state.transaction() as session:
        sweep_notices(session, PLAN, NOW + dt.timedelta(days=3, minutes=1))
    notice = course.notice
    assert (notice.returns, notice.overdue_at is not None) == (2, True)
    (supervision,) = [row for row in every(either_state, Notice) if row.kind == "supervision"]
    assert (supervision.parent_id, supervision.department) == (notice.id, SUPERIOR)
    verdicts = [row.verdict for row in every(either_state, Feedback)]
    assert verdicts == ["failed", "failed"]


def asked(state: StateStore, incident: Incident, reason: str, by: Person) -> GradeChange:
    with state.transaction() as session:
        return ask_downgrade(
            session,
            PLAN,
            incident.id,
            level=3,
            reason=reason,
            by=by,
            expected_version=the(state, Incident, incident.id).version,
            now=NOW,
        )


def decided(state: StateStore, change: GradeChange, by: Person) -> None:
    with state.transaction() as session:
        decide_downgrade(session, PLAN, change.id, approve=True, by=by, now=NOW)


@pytest.mark.parametrize(
    ("reason", "by", "code"),
    [
        ("", LEAD, "reason"),
        (REASON, Person("li", "viewer"), "role"),
        (REASON, Person("liu", "department", "示例市交通局"), "role"),
    ],
)
def test_vector_32_a_downgrade_without_reason_or_role_is_refused(
    either_state: StateStore, reason: str, by: Person, code: str
) -> None:
    incident = graded(either_state, LEVEL_2)
    with pytest.raises(Refusal) as refusal:
        asked(either_state, incident, reason, by)
    assert refusal.value.code == code
    assert the(either_state, Incident, incident.id).level == 2


def test_vector_32_a_downgrade_takes_a_second_person(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_2)
    change = asked(either_state, incident, REASON, LEAD)
    for by, code in ((LEAD, "same_person"), (ANALYST, "role")):
        with pytest.raises(Refusal) as refusal:
            decided(either_state, change, by)
        assert refusal.value.code == code
        assert the(either_state, Incident, incident.id).level == 2
    decided(either_state, change, SECOND)
    assert the(either_state, Incident, incident.id).level == 3


def test_all_32_vectors_stand_here() -> None:
    tables = {row[0] for table in (LEVELS, FLAGS, CLOCKS) for row in table}
    named = {int(found[1]) for name in globals() if (found := re.match(r"test_vector_(\d+)", name))}
    assert tables | named == set(range(1, 33))
