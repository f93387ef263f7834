"""The slots of a job: the same whether they are asked for one by one or after a gap."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.plan import Plan
from playbooks.schedule.days import Days, is_guessed
from playbooks.schedule.job import (
    MOST_CAUGHT_UP,
    due_slots,
    newest_slot,
    next_slot,
    slots,
)
from playbooks.schedule.timing import Cron, Every, Timing
from situation.clock import CITY_ZONE
from tests.playbooks.schedule.timetable import DAILY, DAY, HOUR, NOW, PLAN, job, local, on_duty

DUTY = on_duty(("2026-03-01 09:30", "2026-03-04 12:00"), ("2026-03-03 00:00", "2026-03-06 00:00"))
START = local("2025-12-20 00:00")

TIMINGS = st.sampled_from(
    [Every(977), Every(3600), DAILY, Cron("*/20 8-18 * * mon-fri"), Cron("0 0 1 * *")]
)
DAYS: st.SearchStrategy[Days] = st.sampled_from(["any", "working", "off", "heightened"])
INSTANTS = st.integers(0, 400 * 86_400).map(lambda seconds: START + dt.timedelta(seconds=seconds))


def _is_allowed(days: Days, at: dt.datetime, plan: Plan) -> bool:
    if days == "heightened":
        return plan.heightened_at(at) is not None
    is_worked = plan.calendar.is_working(at.astimezone(CITY_ZONE).date())
    return days == "any" or is_worked == (days == "working")


@given(timing=TIMINGS, days=DAYS, since=INSTANTS, hours=st.integers(0, 24 * 40))
def test_slots_are_those_times_of_the_trigger_that_lie_on_its_days(
    timing: Timing, days: Days, since: dt.datetime, hours: int
) -> None:
    until = since + hours * HOUR
    row, every = job(timing=timing, days=days), job(timing=timing)
    wanted = [at for at in slots(every, since, until, DUTY) if _is_allowed(days, at, DUTY)]
    assert list(slots(row, since, until, DUTY)) == wanted


@given(
    timing=TIMINGS, days=DAYS, since=INSTANTS, cuts=st.lists(st.integers(0, 24 * 20), max_size=6)
)
def test_looks_in_pieces_find_each_slot_once_as_one_look_does(
    timing: Timing, days: Days, since: dt.datetime, cuts: list[int]
) -> None:
    row = job(timing=timing, days=days)
    times = [since, *(since + hours * HOUR for hours in sorted(cuts))]
    pieces = [list(slots(row, a, b, DUTY)) for a, b in itertools.pairwise(times)]
    assert list(itertools.chain(*pieces)) == list(slots(row, since, times[-1], DUTY))


@given(timing=TIMINGS, days=DAYS, since=INSTANTS, hours=st.integers(0, 24 * 300))
def test_the_newest_is_the_last_of_all_however_long_the_gap(
    timing: Timing, days: Days, since: dt.datetime, hours: int
) -> None:
    until = since + hours * HOUR
    row = job(timing=timing, days=days)
    every = list(slots(row, since, until, DUTY))
    assert newest_slot(row, since, until, DUTY) == (every[-1] if every else None)


def test_after_a_gap_coalesce_wants_the_newest_and_catch_up_all() -> None:
    rows = (job(timing=DAILY, rule=rule) for rule in ("coalesce", "catch_up"))
    newest, every = (due_slots(row, NOW - 3 * DAY, NOW, PLAN).slots for row in rows)
    nights = [local(f"2026-03-0{day} 02:00") for day in (1, 2, 3)]
    assert (list(newest), list(every)) == (nights[-1:], nights)


def test_catching_up_is_bounded_and_the_rest_is_counted() -> None:
    row = job(timing=Every(60), rule="catch_up")
    due = due_slots(row, NOW - 2 * DAY, NOW, PLAN)
    assert (len(due.slots), due.left_out) == (MOST_CAUGHT_UP, 2 * 24 * 60 - MOST_CAUGHT_UP)
    assert due.slots[-1] == NOW


def test_a_working_day_knows_holidays_and_days_made_up_for_them() -> None:
    row = job(timing=DAILY, days="working")
    # National Day 2026: from 1 to 7 October; 20 September and 10 October are made up (调休).
    found = slots(row, local("2026-09-18 12:00"), local("2026-10-11 12:00"), PLAN)
    days = [at.astimezone(CITY_ZONE).day for at in found]
    assert days == [20, 21, 22, 23, 24, 28, 29, 30, 8, 9, 10]


def test_a_day_off_work_is_every_other_day() -> None:
    row = job(timing=DAILY, days="off")
    found = slots(row, local("2026-09-18 12:00"), local("2026-10-11 12:00"), PLAN)
    days = [at.astimezone(CITY_ZONE).day for at in found]
    assert days == [19, 25, 26, 27, 1, 2, 3, 4, 5, 6, 7, 11]


@pytest.mark.parametrize(("text", "guessed"), [("2026-12-31", False), ("2027-01-04", True)])
def test_a_year_without_published_holidays_is_known_by_weekends_and_said_so(
    text: str, *, guessed: bool
) -> None:
    at = local(f"{text} 02:00")
    row = job(timing=DAILY, days="working")
    assert list(slots(row, at - HOUR, at, PLAN)) == [at]
    assert is_guessed("working", at, PLAN) is guessed
    assert not is_guessed("any", at, PLAN)
    sunday = local("2027-10-03 02:00")
    assert list(slots(row, sunday - HOUR, sunday, PLAN)) == []
    assert list(slots(row, sunday - 3 * DAY, sunday - DAY, PLAN)) == [sunday - 2 * DAY]


def test_the_next_slot_of_a_job_for_heightened_duty_is_that_of_the_next_period() -> None:
    row = job(timing=Every(60), days="heightened")
    assert next_slot(row, NOW, PLAN) is None
    assert next_slot(row, local("2026-02-01 00:00"), DUTY) == local("2026-03-01 09:30")
    assert next_slot(row, local("2026-03-05 23:59"), DUTY) is None
