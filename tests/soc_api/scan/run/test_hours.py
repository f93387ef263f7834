"""The hours in which a scan may read."""

import datetime as dt

import pytest

from situation.clock import CITY_ZONE
from soc_api.scan.run.hours import may_read, opens_at


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-11-27 {text}").replace(tzinfo=CITY_ZONE)


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        ("", "12:00", True),
        ("22:00-06:00", "21:59", False),
        ("22:00-06:00", "22:00", True),
        ("22:00-06:00", "00:00", True),
        ("22:00-06:00", "05:59", True),
        ("22:00-06:00", "06:00", False),
        ("01:00-05:00", "04:59", True),
        ("01:00-05:00", "05:00", False),
        ("00:00-00:00", "13:00", True),
    ],
)
def test_hours_hold_by_the_citys_time_and_over_midnight(
    hours: str, at: str, *, expected: bool
) -> None:
    assert may_read(hours, _at(at).astimezone(dt.UTC)) is expected


@pytest.mark.parametrize(
    ("at", "opens"),
    [("12:00", "2026-11-27 22:00"), ("23:00", "2026-11-27 23:00"), ("06:00", "2026-11-27 22:00")],
)
def test_a_scan_that_rests_knows_when_it_goes_on(at: str, opens: str) -> None:
    found = opens_at("22:00-06:00", _at(at))
    assert f"{found.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}" == opens


def test_hours_that_open_tomorrow_open_tomorrow() -> None:
    found = opens_at("01:00-05:00", _at("05:00"))
    assert f"{found.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}" == "2026-11-28 01:00"
