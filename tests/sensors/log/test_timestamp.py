"""Times are read as sources write them, with the zone and the year of the source."""

import datetime as dt
import zoneinfo

import polars as pl
import pytest

from sensors.log.kind import SourceRules
from sensors.log.timestamp import EARLIEST, LATEST, TIME, parsed_times, zone_named

UTC = SourceRules(zone=zoneinfo.ZoneInfo("UTC"))
CITY = SourceRules()
RECEIVED = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def _one(
    text: str, *formats: str, rules: SourceRules = CITY, received: dt.datetime = RECEIVED
) -> str | None:
    found = parsed_times(pl.Series([text]), formats, rules, received)
    assert found.dtype == TIME
    read: str | None = found.dt.strftime("%Y-%m-%dT%H:%M:%S%.f").item()
    return read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05"),
        ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456789"),
        ("2026-01-02 03:04:05,5", "2026-01-01T19:04:05.500"),
        ("2026-01-02T03:04:05+0800", "2026-01-01T19:04:05"),
        ("2026-01-02 03:04:05.1 +08:00", "2026-01-01T19:04:05.100"),
        ("2026-01-02T03:04:05+08", "2026-01-01T19:04:05"),
        ("2026-01-02T03:04", "2026-01-01T19:04:00"),
        ("someday", None),
        ("", None),
    ],
)
def test_iso_times_are_read_in_their_usual_forms(text: str, expected: str | None) -> None:
    assert _one(text, "iso") == expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("1700000000", "epoch", "2023-11-14T22:13:20"),
        ("1700000000.25", "epoch", "2023-11-14T22:13:20.250"),
        ("1700000000.123456789", "epoch", "2023-11-14T22:13:20.123456789"),
        ("1700000000250", "epoch_ms", "2023-11-14T22:13:20.250"),
        ("1700000000250001", "epoch_us", "2023-11-14T22:13:20.250001"),
        ("1700000000250001002", "epoch_ns", "2023-11-14T22:13:20.250001002"),
        ("1e9", "epoch", None),
        ("-1", "epoch", None),
    ],
)
def test_numbers_since_1970_are_read(text: str, name: str, expected: str | None) -> None:
    assert _one(text, name) == expected


def test_a_number_that_is_too_large_for_seconds_is_left_to_the_next_format() -> None:
    assert _one("1700000000250", "epoch", "epoch_ms") == "2023-11-14T22:13:20.250"


@pytest.mark.parametrize(
    ("received", "text", "expected"),
    [
        ("2026-11-26T12:00", "Nov 26 19:59:00", "2026-11-26T11:59:00"),
        ("2026-11-26T12:00", "Nov 27 19:00:00", "2026-11-27T11:00:00"),
        ("2026-11-26T12:00", "Nov 28 19:00:00", "2025-11-28T11:00:00"),
        ("2027-01-01T00:05", "Dec 31 23:59:59", "2026-12-31T15:59:59"),
        ("2026-12-31T16:05", "Jan  1 00:04:59", "2026-12-31T16:04:59"),
        ("2026-12-31T12:00", "Jan  1 09:00:00", "2027-01-01T01:00:00"),
        ("2026-11-26T12:00", "Feb 29 08:00:00", "2024-02-29T00:00:00"),
        ("2026-11-26T12:00", "Feb 30 08:00:00", None),
    ],
)
def test_a_time_without_a_year_is_the_nearest_at_most_a_day_after_its_receipt(
    received: str, text: str, expected: str | None
) -> None:
    at = dt.datetime.fromisoformat(received).replace(tzinfo=dt.UTC)
    assert _one(text, "%b %d %H:%M:%S", received=at) == expected


def test_the_year_of_the_source_holds_where_it_is_given() -> None:
    rules = SourceRules(year=2005)
    assert _one("Jun 14 15:16:01", "%b %d %H:%M:%S", rules=rules) == "2005-06-14T07:16:01"


def test_times_before_1970_and_beyond_2262_stand_for_all_of_them() -> None:
    texts = pl.Series(["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"])
    found = parsed_times(texts, ["iso"], UTC, RECEIVED).to_physical()
    assert found.to_list() == [EARLIEST, EARLIEST, LATEST]


def test_each_text_takes_the_first_format_that_fits() -> None:
    texts = pl.Series(["06/Nov/2026:08:15:01 +0800", None, "1700000000", "2026-11-06T00:15:01Z"])
    found = parsed_times(texts, ["%d/%b/%Y:%H:%M:%S %z", "iso", "epoch"], CITY, RECEIVED)
    assert found.dt.strftime("%m-%d %H:%M:%S").to_list() == [
        "11-06 00:15:01",
        None,
        "11-14 22:13:20",
        "11-06 00:15:01",
    ]


def test_an_hour_that_a_change_of_the_clock_left_out_is_no_time() -> None:
    berlin = SourceRules(zone=zoneinfo.ZoneInfo("Europe/Berlin"))
    assert _one("2026-03-29 02:30:00", "%Y-%m-%d %H:%M:%S", rules=berlin) is None
    assert _one("2026-10-25 02:30:00", "%Y-%m-%d %H:%M:%S", rules=berlin) == "2026-10-25T00:30:00"


@pytest.mark.parametrize("name", ["Moon/Base", "", "../etc/passwd", "UTC+8"])
def test_a_zone_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        zone_named(name)
