import pytest

from detect.classified.context import (
    CONTEXT,
    HEADER,
    HIGHEST,
    LABEL,
    NEGATIVE,
    Words,
    label_wakes,
    raised,
)
from detect.classified.normal import folded

VALUE = "440301199003070019"


def said(kind: str, before: str, after: str = "") -> int:
    before = folded(before)
    text = f"{before}{VALUE}{folded(after)}"
    return CONTEXT[kind].beside(text, len(before), len(before) + len(VALUE))


@pytest.mark.parametrize(
    "before",
    [
        "身份证：",
        "身份证号码",
        "申请人（居民身份证 ",
        '{"idCard":"',
        "id_card_no=",
        "ID Number: ",
        "<td>身份证号</td><td>",
        "身份证号（请如实填写）：",
        "国民身份证统一编号：",
        "订单号：1234，身份证：",
        "身份证号\n",
        "| 身份证号 | ",
        "userIdCard=",
        "身份证件号：",
        "身份证号\n\n",
        "身　份　证：",
    ],
)
def test_a_label_before_a_value_speaks_for_it(before: str) -> None:
    assert said("resident_id", before) == 1


@pytest.mark.parametrize(
    "before",
    [
        "案件编号：",
        "案件编号为",
        "受理号（请如实填写）：",
        "<td>办件号</td><td>",
        "order_no=",
        "traceId: ",
        "受理编号 No.",
        "身份证持有人的案件编号：",
        "case number: ",
    ],
)
def test_a_word_against_it_counts_where_it_is_attached(before: str) -> None:
    assert said("resident_id", before) == -1


@pytest.mark.parametrize(
    "before",
    [
        "",
        "张三",
        "参加该项目的居民",
        "合同甲方张三",
        "acid ",
        "身份证：无，设备：",
        "身份证号\n其他内容\n",
        "uuidx ",
    ],
)
def test_other_words_say_nothing(before: str) -> None:
    assert said("resident_id", before) == 0


def test_words_are_tokens_and_not_parts_of_words() -> None:
    assert said("ipv4", "ship ") == 0
    assert said("ipv4", "ip ") == 1


@pytest.mark.parametrize(
    ("after", "wanted"), [("（身份证）", 1), ("是我的身份证号", 1), ("，身份证：", 0), ("", 0)]
)
def test_a_label_behind_a_value_has_to_be_about_it(after: str, wanted: int) -> None:
    assert said("resident_id", "", after) == wanted


def test_the_window_ends() -> None:
    assert said("resident_id", "身份证" + "，" * 29) == 0
    assert said("resident_id", "身份证" + "，" * 20) == 1


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("身份证号", HEADER),
        ("ID_Card", HEADER),
        ("sfzh", HEADER),
        ("申请人身份证号", LABEL),
        ("订单号", NEGATIVE),
        ("金额(元)", NEGATIVE),
        ("备注说明", 0.0),
    ],
)
def test_headings_add_by_how_well_they_fit(header: str, wanted: float) -> None:
    assert CONTEXT["resident_id"].heads(header) == wanted


def test_confidence_is_raised_and_never_set() -> None:
    assert raised(0.3, LABEL) == pytest.approx(0.55)
    assert raised(0.9, HEADER) == HIGHEST
    assert raised(0.2, NEGATIVE) == 0.0


def test_a_label_of_the_kind_overrides_what_speaks_against_every_kind() -> None:
    words = Words(labels=("工单号",))
    assert words.beside("工单号：1", 4, 5) == 1
    assert Words().beside("工单号：1", 4, 5) == -1


def test_labels_wake_what_has_no_shape() -> None:
    han, latin = label_wakes("driver_archive")
    assert "档案编号" in han.split("|")
    assert latin.startswith("(?i)")


@pytest.mark.parametrize("after", ["元", " 万元，", " 件", "人次。", "kB", "%"])
def test_a_unit_behind_digits_speaks_against_them(after: str) -> None:
    assert said("mobile", "累计", after) == -1
    assert said("mobile", "电话：", after) == 1


@pytest.mark.parametrize("after", ["元宵节", "件已收", "，", "人员"])
def test_a_word_that_begins_like_a_unit_says_nothing(after: str) -> None:
    assert said("mobile", "", after) == 0
