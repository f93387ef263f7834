import pytest

from playbooks.document.data import course_data, notice_data, word
from playbooks.document.data.saying import both
from playbooks.notice.machine import EXTENSION, ITEM, MARKS, NOTICE
from situation.state.tables import Attachment
from tests.playbooks.document import case
from tests.playbooks.document.case import HOUR, NINE, PLAN
from tests.playbooks.document.golden import TEMPLATES


def labels(data: dict[str, object]) -> list[object]:
    fields = data["fields"]
    assert isinstance(fields, list)
    return [each["label"]["zh"] for each in fields]


def test_every_state_and_act_of_the_machines_has_its_words() -> None:
    assert set(word.STATUS) == NOTICE.states
    assert set(word.ITEM) == ITEM.states
    assert set(word.EXTENSION) == EXTENSION.states
    acts = {row.act for row in NOTICE.transitions} | set(MARKS)
    assert {f"notice.{act}" for act in acts} <= set(word.ACT)


def test_a_hazard_says_both_of_its_levels() -> None:
    data = notice_data(PLAN, case.notice(kind="hazard", hazard_level="high"))
    assert data["grade"] == both("Ⅱ级（重大）、高危", "level Ⅱ (major), high")
    assert notice_data(PLAN, case.notice())["grade"] == both("Ⅱ级（重大）", "level Ⅱ (major)")


def test_the_form_stands_in_its_order_without_what_stands_elsewhere() -> None:
    assert labels(notice_data(PLAN, case.notice()))[:3] == ["资产名称", "资产地址", "事件类型"]
    assert "通报编号" not in labels(notice_data(PLAN, case.notice()))


def test_a_field_without_labels_has_those_of_the_plan_or_its_key() -> None:
    fields = {"asset": "前置机", "beyond": "x", "address": ""}
    data = notice_data(PLAN, case.notice(fields=fields))
    assert data["fields"] == [
        {"label": both("资产名称", "Asset"), "value": both("前置机", "前置机")},
        {"label": both("beyond", "beyond"), "value": both("x", "x")},
    ]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"request": "立即断网。"}, "立即断网"),
        (case.form(request="立即断网；"), "立即断网"),
        ({}, "在签收时限前签收，按处置要求处置，在反馈时限前反馈结果；逾期督办"),
    ],
)
def test_what_is_asked_is_of_the_form_or_of_the_kind(fields: object, asked: str) -> None:
    request = notice_data(PLAN, case.notice(fields=fields))["request"]
    assert isinstance(request, dict)
    assert request["zh"] == asked


def test_a_draft_has_no_date_and_says_so() -> None:
    data = notice_data(PLAN, case.notice(issued_at=None, issued_by=None))
    assert (data["on"], data["dated"]) == ("", both("（未签发）", "(not issued)"))


def test_the_last_answer_is_that_of_the_last_round_in_whatever_order() -> None:
    rounds = list(reversed(case.feedbacks()))
    data = notice_data(PLAN, case.notice(), feedbacks=rounds, attachments=case.attachments())
    last = data["last"]
    assert isinstance(last, dict)
    assert (last["number"], last["file_names"]) == (2, "复测截图.png\n核查记录.pdf")
    assert (last["reviewed"], last["returned"]) == (True, False)


def test_without_an_answer_the_form_is_empty_but_has_every_value() -> None:
    empty = notice_data(PLAN, case.notice())["last"]
    answered = notice_data(PLAN, case.notice(), feedbacks=case.feedbacks())["last"]
    assert isinstance(empty, dict)
    assert isinstance(answered, dict)
    assert set(empty) == set(answered)
    assert not any(empty.values())


def test_a_file_of_the_department_is_no_enclosure() -> None:
    def uploaded(hours: float, feedback_id: str | None) -> Attachment:
        row = case.attachments()[0]
        row.feedback_id, row.uploaded_at = feedback_id, NINE + hours * HOUR
        row.name = f"{hours}"
        return row

    files = [uploaded(-1, None), uploaded(2, None), uploaded(3, "f1")]
    enclosed = notice_data(PLAN, case.notice(), attachments=files)["enclosures"]
    assert isinstance(enclosed, list)
    assert [each["name"] for each in enclosed] == ["-1"]


def test_a_step_tells_what_was_said_with_times_of_the_city() -> None:
    line = case.course()[5]
    line.detail = {
        "until": "2026-03-04T01:00:00+00:00",
        "reason": "需到场核查",
        "role": "department",
    }
    steps = notice_data(PLAN, case.notice(), course=[line])["steps"]
    assert isinstance(steps, list)
    assert steps[0]["told"] == both(
        "需到场核查\n延至：2026-03-04 09:00:00", "需到场核查\nuntil 2026-03-04 09:00:00"
    )
    assert steps[0]["act"] == both("申请延期", "extension asked for")


def test_a_department_is_not_shown_how_the_notice_came_about() -> None:
    data = course_data(
        PLAN,
        case.notice(),
        feedbacks=case.feedbacks(),
        extensions=[],
        items=[],
        attachments=[],
        course=case.course(),
        for_department=True,
    )
    steps = data["steps"]
    assert isinstance(steps, list)
    assert [each["act"]["zh"] for each in steps][:2] == ["签发", "签收"]
    assert len(steps) == len(case.course()) - 1
    lines = [block.rows for block in TEMPLATES.fill("course", data).blocks]
    assert "起草" not in repr(lines)


def test_every_inner_act_is_one() -> None:
    assert set(word.ACT) >= word.INNER_ACTS


def test_the_course_ends_with_the_digest_of_its_last_line() -> None:
    data = course_data(
        PLAN,
        case.notice(),
        feedbacks=[],
        extensions=[],
        items=[],
        attachments=[],
        course=case.course(),
    )
    last = case.course()[-1]
    assert data["proof"] == {"count": 9, "number": last.number, "digest": last.digest}
