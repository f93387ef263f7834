"""What people do with a notice, and what they may not."""

import datetime as dt

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.notice import acts
from playbooks.notice.drafting import edit_draft
from playbooks.notice.form import text_of
from playbooks.notice.guard import refusal_of
from playbooks.person import SYSTEM, Person
from situation.faults import Malformed
from situation.state.store import StateStore
from situation.state.tables import Delivery, Incident, Notice, RectificationItem
from tests.playbooks.notice.desk import (
    ANALYST,
    CLERK,
    DAY,
    DEPARTMENT,
    HAZARD_FIELDS,
    HOUR,
    LEAD,
    MINUTE,
    NOW,
    OTHER,
    PLAN,
    STRANGER,
    SUPERIOR,
    Course,
    course_of,
    furnish,
    hand_drafted,
)


def deliveries(state: StateStore, occasion: str) -> list[tuple[str, str]]:
    wanted = sa.select(Delivery).where(Delivery.occasion == occasion)
    with state.reading() as session:
        found = session.scalars(wanted.order_by(Delivery.channel, Delivery.recipient))
        return [(row.channel, row.recipient) for row in found]


def test_a_notice_goes_from_draft_to_archive(either_state: StateStore) -> None:
    furnish(either_state)
    course = course_of(either_state).issued()
    course.signed(NOW + HOUR)
    course.act("start", CLERK, NOW + HOUR)
    course.answered(NOW + 2 * HOUR)
    course.reviewed("passed", NOW + 3 * HOUR)
    archived = course.act("archive", ANALYST, NOW + 4 * HOUR)
    assert (archived.status, archived.closed_at) == ("archived", NOW + 4 * HOUR)
    assert (archived.signed_by, archived.signed_at) == ("wang", NOW + HOUR)
    assert (archived.issued_by, archived.submitted_by) == ("lin", "chen")
    assert course.actions() == [
        f"notice.{act}"
        for act in (
            *("draft", "submit", "judge", "propose", "issue", "sign"),
            *("start", "answer", "recheck", "pass", "archive"),
        )
    ]


