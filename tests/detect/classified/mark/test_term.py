"""Terms of secrecy."""

import re

import pytest

from detect.classified.mark.term import TERM, Term, over_limit, term_of


@pytest.mark.parametrize(
    ("text", "kind", "years"),
    [
        ("长期", "long", 0),
        ("長期", "long", 0),
        ("10年", "span", 10),
        ("1 0 年", "span", 10),
        ("三十年", "span", 30),
        ("一百二十年", "span", 120),
        ("6个月", "span", 0.5),
        ("2036年12月31日", "date", 2036),
        ("至2036年1月", "date", 2036),
        ("2036.12.31", "date", 2036),
        ("会议开始前", "condition", 0),
        ("启用并使用完毕前", "condition", 0),
    ],
)
def test_a_term_is_a_span_a_date_or_a_condition(text: str, kind: str, years: float) -> None:
    found = re.match(TERM, text)
    assert found is not None
    assert found[0] == text
    term = term_of(text)
    assert term.kind == kind
    assert term.years == pytest.approx(years)


@pytest.mark.parametrize(
    ("level", "text", "over"),
    [
        ("绝密", "30年", False),
        ("绝密", "31年", True),
        ("机密", "20年", False),
        ("机密", "240个月", False),
        ("机密", "241个月", True),
        ("秘密", "10年", False),
        ("秘密", "50年", True),
        ("秘密", "长期", False),
        ("秘密", "会议开始前", False),
        ("", "50年", False),
    ],
)
def test_a_level_has_its_longest_term(level: str, text: str, *, over: bool) -> None:
    assert over_limit(level, term_of(text)) is over


def test_a_date_is_held_against_the_year_of_its_document() -> None:
    until = Term("date", "2040年1月1日", 2040)
    assert over_limit("秘密", until, issued=2026)
    assert not over_limit("秘密", until, issued=2031)
    assert not over_limit("秘密", until)
