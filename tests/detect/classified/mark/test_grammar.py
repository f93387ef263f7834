"""Level, star, term."""

import pytest

from detect.classified.mark.grammar import bare, starred
from detect.classified.normal import folded


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("机密★10年", "机密★10年"),
        ("秘密★6个月", "秘密★6个月"),
        ("绝 密★长期", "绝密★长期"),
        ("机密★１０年", "机密★10年"),
        ("機密★20年", "机密★20年"),
        ("秘密★", "秘密★"),
        ("机密\uf0ab5年", "机密★5年"),
        ("机密☆10年", "机密☆10年"),
        ("机密＊10年", "机密☆10年"),
        ("机密●", "机密☆"),
        ("机密?10年", "机密☆10年"),
        ("工作秘密★5年", "工作秘密★5年"),
        ("内部★10年", "内部★10年"),
        ("核心商密★长期", "核心商密★长期"),
    ],
)
def test_a_mark_is_told_in_its_one_form(line: str, text: str) -> None:
    assert [form.text for form in starred(folded(line))] == [text]


@pytest.mark.parametrize(
    "line",
    ["机密文件", "机密?", "秘密★★★★☆", "**机密**", "★绝密★", "保密★10年", "亲密★", "商业秘密"],
)
def test_what_is_no_level_with_one_star_is_no_mark(line: str) -> None:
    assert not list(starred(folded(line)))


def test_a_star_before_another_owner_is_misuse_of_it() -> None:
    (form,) = starred("商业秘密★3年")
    assert (form.owner, form.level) == ("商业秘密", "")


def test_a_level_that_is_spaced_is_split() -> None:
    assert [form.split for form in starred("秘 密★10年 机密★10年")] == [True, False]


def test_a_level_without_its_star_is_bare() -> None:
    assert [(form.level, form.text) for form in bare("机密 10年")] == [("机密", "机密10年")]
    assert not list(bare("机密★10年"))
