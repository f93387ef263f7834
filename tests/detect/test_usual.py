"""What is usual."""

import datetime as dt
import statistics

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.usual import usual_of
from tests.detect.frames import MORNING

HOURS = [MORNING + dt.timedelta(hours=n) for n in range(4)]


def _table(rows: list[tuple[int, str, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(HOURS[hour], host, value) for hour, host, value in rows],
        schema={"window": pl.Datetime("ns", "UTC"), "host": pl.String(), "value": pl.Int64()},
        orient="row",
    )


def test_an_hour_in_which_only_others_were_seen_counts_as_nothing() -> None:
    table = _table([(0, "a", 10), (1, "b", 4), (2, "a", 20), (3, "a", 99), (3, "b", 6)])
    asked = table.filter(pl.col("value") == 99)
    (row,) = usual_of(table, asked, "host", "value").to_dicts()
    assert (row["usual"], row["usual_low"], row["usual_high"]) == (10.0, 1.0, 19.0)
    assert row["peers"] == 6.0


def test_without_a_past_and_without_peers_nothing_is_said() -> None:
    table = _table([(0, "a", 10)])
    (row,) = usual_of(table, table, "host", "value").to_dicts()
    assert (row["usual"], row["usual_low"], row["usual_high"], row["peers"]) == (None,) * 4


def test_later_hours_are_no_past() -> None:
    table = _table([(0, "a", 1), (1, "a", 2), (2, "a", 1000)])
    asked = table.filter(pl.col("value") == 2)
    (row,) = usual_of(table, asked, "host", "value").to_dicts()
    assert row["usual"] == 1.0


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from("abcdef"), st.integers(0, 9)),
        min_size=1,
        max_size=40,
    )
)
def test_peers_are_the_median_of_the_greatest_values_of_all_others(
    rows: list[tuple[int, str, int]],
) -> None:
    greatest: dict[tuple[int, str], int] = {}
    for hour, host, value in rows:
        greatest[hour, host] = max(value, greatest.get((hour, host), 0))
    table = _table(rows)
    found = usual_of(table, table, "host", "value")
    for row in found.to_dicts():
        hour = HOURS.index(row["window"])
        others = [v for (h, host), v in greatest.items() if h == hour and host != row["host"]]
        assert row["peers"] == (statistics.median(others) if others else None)
