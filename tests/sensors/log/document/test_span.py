"""Seconds with a fraction become nanoseconds."""

import polars as pl
import pytest

from sensors.log.document.span import nanoseconds, since_1970


def test_microseconds_of_a_time_are_exact() -> None:
    found = since_1970(pl.Series([1772414100.000001, 1772414100.999999]))
    assert found.to_physical().to_list() == [1772414100000001000, 1772414100999999000]


def test_a_great_count_is_of_milliseconds() -> None:
    found = since_1970(pl.Series([1772414100250, 1772414100]))
    assert found.to_physical().to_list() == [1772414100250000000, 1772414100000000000]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e300, -1e12, None])
def test_what_64_bits_do_not_hold_is_null(number: float | None) -> None:
    assert nanoseconds(pl.Series([number], dtype=pl.Float64)).to_list() == [None]


def test_a_span_may_be_nothing() -> None:
    assert nanoseconds(pl.Series([0.0, 1.5])).to_list() == [0, 1_500_000_000]
