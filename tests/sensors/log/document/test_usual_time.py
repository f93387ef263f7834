"""Times of the usual form are read fast, and exactly as the slow way reads them."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.log.document.usual_time import usual_times
from sensors.log.kind import SourceRules
from sensors.log.timestamp import parsed_times
from tests.sensors.log.yielded import RECEIVED

_ZONES = st.sampled_from(["Z", "+0000", "+0800", "-03:30", "+14:00"])
_TIMES = st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2261, 12, 30))  # noqa: DTZ001 - zones follow


@settings(deadline=None)
@given(st.lists(st.tuples(_TIMES, _ZONES), min_size=1, max_size=20), st.sampled_from([3, 6]))
def test_they_are_as_the_slow_way_reads_them(
    times: list[tuple[dt.datetime, str]], digits: int
) -> None:
    written = pl.Series(
        [f"{time:%Y-%m-%dT%H:%M:%S.%f}"[: 20 + digits] + zone for time, zone in times]
    )
    slow = parsed_times(written, ("iso",), SourceRules(), RECEIVED)
    fast = usual_times(written)
    assert fast is not None
    assert fast.equals(slow)


def test_nulls_stay_nulls() -> None:
    found = usual_times(pl.Series(["2026-03-02T01:15:00.250Z", None]))
    assert found is not None
    assert found.null_count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T01:15:00Z",
        "2026-03-02T01:15:00.25Z",
        "2026-03-02 01:15:00.250",
        "2026-02-30T01:15:00.250Z",
        "1969-12-31T23:59:59.000Z",
        "2262-01-01T00:00:00.000Z",
        "soon",
        "",
    ],
)
def test_another_form_is_left_to_others(text: str) -> None:
    assert usual_times(pl.Series(["2026-03-02T01:15:00.250Z", text])) is None


def test_of_nothing_there_is_no_form() -> None:
    assert usual_times(pl.Series([None], dtype=pl.String)) is None
