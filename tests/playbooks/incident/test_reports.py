"""Reports: written from what is known, sent though incomplete, supplemented, received, closed."""

import datetime as dt
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from playbooks.incident.reports import (
    TEXT_LIMIT,
    draft_report,
    edit_report,
    record_receipt,
    send_report,
)
from playbooks.machine import Refusal
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore
from situation.state.tables import Account, AuditLine, Delivery, Incident, OutboxMessage, Report
from tests.playbooks.incident.case import (
    ANALYST,
    FILES,
    HOUR,
    LEVEL_2,
    LEVEL_3,
    PLAN,
    PROVINCE,
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
from tests.playbooks.intrusion import NOW, alert, intrusion

RANSOM_KEYS = ("ransom_amount", "ransom_method", "ransom_date")
RESPONDED = ("respond", "contain", "recover", "assess")
CLOSING = {
    "signer": "王一",
    "cause": "口令过弱",
    "measures": "停用账户",
    "harm": "无",
    "responsibility": "已约谈",
    "rectification": "已启用双因素",
    "lessons": "清查弱口令",
    "impact": "无",
    "improvement": "每月抽查",
}


def drafted(
    state: StateStore,
    incident_id: str,
    kind: str = "first",
    addressee: str = PROVINCE,
    now: dt.datetime = NOW,
) -> Report:
    with state.transaction() as session:
        return draft_report(
            session, PLAN, incident_id, kind=kind, addressee=addressee, by=ANALYST, now=now
        )


def edited(state: StateStore, report: Report, items: Mapping[str, str]) -> Report:
    with state.transaction() as session:
        return edit_report(
            session,
            PLAN,
            report.id,
            items=items,
            by=ANALYST,
            expected_version=the(state, Report, report.id).version,
            now=NOW,
        )


def sent(
    state: StateStore, report: Report, now: dt.datetime = NOW + HOUR, channel: str = "web"
) -> Report:
    with state.transaction() as session:
        return send_report(
            session,
            PLAN,
            report.id,
            channel=channel,
            by=ANALYST,
            expected_version=the(state, Report, report.id).version,
            now=now,
        )


def received(state: StateStore, report: Report, at: dt.datetime, now: dt.datetime) -> Report:
    with state.transaction() as session:
        return record_receipt(
            session,
            PLAN,
            report.id,
            received_at=at,
            note="王处来电确认",
            by=ANALYST,
            expected_version=the(state, Report, report.id).version,
            now=now,
        )


def refused(state: StateStore, report: Report) -> Malformed:
    before = the(state, Report, report.id)
    with pytest.raises(Malformed) as refusal:
        sent(state, report)
    assert the(state, Report, report.id).version == before.version
    return refusal.value


def test_a_report_is_filled_with_what_the_incident_tells(either_state: StateStore) -> None:
    incident = told(either_state, opened(either_state, intrusion()).id, LEVEL_3)
    report = drafted(either_state, incident.id)
    assert (report.number, report.state, report.drill_id) == (1, "draft", None)
    assert report.items["unit"] == "示例市数据局"
    assert report.items["system"] == "数据交换前置机（10.20.1.15）"
    assert report.items["type"] == "数据安全事件 / 数据窃取"
    assert report.items["level"] == "Ⅲ级（较大）"
    assert report.items["found_at"] == "2026-03-03 20:00"
    assert report.items["report_number"] == "第1次"
    impact = str(report.items["impact"])
    assert "直接经济损失：5,000,000 元" in impact
    assert "业务损失严重程度：较大（待核实）" in impact
    assert "（待核实）" not in impact.split("直接经济损失")[1].splitlines()[0]
    assert str(report.items["path"]).count("\n") == 4


def test_every_item_of_every_form_is_there_and_what_is_unknown_is_empty(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    for kind in ("first", "follow_up", "closing", "pi_authority", "pi_persons"):
        report = drafted(either_state, incident.id, kind)
        wanted = [row for row in PLAN.report_form(kind) if row.only is None]
        assert list(report.items) == [row.key for row in wanted]
        blank = [row.key for row in wanted if row.required and not report.items[row.key]]
        assert report.missing == blank
    assert [row.number for row in every(either_state, Report)] == [1, 2, 3, 4, 5]


def test_a_first_report_without_the_cause_is_accepted_and_opens_a_task_for_the_rest(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    report = sent(either_state, drafted(either_state, incident.id))
    assert (report.state, report.channel, report.sent_at) == ("sent", "web", NOW + HOUR)
    assert "cause" in report.missing
    assert report.items["reported_at"] == "2026-03-03 21:00"
    (task,) = tasks(either_state, "supplement_report")
    assert task.object_id == incident.id


def test_the_rest_that_is_supplied_ends_the_task(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    first = sent(either_state, drafted(either_state, incident.id))
    rest = drafted(either_state, incident.id, "follow_up")
    assert rest.items["impact"] == first.items["impact"]
    assert rest.items["report_number"] == "第2次"
    edited(either_state, rest, {str(key): "已查明" for key in rest.missing})
    after = sent(either_state, rest)
    assert after.missing == []
    assert tasks(either_state, "supplement_report") == []


def test_a_report_names_the_reporter_as_others_see_the_account(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    with either_state.transaction() as session:
        session.add(
            Account(
                name=ANALYST.name,
                display_name="分析员 陈一",
                password_hash="",
                role=ANALYST.role,
                created_at=NOW,
            )
        )
    assert drafted(either_state, incident.id).items["reporter"] == "分析员 陈一"


def test_what_one_authority_was_told_another_still_lacks(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    sent(either_state, drafted(either_state, incident.id))
    whole = drafted(either_state, incident.id, addressee="公安机关")
    edited(either_state, whole, {str(key): "已查明" for key in whole.missing})
    assert sent(either_state, whole).missing == []
    (task,) = tasks(either_state, "supplement_report")
    assert PROVINCE in task.title_zh


@pytest.mark.parametrize("key", ["unit", "impact", "measures_taken", "phone"])
def test_a_first_report_that_lacks_items_one_and_two_is_not_sent(
    either_state: StateStore, key: str
) -> None:
    incident = graded(either_state, LEVEL_3)
    report = edited(either_state, drafted(either_state, incident.id), {key: " "})
    assert refused(either_state, report).where == key


def test_a_first_report_meets_the_clock_of_its_addressee_and_no_other(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    sent(either_state, drafted(either_state, incident.id))
    province = clock(either_state, "T-OTH-1")
    assert (province.state, province.met_at, province.met_by) == (
        "met",
        NOW + HOUR,
        ANALYST.name,
    )
    assert clock(either_state, "T-CITY").state == "running"
    assert clock(either_state, "T-FIN").state == "waiting"


def test_a_follow_up_meets_no_clock_and_answers_the_rise_of_the_level(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    sent(either_state, drafted(either_state, incident.id))
    risen = told(either_state, incident.id, LEVEL_2, NOW + 2 * HOUR)
    assert "follow_up_report_due" in codes(risen)
    assert len(tasks(either_state, "follow_up_report")) == 1
    sent(either_state, drafted(either_state, incident.id, "follow_up"), NOW + 3 * HOUR)
    assert "follow_up_report_due" not in codes(the(either_state, Incident, incident.id))
    assert tasks(either_state, "follow_up_report") == []
    assert clock(either_state, "T-CITY").state == "running"


def test_before_the_first_report_a_rise_of_the_level_opens_no_task_for_a_follow_up(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    told(either_state, incident.id, LEVEL_2, NOW + HOUR)
    assert tasks(either_state, "follow_up_report") == []


def ransomware(state: StateStore) -> Incident:
    found = [alert("lockdown", 0, severity=4, technique="T1486", **FILES)]
    return told(state, opened(state, found).id, LEVEL_3)


def test_a_ransomware_is_not_reported_without_what_is_known_of_the_ransom(
    either_state: StateStore,
) -> None:
    report = drafted(either_state, ransomware(either_state).id)
    fault = refused(either_state, report)
    assert fault.where == RANSOM_KEYS[0]
    assert "Ransom" in fault.reason
    edited(either_state, report, {"ransom_amount": "3 BTC", "ransom_method": "比特币"})
    assert refused(either_state, report).where == "ransom_date"


@pytest.mark.parametrize("words", ["未要求", "未知"])
def test_the_explicit_words_are_an_answer_about_the_ransom(
    either_state: StateStore, words: str
) -> None:
    report = drafted(either_state, ransomware(either_state).id)
    edited(either_state, report, dict.fromkeys(RANSOM_KEYS, words))
    assert sent(either_state, report).state == "sent"


def test_the_ransom_that_a_person_told_stands_in_the_report(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3 | {"ransomware.amount": "3 BTC"})
    report = drafted(either_state, incident.id)
    assert report.items["ransom_amount"] == "3 BTC"
    assert "ransom_date" in report.missing


def test_other_incidents_are_not_asked_for_a_ransom(either_state: StateStore) -> None:
    report = drafted(either_state, graded(either_state, LEVEL_3).id)
    assert not set(RANSOM_KEYS) & set(report.items)


@pytest.mark.parametrize("kind", ["pi_authority", "pi_persons"])
def test_a_notice_about_personal_information_without_a_contact_is_refused(
    either_state: StateStore, kind: str
) -> None:
    incident = graded(either_state, {"persons_leaked": 1_000_000})
    report = drafted(either_state, incident.id, kind, "履行个人信息保护职责的部门")
    fields = {row.key: "已说明" for row in PLAN.report_form("pi_persons") if row.key != "contact"}
    edited(either_state, report, fields)
    assert refused(either_state, report).where == "contact"
    edited(either_state, report, {"contact": "0755-00000000"})
    assert sent(either_state, report).state == "sent"


def test_the_task_about_personal_information_ends_when_authority_and_persons_know(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, {"persons_leaked": 1_000_000})
    assert len(tasks(either_state, "pi_notice")) == 1
    for kind, left in (("pi_authority", 1), ("pi_persons", 0)):
        report = drafted(either_state, incident.id, kind)
        edited(either_state, report, {row.key: "已说明" for row in PLAN.report_form("pi_persons")})
        sent(either_state, report)
        assert len(tasks(either_state, "pi_notice")) == left


def test_a_receipt_is_recorded_with_its_time_and_note(either_state: StateStore) -> None:
    report = sent(either_state, drafted(either_state, graded(either_state, LEVEL_3).id))
    after = received(either_state, report, NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert (after.state, after.received_at, after.receipt_note) == (
        "received",
        NOW + 2 * HOUR,
        "王处来电确认",
    )
    with pytest.raises(Refusal) as twice:
        received(either_state, report, NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert twice.value.code == "illegal"


@pytest.mark.parametrize("at", [NOW, NOW + 4 * HOUR])
def test_a_receipt_before_the_report_or_in_the_future_is_refused(
    either_state: StateStore, at: dt.datetime
) -> None:
    report = sent(either_state, drafted(either_state, graded(either_state, LEVEL_3).id))
    with pytest.raises(Malformed) as refusal:
        received(either_state, report, at, NOW + 3 * HOUR)
    assert refusal.value.where == "received_at"


def test_the_closing_report_meets_its_clock_and_opens_the_archive(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    early = drafted(either_state, incident.id, "closing")
    edited(either_state, early, CLOSING)
    with pytest.raises(Refusal) as refusal:
        sent(either_state, early)
    assert refusal.value.code == "response_runs"
    led(either_state, incident.id, *RESPONDED, now=NOW + 2 * HOUR)
    sent(either_state, early, NOW + dt.timedelta(days=20))
    assert clock(either_state, "T-FIN").state == "met"
    assert clock(either_state, "T-INV").state == "running"
    assert tasks(either_state, "closing_report") == []
    assert led(either_state, incident.id, "archive").status == "closed"


def test_a_closing_report_is_complete_or_not_sent(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    led(either_state, incident.id, *RESPONDED)
    report = drafted(either_state, incident.id, "closing")
    edited(either_state, report, CLOSING | {"lessons": ""})
    assert refused(either_state, report).where == "lessons"


def test_the_office_that_investigates_gets_its_own_report(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    led(either_state, incident.id, *RESPONDED)
    office = clock(either_state, "T-INV").addressee
    report = drafted(either_state, incident.id, "closing", office)
    edited(either_state, report, CLOSING)
    sent(either_state, report)
    assert clock(either_state, "T-INV").state == "met"


def test_a_report_of_a_drill_is_marked_and_reaches_nobody(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3, drill_id="drill-1")
    with either_state.transaction() as session:
        session.execute(sa.delete(OutboxMessage))
    report = sent(either_state, drafted(either_state, incident.id))
    assert (report.drill_id, report.state) == ("drill-1", "sent")
    assert clock(either_state, "T-OTH-1").state == "met"
    assert every(either_state, OutboxMessage) == []
    assert every(either_state, Delivery) == []
    lines = [line for line in every(either_state, AuditLine) if line.action == "report.send"]
    assert lines[0].detail["drill"] is True


@pytest.mark.parametrize(
    ("kind", "addressee", "where"), [("gossip", PROVINCE, "kind"), ("first", " ", "addressee")]
)
def test_a_report_of_no_kind_or_to_nobody_is_refused(
    either_state: StateStore, kind: str, addressee: str, where: str
) -> None:
    incident = opened(either_state)
    with pytest.raises(Malformed) as refusal:
        drafted(either_state, incident.id, kind, addressee)
    assert refusal.value.where == where


def test_the_same_report_is_not_drafted_twice_nor_for_a_withdrawn_incident(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    drafted(either_state, incident.id)
    with pytest.raises(Refusal) as twice:
        drafted(either_state, incident.id)
    assert twice.value.code == "drafted"
    assert drafted(either_state, incident.id, addressee="公安机关").number == 2
    led(either_state, incident.id, "withdraw", reason="误报")
    with pytest.raises(Refusal) as gone:
        drafted(either_state, incident.id, "follow_up")
    assert gone.value.code == "illegal"
    with pytest.raises(Conflict):
        drafted(either_state, "SJ-nowhere")


@pytest.mark.parametrize(
    ("items", "where"),
    [
        ({"gossip": "x"}, "gossip"),
        ({"report_number": "第9次"}, "report_number"),
        ({"cause": "x" * (TEXT_LIMIT + 1)}, "cause"),
    ],
)
def test_an_item_that_the_form_has_not_or_that_is_too_long_is_refused(
    either_state: StateStore, items: dict[str, str], where: str
) -> None:
    report = drafted(either_state, opened(either_state).id)
    with pytest.raises(Malformed) as refusal:
        edited(either_state, report, items)
    assert refusal.value.where == where


def test_what_was_sent_is_not_edited_nor_sent_again(either_state: StateStore) -> None:
    report = sent(either_state, drafted(either_state, graded(either_state, LEVEL_3).id))
    with pytest.raises(Refusal) as edit:
        edited(either_state, report, {"cause": "口令过弱"})
    with pytest.raises(Refusal) as again:
        sent(either_state, report)
    assert (edit.value.code, again.value.code) == ("illegal", "illegal")


def test_a_report_is_sent_by_a_channel_that_exists(either_state: StateStore) -> None:
    report = drafted(either_state, graded(either_state, LEVEL_3).id)
    with pytest.raises(Malformed) as refusal:
        sent(either_state, report, channel="pigeon")
    assert refusal.value.where == "channel"
