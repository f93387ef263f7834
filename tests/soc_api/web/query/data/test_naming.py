import pytest

from detect.classified.violation import RULES
from playbooks.finding.machine import FINDING
from situation.content.kind import KINDS
from soc_api.web.query.data.naming import (
    REASONS,
    STATES,
    kind_name,
    kinds_text,
    place_text,
    reason_line,
    rule_name,
    rule_source,
    rule_todo,
)
from soc_api.web.text import Text


@pytest.mark.parametrize("key", sorted(RULES))
def test_every_rule_has_a_name_a_law_and_something_to_do(key: str) -> None:
    for text in (rule_name(key), rule_source(key), rule_todo(key)):
        assert text.zh
        assert text.en


def test_every_state_has_a_name() -> None:
    assert FINDING.states <= STATES.keys()


def test_kinds_are_named_and_own_patterns_keep_their_name() -> None:
    assert {kind_name(key).zh for key in KINDS} == {kind.zh for kind in KINDS.values()}
    assert kind_name("own:case_number") == Text("case_number", "case_number")
    assert kinds_text(["name", "mobile"]) == Text("姓名、手机号", "name of a person, mobile number")
    many = kinds_text(["name", "mobile", "sex"], most=1)
    assert many == Text("姓名 等 3 种", "name of a person and 2 more")


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ({}, Text("", "")),
        ({"role": "body", "line": 3}, Text("第 3 行", "line 3")),
        (
            {"member": "a.zip!b.docx", "page": 1, "role": "header"},
            Text("a.zip!b.docx，第 1 页，页眉", "a.zip!b.docx, page 1, header"),
        ),
        (
            {"sheet": "名单", "row": 7, "column": "电话"},
            Text("工作表 名单，第 7 行，电话 列", "sheet 名单, row 7, column 电话"),
        ),
        ("broken", Text("", "")),
    ],
)
def test_a_place_is_told_from_the_outside_to_the_inside(place: object, told: Text) -> None:
    assert place_text(place) == told


def test_a_reason_is_told_with_its_figure() -> None:
    line = reason_line({"code": "persons", "detail": "1204311", "grade": 0})
    assert line.text.zh == REASONS["persons"][0]
    assert line.detail == Text("1,204,311", "1,204,311")
    combined = reason_line({"code": "combination", "detail": "name+resident_id", "grade": 4})
    assert (combined.detail.zh, combined.grade) == ("姓名、居民身份证号", 4)
    assert reason_line({"code": "base", "detail": "证件"}).detail.zh == "证件"


def test_a_reason_that_nobody_knows_is_shown_by_its_code() -> None:
    assert reason_line({"code": "new_reason"}).text == Text("new_reason", "new_reason")
    assert reason_line(None).text == Text("", "")
