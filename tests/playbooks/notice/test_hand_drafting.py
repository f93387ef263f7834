"""Notices that people write: fields of the form, numbers, and edits that stay."""

from collections.abc import Mapping, Sequence

import pytest
import sqlalchemy as sa

from playbooks.machine import Refusal
from playbooks.notice.drafting import edit_draft
from playbooks.notice.entry import LONGEST
from playbooks.notice.form import text_of
from playbooks.person import Person
from playbooks.service import fold
from situation.clock import SetClock
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore
from situation.state.tables import Incident, Notice, RectificationItem
from tests.playbooks.intrusion import ASSETS, intrusion, put
from tests.playbooks.notice.desk import (
    ANALYST,
    CLERK,
    DAY,
    DEPARTMENT,
    HAZARD_FIELDS,
    HOUR,
    LEAD,
    NOW,
    PLAN,
    Course,
    course_of,
    furnish,
    hand_drafted,
)

WARNING_FIELDS = {
    "category": "网络攻击",
    "starts_at": "2026-03-04 08:00:00",
    "scope": "全市",
    "matters": "漏洞利用",
    "measures": "打补丁",
    "time_limit": "三日内",
}
RECTIFICATION_FIELDS = {
    "basis": "示网隐通〔2026〕第001号",
    "cause": "逾期未改",
    "problems": "弱口令",
    "requirements": "改口令",
}
INCIDENT_FIELDS = {
    "type": "数据安全事件",
    "first_seen": "2026-03-02 10:00:00",
    "measures_required": "断网\n取证",
}
SUPERVISION_FIELDS = {
    "supervised": "示网隐通〔2026〕第001号",
    "delay": "五日",
    "requirements": "办结",
}


def edit(
    course: Course,
    fields: Mapping[str, str],
    *,
    title: str | None = None,
    level: int | None = None,
    hazard_level: str | None = "high",
    items: Sequence[str] = (),
    by: Person = ANALYST,
) -> Notice:
    notice = course.notice
    with course.state.transaction() as session:
        return edit_draft(
            session,
            PLAN,
            notice.id,
            title_zh=title or notice.title_zh,
            title_en=notice.title_en,
            fields=fields,
            level=level or notice.level,
            hazard_level=hazard_level,
            items=items,
            by=by,
            expected_version=notice.version,
            now=NOW + HOUR,
        )


def test_a_hazard_notice_has_the_fields_of_its_form_in_their_order(
    either_state: StateStore,
) -> None:
    furnish(either_state)
    notice = course_of(either_state).notice
    assert list(notice.fields) == [row.key for row in PLAN.notice_form("hazard")]
    assert (notice.status, notice.drafted_by, notice.kind) == ("draft", "chen", "hazard")
    assert notice.number == "示网隐通〔2026〕第001号"
    assert text_of(notice.fields["number"]) == notice.number
    assert text_of(notice.fields["title"]) == "关于弱口令隐患的通报"
    assert text_of(notice.fields["title"], "en") == "Weak passwords"
    assert text_of(notice.fields["level"]) == "Ⅲ级（较大）"
    assert text_of(notice.fields["hazard_level"]) == "高危"
    assert text_of(notice.fields["found_at"]) == "2026-03-02 09:30:00"
    assert text_of(notice.fields["description"]) == "后台使用弱口令\n可被猜解"
    assert text_of(notice.fields["request"]) == PLAN.notice_kind("hazard").request_zh
    assert notice.contact == "王联络"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("warning", WARNING_FIELDS),
        ("rectification", RECTIFICATION_FIELDS),
        ("incident", INCIDENT_FIELDS),
        ("supervision", SUPERVISION_FIELDS),
    ],
)
def test_each_kind_has_its_form_and_its_numbers(
    either_state: StateStore, kind: str, fields: dict[str, str]
) -> None:
    notice = course_of(either_state, kind=kind, fields=fields, hazard_level=None).notice
    assert list(notice.fields) == [row.key for row in PLAN.notice_form(kind)]
    assert notice.number == PLAN.notice_kind(kind).number.format(year=2026, serial=1)
    assert notice.hazard_level is None
    assert Course(either_state, notice.id).issued().notice.status == "issued"


def test_numbers_count_up_by_kind_and_drills_apart(either_state: StateStore) -> None:
    numbers = [
        course_of(either_state).notice.number,
        course_of(either_state).notice.number,
        course_of(either_state, drill_id="drill-1").notice.number,
        course_of(
            either_state, kind="warning", fields=WARNING_FIELDS, hazard_level=None
        ).notice.number,
        course_of(either_state, now=NOW + 365 * DAY).notice.number,
    ]
    assert numbers == [
        "示网隐通〔2026〕第001号",
        "示网隐通〔2026〕第002号",
        "示网隐通（演练）〔2026〕第001号",
        "示网预通〔2026〕第001号",
        "示网隐通〔2027〕第001号",
    ]


