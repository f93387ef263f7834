"""Figures as people read them."""

import datetime as dt

import pytest

from detect.wording import as_a_rule, figure, moment, octets, percent, span


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (179_865_899, "180 MB"), (2.5e9, "2.5 GB")],
)
def test_octets_have_a_decimal_unit(value: float, text: str) -> None:
    assert octets(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.034, "0.034"), (3, "3"), (3.14159, "3.1"), (31.41, "31.4"), (314.1, "314")],
)
def test_a_figure_has_as_many_digits_as_it_needs(value: float, text: str) -> None:
    assert figure(value) == text


def test_durations_are_written_in_both_languages() -> None:
    assert span(45) == ("45 秒", "45 s")
    assert span(317) == ("5.3 分钟", "5.3 min")
    assert span(7200) == ("2 小时", "2 h")


def test_what_is_usual_or_that_nothing_is_known() -> None:
    assert as_a_rule(0, "个") == ("往常 0 个", "0 as a rule")
    assert as_a_rule(None, "个")[1] == "nothing earlier to compare"
    assert percent(0.248) == "24.8%"


def test_a_moment_is_that_of_the_citys_clocks() -> None:
    assert moment(dt.datetime(2026, 3, 3, 18, 5, tzinfo=dt.UTC)) == "03-04 02:05"
