import datetime as dt

from playbooks.document.data.saying import (
    both,
    day,
    field,
    iso_day,
    level_of,
    minute,
    stamp,
    step_of,
    titled,
    worded,
)
from tests.playbooks.document.case import PLAN

LATE = dt.datetime(2026, 12, 31, 16, 5, 9, tzinfo=dt.UTC)
"""00:05:09 on New Year's Day in the city."""


def test_times_are_the_city_s_in_each_language() -> None:
    assert day(LATE) == both("2027年1月1日", "1 January 2027")
    assert minute(LATE) == both("2027年1月1日0时05分", "1 January 2027 00:05")
    assert (stamp(LATE), iso_day(LATE)) == ("2027-01-01 00:05:09", "2027-01-01")


def test_no_time_is_no_text() -> None:
    assert day(None) == minute(None) == both("", "")
    assert stamp(None) == iso_day(None) == ""


def test_a_code_has_its_words_and_an_unknown_one_stands_for_itself() -> None:
    assert worded({"a": ("甲", "A")}, "a") == both("甲", "A")
    assert worded({"a": ("甲", "A")}, "b") == both("b", "b")
    assert worded({}, None) == both("", "")


def test_levels_and_steps_of_scales_are_the_plan_s_words() -> None:
    assert level_of(PLAN, 1)["zh"] == "Ⅰ级（特别重大）"
    assert step_of(PLAN, "hazard_level", "critical")["zh"] == "危急"
    assert step_of(PLAN, "hazard_level", None) == both("", "")


def test_a_drill_says_so_once() -> None:
    assert titled("标题", "title", drill=False) == both("标题", "title")
    assert titled("标题", "title", drill=True) == both("【演练】标题", "[DRILL] title")
    assert titled("【演练】标题", "[DRILL] title", drill=True) == both(
        "【演练】标题", "[DRILL] title"
    )


def test_a_field_says_words_lists_and_plain_values() -> None:
    label = both("标签", "label")
    assert field(label, {"zh": "甲", "en": "A"}) == {"label": label, "value": both("甲", "A")}
    assert field(label, [{"zh": "甲", "en": "A"}, "b"])["value"] == both("甲\nb", "A\nb")
    for plain, said in ((True, both("是", "yes")), (3, both("3", "3")), (None, both("", ""))):
        assert field(label, plain)["value"] == said
