import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_api.web.measure import Measure, left, number, octets, power

ZH, EN = Measure("zh"), Measure("en")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1204311, "1,204,311"), (0.3, "0.3"), (41.06, "41.1"), (137.4, "137"), (2.5, "2.5")],
)
def test_numbers_have_comma_groups_and_about_three_figures(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (3.4e9, "3.4 GB"),
        (3_902_114_887, "3.9 GB"),
        (6.12e7, "61.2 MB"),
    ],
)
def test_sizes_are_decimal(value: float, text: str) -> None:
    assert octets(value) == text


@given(st.floats(min_value=0, max_value=1e21))
def test_a_size_never_shows_more_than_four_digits_below_the_last_unit(value: float) -> None:
    text = octets(value)
    assert re.fullmatch(r"[\d,]+(\.\d+)? ([kMGTP]?B)", text)
    if not text.endswith("PB"):
        assert len(re.sub(r"\D", "", text)) <= 3


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0.02, "0.02 秒", "0.02 s"),
        (59.9, "59.9 秒", "59.9 s"),
        (3128, "52 分 08 秒", "52 min 08 s"),
        (3600, "1 小时", "1 h"),
        (5430, "1 小时 30 分", "1 h 30 min"),
        (90_000, "1 天 01 小时", "1 d 01 h"),
    ],
)
def test_durations_have_their_two_largest_units(seconds: float, zh: str, en: str) -> None:
    assert (ZH.duration(seconds), EN.duration(seconds)) == (zh, en)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4, "4 秒"), (-3, "0 秒"), (299, "4 分"), (7300, "2 小时"), (2e6, "23 天")],
)
def test_an_age_has_its_largest_unit(seconds: float, text: str) -> None:
    assert ZH.age(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (763, "12:43"),
        (4817, "01:20:17"),
        (195_000, "2 天 06:10"),
        (0, "00:00"),
        (-2832, "已超 47:12"),
        (-94_200, "已超 1 天 02:10"),
    ],
)
def test_what_is_left_is_written_as_a_clock(seconds: float, text: str) -> None:
    assert left(seconds, "zh") == text


def test_what_is_left_has_english_words() -> None:
    assert left(-94_200, "en") == "over 1 d 02:10"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "octets", "未知"),
        (0.08, "share", "8%"),
        (137, "per_minute", "137 次/分"),
        (3128, "seconds", "52 分 08 秒"),
        (85e6, "octets", "85 MB"),
        (0.971, "score", "0.97"),
        (4112, "count", "4,112"),
    ],
)
def test_a_value_is_written_in_its_unit(value: float | None, unit: str, text: str) -> None:
    assert ZH.quantity(value, unit) == text


def test_a_band_says_a_shared_unit_once() -> None:
    assert ZH.band(12e6, 110e6, "octets") == "12–110 MB"
    assert ZH.band(900, 15_000, "octets") == "900 B–15 kB"
    assert ZH.band(1, 9, "count") == "1–9"
    assert EN.band(0.1, 9, "seconds") == "0.1–9 s"


def test_english_sets_a_thin_space_before_the_per_cent_sign() -> None:
    assert EN.share(0.964) == "96.4\u2009%"


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.1e-7, "2.1 × 10⁻⁷"), (1.1e-42, "1.1 × 10⁻⁴²"), (0.03, "0.03"), (1.0, "1"), (0.0, "0")],
)
def test_a_small_probability_is_written_with_a_power_of_ten(value: float, text: str) -> None:
    assert power(value) == text