@pytest.mark.parametrize(
    "missing", ["hazard_number", "hazard_name", "system", "found_at", "description"]
)
def test_a_missing_required_field_is_named(either_state: StateStore, missing: str) -> None:
    fields = {key: text for key, text in HAZARD_FIELDS.items() if key != missing}
    with pytest.raises(Malformed) as fault:
        course_of(either_state, fields=fields)
    assert fault.value.where == missing


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("found_at", "gestern"),
        ("records", "viele"),
        ("nothing_such", "x"),
        ("description", "x" * (LONGEST + 1)),
    ],
)
def test_a_wrong_field_is_named(either_state: StateStore, key: str, text: str) -> None:
    with pytest.raises(Malformed) as fault:
        course_of(either_state, fields=HAZARD_FIELDS | {key: text})
    assert fault.value.where == key


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"level": 5}, "level"),
        ({"level": 0}, "level"),
        ({"hazard_level": None}, "hazard_level"),
        ({"hazard_level": "huge"}, "hazard_level"),
        ({"department": " "}, "department"),
        ({"kind": "letter"}, "kind"),
        ({"incident_id": "nothing"}, "incident_id"),
    ],
)
def test_wrong_heads_are_named(
    either_state: StateStore, changes: dict[str, object], where: str
) -> None:
    with pytest.raises(Malformed) as fault:
        course_of(either_state, **changes)
    assert fault.value.where == where


def test_a_department_drafts_nothing(either_state: StateStore) -> None:
    with pytest.raises(Refusal) as refused:
        course_of(either_state, by=CLERK)
    assert refused.value.code == "city_only"


def test_an_edit_changes_what_is_given_and_says_so(either_state: StateStore) -> None:
    course = course_of(either_state, items=["甲"])
    edit(course, {"system": "新系统"}, title="新标题", level=2, items=["甲", "乙"])
    notice = course.notice
    assert (notice.title_zh, notice.level, notice.edited_by) == ("新标题", 2, "chen")
    assert text_of(notice.fields["system"]) == "新系统"
    assert text_of(notice.fields["title"]) == "新标题"
    assert text_of(notice.fields["level"]) == "Ⅱ级（重大）"
    assert text_of(notice.fields["hazard_name"]) == "弱口令"
    line = course.audit()[-1]
    assert line.action == "notice.edit"
    assert line.detail["changed"] == ["title", "system", "level"]
    with either_state.reading() as session:
        titles = session.scalars(
            sa.select(RectificationItem.title).order_by(RectificationItem.position)
        ).all()
    assert titles == ["甲", "乙"]


def test_an_edit_may_not_empty_a_required_field(either_state: StateStore) -> None:
    course = course_of(either_state)
    with pytest.raises(Malformed) as fault:
        edit(course, {"system": " "})
    assert fault.value.where == "system"


def test_an_issued_notice_is_edited_no_more(either_state: StateStore) -> None:
    course = course_of(either_state).issued()
    with pytest.raises(Refusal) as refused:
        edit(course, {"system": "新系统"})
    assert refused.value.code == "illegal"


def test_two_edits_at_once_are_a_conflict(either_state: StateStore) -> None:
    course = course_of(either_state)
    with either_state.transaction() as session:
        hand_drafted(session)
    edit(course, {"system": "甲"})
    with pytest.raises(Conflict, match="meanwhile"), either_state.transaction() as session:
        edit_draft(
            session,
            PLAN,
            course.notice_id,
            title_zh="甲",
            title_en="a",
            fields={},
            level=3,
            hazard_level="high",
            items=[],
            by=LEAD,
            expected_version=1,
            now=NOW,
        )


def test_what_a_person_wrote_into_an_incidents_draft_stays_when_the_incident_grows(
    either_state: StateStore,
) -> None:
    *early, upload = intrusion()
    put(either_state, early)
    fold(either_state, PLAN, ASSETS, SetClock(NOW), drill_id=None)
    with either_state.reading() as session:
        course = Course(either_state, session.scalars(sa.select(Notice.id)).one())
    edit(course, {"measures_required": "先断网"}, title="关于前置机的通报", hazard_level=None)
    put(either_state, [upload])
    fold(either_state, PLAN, ASSETS, SetClock(NOW + DAY), drill_id=None)
    notice = course.notice
    assert text_of(notice.fields["measures_required"]) == "先断网"
    assert notice.title_zh == "关于前置机的通报"
    assert "告警 5 条" in text_of(notice.fields["evidence"])
    assert course.actions() == ["notice.draft", "notice.edit", "notice.update"]


def test_an_incidents_draft_that_was_sent_back_still_follows_and_asks_for_no_supplement(
    either_state: StateStore,
) -> None:
    *early, upload = intrusion()
    put(either_state, early)
    fold(either_state, PLAN, ASSETS, SetClock(NOW), drill_id=None)
    with either_state.reading() as session:
        course = Course(either_state, session.scalars(sa.select(Notice.id)).one())
    course.act("send_back", LEAD, reason="写明影响")
    put(either_state, [upload])
    fold(either_state, PLAN, ASSETS, SetClock(NOW + DAY), drill_id=None)
    assert "告警 5 条" in text_of(course.notice.fields["evidence"])
    with either_state.reading() as session:
        incident = session.scalars(sa.select(Incident)).one()
    assert "notice_supplement_due" not in str(incident.flags)


def test_blanks_around_a_department_are_no_part_of_its_name(either_state: StateStore) -> None:
    assert course_of(either_state, department=f" {DEPARTMENT} ").notice.department == DEPARTMENT
