"""Timings are refused where two readers would read two things, and fire at the city's times."""

import datetime as dt

import pytest

from playbooks.schedule.timing import Cron, Every, fires
from situation.faults import Misconfigured
from tests.playbooks.schedule.timetable import NOW, SECOND, local


@pytest.mark.parametrize("weekday", ["0", "1", "mon-5", "*/2", "mon,3"])
def test_a_weekday_by_number_is_refused(weekday: str) -> None:
    with pytest.raises(Misconfigured, match="a weekday is mon, tue"):
        Cron(f"0 2 * * {weekday}")


@pytest.mark.parametrize("text", ["", "0 2 * *", "61 2 * * *", "0 25 * * *", "0 2 * * monday tue"])
def test_what_is_no_crontab_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured):
        Cron(text)


def test_it_fires_at_the_city_s_time_and_is_told_in_utc() -> None:
    week = fires(Cron("30 8 * * mon,fri"), local("2026-03-01 00:00"), local("2026-03-08 00:00"))
    told = list(week)
    assert told == [local("2026-03-02 08:30"), local("2026-03-06 08:30")]
    assert {at.tzinfo for at in told} == {dt.UTC}


def test_the_end_counts_and_the_beginning_does_not() -> None:
    slots = list(fires(Every(60), NOW, NOW + 60 * SECOND))
    assert slots == [NOW + 60 * SECOND]
    assert list(fires(Cron("0 12 * * *"), NOW, NOW + SECOND)) == []
    assert list(fires(Cron("0 12 * * *"), NOW - SECOND, NOW)) == [NOW]


def test_seconds_are_counted_from_one_instant_whoever_asks() -> None:
    early = set(fires(Every(7), NOW, NOW + 100 * SECOND))
    late = set(fires(Every(7), NOW + 3 * SECOND, NOW + 100 * SECOND))
    assert early - late <= {min(early)}
    assert late <= early
    assert {at.microsecond for at in early} == {0}
