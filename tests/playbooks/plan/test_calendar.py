"""Working days: the published holidays, and when limits end."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playbooks.plan import load_plan
from playbooks.plan.calendar import Holiday, Limit, WorkingWeekend
from situation.clock import CITY_ZONE

CALENDAR = load_plan().calendar
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
STARTS = st.integers(0, 1_533_000).map(
    lambda minutes: dt.datetime(2024, 1, 1, tzinfo=CITY_ZONE) + MINUTE * minutes
)
"""Minutes of the years that are published, with twenty working days left."""
CITED = {"instrument": "x", "clause": "1", "source": "S1", "mark": "V", "verified": True}

# Days off and days made up, by year, as the State Council published them; each in the form MMDD.
FREE = {
    2024: "0101 0210-0217 0404-0406 0501-0505 0610 0915-0917 1001-1007",
    2025: "0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008",
    2026: "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007",
}
WORKED = {
    2024: "0204 0218 0407 0428 0511 0914 0929 1012",
    2025: "0126 0208 0427 0928 1011",
    2026: "0104 0214 0228 0509 0920 1010",
}


def day(year: int, text: str) -> dt.date:
    return dt.date(year, int(text[:2]), int(text[2:]))


def days(year: int, text: str) -> set[dt.date]:
    found = set()
    for span in text.split():
        first, _, last = span.partition("-")
        start, end = day(year, first), day(year, last or first)
        found |= {start + DAY * n for n in range((end - start).days + 1)}
    return found


def city(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=CITY_ZONE)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_of_a_year_is_as_published(year: int) -> None:
    free, worked = days(year, FREE[year]), days(year, WORKED[year])
    every = [dt.date(year, 1, 1) + DAY * n for n in range(366)]
    for each in (each for each in every if each.year == year):
        usual = each.weekday() < 5 and each not in free
        assert CALENDAR.is_working(each) == (usual or each in worked), each


def test_a_holiday_is_known_by_its_name() -> None:
    found = CALENDAR.holiday(dt.date(2026, 2, 17))
    assert found is not None
    assert found.zh == "春节"
    assert CALENDAR.holiday(dt.date(2026, 3, 3)) is None


def test_beyond_the_published_years_only_weekends_are_known() -> None:
    assert CALENDAR.known_until == dt.date(2026, 12, 31)
    assert CALENDAR.is_working(dt.date(2027, 1, 1))
    assert not CALENDAR.is_working(dt.date(2027, 1, 2))


DUE = [
    (city(2026, 3, 3, 10), 1, city(2026, 3, 4, 18)),
    (city(2026, 3, 6, 10), 1, city(2026, 3, 9, 18)),
    (city(2026, 3, 7, 10), 1, city(2026, 3, 9, 18)),
    (city(2026, 3, 8, 23, 59), 1, city(2026, 3, 9, 18)),
    (city(2026, 9, 30, 17), 3, city(2026, 10, 10, 18)),
    (city(2026, 2, 13, 9), 2, city(2026, 2, 24, 18)),
    (city(2026, 3, 3, 0), 1, city(2026, 3, 4, 18)),
    (city(2026, 3, 3, 23, 59), 1, city(2026, 3, 4, 18)),
]


@pytest.mark.parametrize(("start", "count", "due"), DUE)
def test_working_days_are_counted_after_the_day_of_the_start(
    start: dt.datetime, count: int, due: dt.datetime
) -> None:
    assert CALENDAR.due(start.astimezone(dt.UTC), Limit(working_days=count)) == due


def test_the_day_of_the_start_is_that_of_the_city() -> None:
    start = dt.datetime(2026, 3, 3, 17, 0, tzinfo=dt.UTC)
    assert CALENDAR.due(start, Limit(working_days=1)) == city(2026, 3, 5, 18)


def test_minutes_run_through_nights_and_holidays() -> None:
    start = city(2026, 10, 1, 23, 50)
    assert CALENDAR.due(start, Limit(minutes=30)) == city(2026, 10, 2, 0, 20)


@given(STARTS, st.integers(1, 20))
def test_the_end_is_a_working_day_with_the_days_between(start: dt.datetime, count: int) -> None:
    end = CALENDAR.due(start, Limit(working_days=count)).astimezone(CITY_ZONE)
    assert CALENDAR.is_working(end.date())
    assert end.time() == dt.time(18)
    between = (end.date() - start.date()).days
    worked = [n for n in range(1, between + 1) if CALENDAR.is_working(start.date() + DAY * n)]
    assert len(worked) == count


@given(STARTS, STARTS, st.integers(1, 20))
def test_who_starts_later_never_ends_sooner(
    one: dt.datetime, other: dt.datetime, count: int
) -> None:
    first, second = sorted((one, other))
    limit = Limit(working_days=count)
    assert CALENDAR.due(first, limit) <= CALENDAR.due(second, limit)


@given(STARTS, st.integers(1, 20))
def test_more_days_end_later(start: dt.datetime, count: int) -> None:
    sooner = CALENDAR.due(start, Limit(working_days=count))
    assert start < sooner < CALENDAR.due(start, Limit(working_days=count + 1))


@pytest.mark.parametrize("fields", [{}, {"minutes": 5, "working_days": 1}, {"minutes": 0}])
def test_a_limit_is_minutes_or_working_days(fields: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Limit(**fields)


def test_a_limit_has_words() -> None:
    assert Limit(minutes=30).words == ("30 分钟", "30 minutes")
    assert Limit(minutes=60).words == ("1 小时", "1 hour")
    assert Limit(minutes=1440).words == ("24 小时", "24 hours")
    assert Limit(working_days=1).words == ("1 个工作日", "1 working day")
    assert Limit(working_days=15).words == ("15 个工作日", "15 working days")


def test_a_shortened_limit_is_never_nothing() -> None:
    assert Limit(minutes=240).shortened(0.5) == Limit(minutes=120)
    assert Limit(minutes=1).shortened(0.1) == Limit(minutes=1)
    assert Limit(working_days=3).shortened(0.5) == Limit(working_days=1)
    assert Limit(working_days=1).shortened(0.5) == Limit(working_days=1)


def test_a_made_up_day_is_a_weekend_and_a_holiday_ends_after_its_start() -> None:
    with pytest.raises(ValidationError, match="no Saturday"):
        WorkingWeekend.model_validate({"day": dt.date(2026, 3, 3), **CITED})
    with pytest.raises(ValidationError, match="before the first"):
        Holiday.model_validate(
            {
                "key": "k",
                "zh": "节",
                "en": "day",
                "first": dt.date(2026, 3, 3),
                "last": dt.date(2026, 3, 2),
                **CITED,
            }
        )
