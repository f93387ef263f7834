"""What is usual."""

import datetime as dt

import polars as pl

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
