import pytest

from playbooks.document.data import report_data
from playbooks.document.data.saying import both
from tests.playbooks.document import case
from tests.playbooks.document.case import PLAN


def labels(fields: object) -> list[str]:
    assert isinstance(fields, list)
    return [each["label"]["zh"] for each in fields]


def test_the_items_stand_in_the_order_of_the_plan_whatever_theirs() -> None:
    row = case.report()
    row.items = dict(reversed(row.items.items()))
    told = labels(report_data(PLAN, row, case.incident())["fields"])
    form = [item.zh for item in PLAN.report_form("first") if item.only is None]
    assert told == form


def test_what_is_to_be_supplied_is_said_in_its_place_and_in_one_sentence() -> None:
    data = report_data(PLAN, case.report(), case.incident())
    fields = data["fields"]
    assert isinstance(fields, list)
    missing = [each for each in fields if each["value"] == both("（待补报）", "(to be supplied)")]
    assert len(missing) == 2
    assert data["to_come"] == both(
        "事态发展趋势及可能造成的进一步影响和危害；事件原因初步分析意见",
        "Trend, and what more it may do; First analysis of the cause",
    )


def test_a_complete_report_has_nothing_to_come() -> None:
    data = report_data(PLAN, case.report(missing=[]), case.incident())
    assert data["to_come"] == both("", "")


def test_who_reports_is_apart_from_what_is_reported() -> None:
    data = report_data(PLAN, case.report(kind="closing"), case.incident())
    assert labels(data["reporting"])[0] == "报告时间"
    assert labels(data["sections"])[0] == "应急处置措施"
    assert not set(labels(data["reporting"])) & set(labels(data["sections"]))


def test_an_item_beyond_the_plan_stands_at_the_end_under_its_key() -> None:
    row = case.report(items={"beyond": "x", "unit": "示例局"}, missing=[])
    assert labels(report_data(PLAN, row, case.incident())["fields"]) == ["事发单位名称", "beyond"]


@pytest.mark.parametrize("kind", ["first", "follow_up", "closing", "pi_authority", "pi_persons"])
def test_a_drill_is_marked_in_the_title_of_every_kind(kind: str) -> None:
    data = report_data(PLAN, case.report(kind=kind, drill_id="d1"), case.incident())
    title = data["title"]
    assert isinstance(title, dict)
    assert title["zh"].startswith("【演练】关于政务服务前置机疑似失陷的")
    assert title["en"].startswith("[DRILL] ")


def test_a_draft_is_dated_but_is_no_archive() -> None:
    data = report_data(PLAN, case.report(sent_at=None, sent_by=None), case.incident())
    assert (data["on"], data["dated"]) == ("", both("2026年3月2日", "2 March 2026"))