def test_several_acts_may_share_one_transaction(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        notice = hand_drafted(session)
        for act, more in (("submit", {}), ("judge", {"level": 2, "hazard_level": "low"})):
            done = getattr(acts, act)(
                session,
                PLAN,
                notice.id,
                by=ANALYST,
                expected_version=notice.version,
                now=NOW,
                **more,
            )
    stored = Course(either_state, notice.id).notice
    assert (done.id, stored.status, stored.submitted_by) == (notice.id, "graded", "chen")
    assert (stored.level, stored.hazard_level) == (2, "low")


def test_each_line_of_the_audit_names_person_role_and_states(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    line = course.audit()[-1]
    assert (line.actor, line.detail["role"]) == ("lin", "duty_lead")
    assert (line.detail["before"], line.detail["after"]) == ("sign_off", "issued")
    assert line.detail["number"] == course.notice.number


def test_deadlines_count_from_the_issue_after_level_and_hazard_level(
    either_state: StateStore,
) -> None:
    course = course_of(either_state, level=3, hazard_level="critical").issued(NOW + DAY)
    notice = course.notice
    assert notice.urgency == "3:critical"
    assert notice.receipt_due == NOW + DAY + HOUR
    assert notice.feedback_due == NOW + 2 * DAY
    assert text_of(notice.fields["receipt_due"]) == "2026-03-04 10:00:00"
    assert text_of(notice.fields["issued_at"]) == "2026-03-04 09:00:00"
    assert text_of(notice.fields["status"]) == "已下发"


def test_working_days_leave_out_the_weekend(either_state: StateStore) -> None:
    friday = NOW + 3 * DAY
    notice = course_of(either_state, level=4, hazard_level="high").issued(friday).notice
    assert notice.receipt_due == dt.datetime(2026, 3, 9, 10, 0, tzinfo=dt.UTC)
    assert notice.feedback_due == dt.datetime(2026, 3, 11, 10, 0, tzinfo=dt.UTC)


def test_the_liaison_is_told_and_from_level_2_the_head_too(either_state: StateStore) -> None:
    furnish(either_state)
    course_of(either_state, level=3).issued()
    assert [channel for channel, _ in deliveries(either_state, "issue")] == ["mail", "portal"]
    course_of(either_state, level=2).issued()
    told = deliveries(either_state, "issue")
    assert [name for channel, name in told if channel == "mail"] == [
        f"{DEPARTMENT}/李局长",
        f"{DEPARTMENT}/王联络",
        f"{DEPARTMENT}/王联络",
    ]


def test_a_message_says_where_to_go_and_nothing_of_the_matter(either_state: StateStore) -> None:
    notice = course_of(either_state).issued().notice
    with either_state.reading() as session:
        payload = session.scalars(sa.select(Delivery.payload)).one()
    assert payload == {
        "number": notice.number,
        "kind_zh": "网络安全隐患通报",
        "kind_en": "hazard notice",
        "level": 3,
        "title_zh": notice.title_zh,
        "title_en": notice.title_en,
        "department": DEPARTMENT,
        "due_at": notice.receipt_due.isoformat(),
        "link": f"/portal/notices/{notice.id}",
        "drill": False,
    }


@pytest.mark.parametrize("who", ["drafter", "submitter", "editor"])
def test_who_wrote_or_submitted_it_does_not_issue_it(either_state: StateStore, who: str) -> None:
    with either_state.transaction() as session:
        notice = hand_drafted(session, by=Person("drafter", "analyst"))
        edit_draft(
            session,
            PLAN,
            notice.id,
            title_zh=notice.title_zh,
            title_en=notice.title_en,
            fields={"system": "新系统"},
            level=3,
            hazard_level="high",
            items=[],
            by=Person("editor", "analyst"),
            expected_version=notice.version,
            now=NOW,
        )
    course = Course(either_state, notice.id)
    course.act("submit", Person("submitter", "analyst"))
    course.act("judge", LEAD, level=3, hazard_level="high")
    course.act("propose", LEAD)
    with pytest.raises(Refusal) as refused:
        course.act("issue", Person(who, "duty_lead"))
    assert refused.value.code == "same_person"
    assert course.notice.status == "sign_off"
    assert course.act("issue", LEAD).status == "issued"


def test_the_platform_never_issues(either_state: StateStore) -> None:
    course = course_of(either_state)
    course.act("submit", ANALYST)
    course.act("judge", ANALYST, level=3, hazard_level="high")
    course.act("propose", ANALYST)
    with pytest.raises(Refusal) as refused:
        course.act("issue", SYSTEM)
    assert refused.value.code == "person_needed"


@pytest.mark.parametrize("by", [STRANGER, LEAD, SYSTEM])
@pytest.mark.parametrize("act", ["sign", "answer", "start"])
def test_only_the_department_signs_starts_and_answers(
    either_state: StateStore, by: Person, act: str
) -> None:
    course = course_of(either_state).issued()
    if act != "sign":
        course.signed()
    refusal = refusal_of(course.notice, act, by)
    assert refusal is not None
    assert refusal.code == ("other_department" if by is STRANGER else "not_department")


@pytest.mark.parametrize(
    "act", ["submit", "judge", "propose", "issue", "recheck", "archive", "revoke", "supervise"]
)
def test_a_department_does_nothing_of_the_citys(act: str) -> None:
    state = {
        "submit": "draft",
        "judge": "triage",
        "propose": "graded",
        "issue": "sign_off",
        "recheck": "answered",
        "archive": "passed",
        "revoke": "issued",
        "supervise": "issued",
    }[act]
    refusal = refusal_of(Notice(number="1", status=state, department=DEPARTMENT), act, CLERK)
    assert refusal is not None
    assert refusal.code == "city_only"


def test_what_is_not_possible_now_is_refused_and_changes_nothing(
    either_state: StateStore,
) -> None:
    course = course_of(either_state)
    before = course.notice
    with pytest.raises(Refusal) as refused:
        course.act("sign", CLERK)
    assert refused.value.code == "illegal"
    assert course.notice.version == before.version
    assert course.actions() == ["notice.draft"]


def test_a_notice_at_its_end_takes_no_act(either_state: StateStore) -> None:
    course = course_of(either_state)
    course.act("dismiss", ANALYST, reason="误报")
    assert (course.notice.status, course.notice.close_reason) == ("dismissed", "误报")
    for act in ("submit", "edit", "escalate", "attach"):
        refusal = refusal_of(course.notice, act, ANALYST)
        assert refusal is not None
        assert refusal.code == "terminal"


@pytest.mark.parametrize("act", ["send_back", "dismiss", "revoke"])
def test_ends_and_returns_need_a_reason(either_state: StateStore, act: str) -> None:
    course = course_of(either_state)
    if act == "revoke":
        course.issued()
    else:
        course.act("submit", ANALYST)
    with pytest.raises(Refusal) as refused:
        course.act(act, LEAD, reason="  ")
    assert refused.value.code == "reason_missing"


def test_who_acts_on_an_old_state_is_told(either_state: StateStore) -> None:
    course = course_of(either_state)
    with pytest.raises(Refusal) as refused, either_state.transaction() as session:
        acts.submit(session, PLAN, course.notice_id, by=ANALYST, expected_version=7, now=NOW)
    assert refused.value.code == "stale"


def test_sent_back_it_is_written_again(either_state: StateStore) -> None:
    course = course_of(either_state)
    course.act("submit", ANALYST)
    course.act("send_back", LEAD, reason="写明系统名称")
    assert course.notice.status == "draft"
    assert course.audit()[-1].detail["reason"] == "写明系统名称"


def test_reassigned_it_ends_and_its_child_goes_to_the_other_department(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    course = course_of(either_state, items=["改口令"]).issued()
    later = NOW + HOUR
    child = course.act("reassign", LEAD, later, department=OTHER, reason="系统已移交")
    assert course.notice.status == "reassigned"
    assert course.notice.closed_at == later
    assert (child.parent_id, child.status, child.department) == (course.notice_id, "issued", OTHER)
    assert child.number != course.notice.number
    assert (child.issued_at, child.issued_by) == (later, "lin")
    assert text_of(child.fields["department"]) == OTHER
    assert text_of(child.fields["number"]) == child.number
    with either_state.reading() as session:
        items = session.scalars(
            sa.select(RectificationItem.title).where(RectificationItem.notice_id == child.id)
        ).all()
    assert items == ["改口令"]
    assert ("portal", OTHER) in deliveries(either_state, "issue")
    assert ("portal", DEPARTMENT) in deliveries(either_state, "reassign")


def test_reassigned_twice_each_names_its_own_contact(either_state: StateStore) -> None:
    furnish(either_state)
    first = course_of(either_state).issued()
    second = first.act("reassign", LEAD, department=OTHER, reason="系统已移交")
    back = Course(either_state, second.id).act(
        "reassign", LEAD, department=DEPARTMENT, reason="又移回"
    )
    contacts = [text_of(each.fields["contact"]) for each in (first.notice, second, back)]
    assert ["王联络" in text for text in contacts] == [True, False, True]
    assert back.parent_id == second.id
    assert len({first.notice.number, second.number, back.number}) == 3


def test_it_is_reassigned_to_another_department_only(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    with pytest.raises(Malformed) as fault:
        course.act("reassign", LEAD, department=DEPARTMENT, reason="无")
    assert fault.value.where == "department"


def test_revoked_it_ends_and_the_department_is_told(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    course.act("revoke", LEAD, NOW + MINUTE, reason="发错单位")
    assert (course.notice.status, course.notice.close_reason) == ("revoked", "发错单位")
    assert deliveries(either_state, "revoke") == [("portal", DEPARTMENT)]


def test_escalated_it_is_linked_to_the_incident_and_goes_on(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    with either_state.transaction() as session:
        incident = an_incident()
        session.add(incident)
    course.act("escalate", LEAD, NOW + MINUTE, incident_id=incident.id, reason="已被利用")
    notice = course.notice
    assert (notice.status, notice.incident_id) == ("issued", incident.id)
    assert notice.escalated_at == NOW + MINUTE
    with pytest.raises(Malformed) as fault:
        course.act("escalate", LEAD, incident_id="nothing", reason="已被利用")
    assert fault.value.where == "incident_id"


def test_a_supervision_goes_to_the_superior_and_waits_for_a_second_person(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    course = course_of(either_state).issued()
    child = course.act("supervise", LEAD, NOW + DAY, reason="限两日内办结")
    assert (child.kind, child.department, child.status) == ("supervision", SUPERIOR, "sign_off")
    assert child.parent_id == course.notice_id
    assert course.notice.supervised_at == NOW + DAY
    assert course.notice.status == "issued"
    assert text_of(child.fields["supervised"]) == course.notice.number
    assert text_of(child.fields["requirements"]) == "限两日内办结"
    following = Course(either_state, child.id)
    refusal = refusal_of(child, "issue", LEAD)
    assert refusal is not None
    assert refusal.code == "same_person"
    following.act("issue", Person("hu", "duty_lead"), NOW + DAY)
    assert ("portal", SUPERIOR) in deliveries(either_state, "issue")


def test_without_a_superior_the_department_itself_is_supervised(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    assert course.act("supervise", LEAD, reason="逾期").department == DEPARTMENT


def test_a_reminder_by_hand_is_sent_once_a_minute(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    before = course.notice.version
    for _ in range(2):
        with either_state.transaction() as session:
            acts.remind(session, PLAN, course.notice_id, by=ANALYST, now=NOW + HOUR)
    assert deliveries(either_state, "remind_202603030200") == [("portal", DEPARTMENT)]
    assert course.notice.version == before


def test_a_drill_is_told_as_a_drill_and_its_child_stays_in_it(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        notice = hand_drafted(session, drill_id="drill-1")
    course = Course(either_state, notice.id).issued()
    assert course.notice.title_zh.startswith("【演练】")
    assert "演练" in course.notice.number
    child = course.act("supervise", LEAD, reason="逾期")
    assert (child.drill_id, child.title_zh[:4]) == ("drill-1", "【演练】")
    with either_state.reading() as session:
        sent = session.scalars(sa.select(Delivery)).all()
    assert {(row.drill_id, row.payload["drill"]) for row in sent} == {("drill-1", True)}


def an_incident() -> Incident:
    return Incident(
        id="SJ-1",
        title_zh="一",
        title_en="one",
        category="x/y",
        level=2,
        reasons=[],
        facts={},
        fact_sources={},
        flags=[],
        entities=[],
        asset="a",
        department=DEPARTMENT,
        district="市本级",
        first_seen=NOW,
        last_seen=NOW,
        discovered_at=NOW,
        alert_count=0,
        created_at=NOW,
        updated_at=NOW,
    )


def test_no_act_takes_a_sign_that_the_database_cannot_keep(either_state: StateStore) -> None:
    with pytest.raises(Malformed) as field:
        course_of(either_state, fields=HAZARD_FIELDS | {"system": "a\x00b"})
    with pytest.raises(Malformed) as department:
        course_of(either_state, department="a\x00b")
    course = course_of(either_state)
    with pytest.raises(Malformed) as reason:
        course.act("dismiss", ANALYST, reason="a\x00b")
    course.issued()
    with pytest.raises(Malformed) as assignee:
        course.act("sign", CLERK, assignee="a\x00b")
    faults = (field, department, reason, assignee)
    assert [fault.value.where for fault in faults] == ["system", "department", "reason", "assignee"]
