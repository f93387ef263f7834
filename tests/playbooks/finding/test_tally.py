"""The tally of a day and the trend that is read from it."""

import datetime as dt

from playbooks.finding.tally import tally_day, trend
from situation.state.store import StateStore
from tests.playbooks.finding.scene import (
    CLEAN,
    DAY,
    DEPARTMENT,
    EXPOSED,
    FOUND,
    HOUR,
    MILD,
    NOW,
    OTHER,
    scan_all,
)

TODAY = dt.date(2026, 3, 3)


def test_a_day_is_tallied_by_department_and_grade_and_once(either_state: StateStore) -> None:
    scan_all(either_state, [("a", FOUND, (EXPOSED, MILD)), ("b", FOUND, ()), ("c", CLEAN, ())])
    scan_all(either_state, [("d", CLEAN, (MILD,))], department=OTHER)
    with either_state.transaction() as session:
        assert tally_day(session, NOW) == 3
        assert tally_day(session, NOW + HOUR) == 3
    with either_state.reading() as session:
        (day,) = trend(session, since=TODAY - DAY, until=TODAY)
        (mine,) = trend(session, since=TODAY, until=TODAY, department=OTHER)
    assert (day.day, day.by_grade) == (TODAY, {1: 2, 4: 2})
    assert (day.persons, day.open_findings) == (2 * 1180, 3)
    assert (mine.by_grade, mine.open_findings) == ({1: 1}, 1)


def test_the_trend_shows_each_day_as_it_was(either_state: StateStore) -> None:
    scan_all(either_state, [("a", FOUND, (EXPOSED,))])
    with either_state.transaction() as session:
        tally_day(session, NOW)
    scan_all(either_state, [("a", CLEAN, ())], run_id="run-2")
    with either_state.transaction() as session:
        tally_day(session, NOW + DAY)
    with either_state.reading() as session:
        days = trend(session, since=TODAY, until=TODAY + DAY, department=DEPARTMENT)
    assert [(each.by_grade, each.open_findings) for each in days] == [({4: 1}, 1), ({1: 1}, 0)]


def test_the_day_is_the_city_s(either_state: StateStore) -> None:
    scan_all(either_state, [("a", CLEAN, ())])
    with either_state.transaction() as session:
        tally_day(session, NOW + 16 * HOUR)
    with either_state.reading() as session:
        (day,) = trend(session, since=TODAY, until=TODAY + DAY)
    assert day.day == TODAY + DAY
