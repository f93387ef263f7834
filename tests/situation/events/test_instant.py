"""Instants keep their nanoseconds on every way."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situation.events.instant import (
    DAY,
    END,
    day_number,
    day_of,
    iso_nanoseconds,
    iso_text,
    nanoseconds,
)


@given(st.integers(0, END - 1))
def test_text_and_nanoseconds_are_each_other_s_inverse(nanos: int) -> None:
    assert iso_nanoseconds(iso_text(nanos)) == nanos
    assert day_number(day_of(nanos)) == nanos // DAY


@given(st.integers(0, END - 1), st.integers(0, END - 1))
def test_text_sorts_as_time_does(one: int, other: int) -> None:
    assert (iso_text(one) < iso_text(other)) == (one < other)


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_a_time_is_counted_exactly_whatever_its_zone(at: dt.datetime, offset: int) -> None:
    zoned = at.replace(tzinfo=dt.timezone(dt.timedelta(minutes=offset)))
    since = dt.timedelta(microseconds=nanoseconds(zoned) // 1000, minutes=offset)
    assert dt.datetime(1970, 1, 1) + since == at  # noqa: DTZ001 - wall clocks are compared


@pytest.mark.parametrize("text", ["", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00.0000000000Z"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text or "time data"):
        iso_nanoseconds(text)
