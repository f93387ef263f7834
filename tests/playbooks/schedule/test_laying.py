"""Each slot is laid once, by one clock of several, and a paused job lays none."""

import datetime as dt
import itertools
import pathlib
from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.schedule.clock import Keeper
from playbooks.schedule.job import JobRow, slots
from playbooks.schedule.lease import SECONDS
from playbooks.schedule.ledger import pause, resume, run_now
from playbooks.schedule.timing import Every
from situation.clock import SetClock
from situation.state.store import StateStore, open_state_store
from situation.state.tables import Lease
from tests.playbooks.schedule.timetable import (
    DAILY,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    PLAN,
    SECOND,
    audited,
    job,
    kept,
    on_duty,
    states,
)

LEAD = Person("陈一", "duty_lead")
EVERY = job(rule="catch_up")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def _keeper(state: StateStore, clock: SetClock, *jobs: JobRow, owner: str = "a") -> Keeper:
    return Keeper(state, jobs or (EVERY,), PLAN, clock, owner)


def test_a_new_job_begins_now_and_each_slot_is_laid_once(
    either_state: StateStore, clock: SetClock
) -> None:
    keeper = _keeper(either_state, clock)
    assert (keeper.turn(), states(either_state)) == (0, [])
    clock.advance(MINUTE)
    assert (keeper.turn(), keeper.turn()) == (1, 0)
    clock.advance(3 * MINUTE)
    assert (keeper.turn(), keeper.turn()) == (3, 0)
    assert states(either_state) == [(NOW + n * MINUTE, "due") for n in (1, 2, 3, 4)]


def test_one_clock_lays_and_another_takes_over_when_its_lease_is_out(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job(timing=Every(1), rule="catch_up")
    first, second = (_keeper(either_state, clock, row, owner=name) for name in "ab")
    first.turn()
    clock.advance(SECOND)
    assert (second.turn(), first.turn()) == (0, 1)
    clock.advance(SECOND)
    assert second.turn() == 0
    clock.advance(dt.timedelta(seconds=SECONDS))
    assert (second.turn(), first.turn()) == (3, 0)
    assert len(states(either_state)) == 4


def test_nothing_is_written_while_nothing_is_due(either_state: StateStore, clock: SetClock) -> None:
    first, second = (_keeper(either_state, clock, owner=name) for name in "ab")
    first.turn()
    clock.advance(59 * SECOND)
    assert (first.turn(), second.turn()) == (0, 0)
    # The lease is out, and the other one lays as soon as there is something to lay.
    clock.advance(SECOND)
    assert (second.turn(), first.turn()) == (1, 0)


def test_after_days_away_a_nightly_job_comes_once_and_a_report_each_time(
    either_state: StateStore, clock: SetClock
) -> None:
    jobs = job("night", DAILY), job("report", DAILY, rule="catch_up")
    keeper = _keeper(either_state, clock, *jobs)
    keeper.turn()
    clock.advance(3 * DAY)
    assert keeper.turn() == 4
    assert [len(states(either_state, name)) for name in ("night", "report")] == [1, 3]


def test_what_is_too_much_to_catch_up_with_is_left_out_and_said(
    either_state: StateStore, clock: SetClock
) -> None:
    keeper = _keeper(either_state, clock)
    keeper.turn()
    clock.advance(2 * DAY)
    assert keeper.turn() == 1000
    assert audited(either_state) == [("job.leave_out", {"n": 1880})]


def test_a_clock_that_went_back_does_not_still_the_jobs(
    either_state: StateStore, clock: SetClock
) -> None:
    clock.advance(30 * DAY)
    keeper = _keeper(either_state, clock)
    keeper.turn()
    clock.advance(-30 * DAY)
    other = _keeper(either_state, clock, owner="b")
    assert other.turn() == 0
    clock.advance(MINUTE)
    assert other.turn() == 1


def test_a_paused_job_lays_nothing_and_what_was_not_begun_is_skipped(
    either_state: StateStore, clock: SetClock
) -> None:
    keeper = _keeper(either_state, clock)
    keeper.turn()
    clock.advance(2 * MINUTE)
    keeper.turn()
    with either_state.transaction() as session:
        pause(session, "upkeep", reason="换盘", by=LEAD, expected_version=1, now=clock.now())
    clock.advance(3 * MINUTE)
    assert keeper.turn() == 0
    assert [state for _, state in states(either_state)] == ["skipped", "skipped"]
    with either_state.transaction() as session:
        resume(session, EVERY, PLAN, by=LEAD, expected_version=2, now=clock.now())
    assert keeper.turn() == 0
    clock.advance(MINUTE)
    assert keeper.turn() == 1
    detail = {"role": "duty_lead", "reason": "换盘", "skipped": 2}
    assert audited(either_state) == [
        ("job.pause", detail),
        ("job.resume", {"role": "duty_lead", "skipped": 3}),
    ]


def test_slots_that_come_meanwhile_are_no_change_to_who_pauses(
    either_state: StateStore, clock: SetClock
) -> None:
    keeper = _keeper(either_state, clock)
    keeper.turn()
    seen = kept(either_state).version
    clock.advance(MINUTE)
    keeper.turn()
    with either_state.transaction() as session:
        pause(session, "upkeep", reason="换盘", by=LEAD, expected_version=seen, now=clock.now())
    with pytest.raises(Refusal) as stale, either_state.transaction() as session:
        resume(session, EVERY, PLAN, by=LEAD, expected_version=seen, now=clock.now())
    assert stale.value.code == "stale"


def test_pausing_twice_resuming_what_runs_and_no_reason_are_refused(
    either_state: StateStore, clock: SetClock
) -> None:
    _keeper(either_state, clock).turn()
    with pytest.raises(Refusal) as running, either_state.transaction() as session:
        resume(session, EVERY, PLAN, by=LEAD, expected_version=1, now=NOW)
    with pytest.raises(Refusal) as empty, either_state.transaction() as session:
        pause(session, "upkeep", reason=" ", by=LEAD, expected_version=1, now=NOW)
    with either_state.transaction() as session:
        pause(session, "upkeep", reason="换盘", by=LEAD, expected_version=1, now=NOW)
    with pytest.raises(Refusal) as paused, either_state.transaction() as session:
        pause(session, "upkeep", reason="换盘", by=LEAD, expected_version=2, now=NOW)
    assert (running.value.code, empty.value.code) == ("not_paused", "reason_missing")
    assert paused.value.code == "paused"


def test_a_turn_by_hand_is_a_slot_of_its_own_and_there_is_one_at_a_time(
    either_state: StateStore, clock: SetClock
) -> None:
    keeper = _keeper(either_state, clock)
    keeper.turn()
    clock.advance(MINUTE)
    with either_state.transaction() as session:
        # At the very instant of a slot, which is then done already.
        assert run_now(session, EVERY, by=LEAD, now=clock.now()).asked_by == "陈一"
    with pytest.raises(Refusal) as asked, either_state.transaction() as session:
        run_now(session, EVERY, by=LEAD, now=clock.now() + SECOND)
    assert asked.value.code == "asked"
    assert keeper.turn() == 0
    assert states(either_state) == [(NOW + MINUTE, "due")]


DUTY = on_duty(("2026-03-03 13:00", "2026-03-05 09:00"), ("2026-03-04 00:00", "2026-03-06 00:00"))
STEPS = st.lists(
    st.tuples(st.sampled_from(["tick", "pause", "resume", "standby"]), st.integers(1, 40)),
    min_size=4,
    max_size=14,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateStore]:
    folder: pathlib.Path = tmp_path_factory.mktemp("slots")
    opened = open_state_store(f"sqlite:///{folder}/state.db")
    yield opened
    opened.close()


_numbers = itertools.count()


@settings(max_examples=30)
@given(
    steps=STEPS,
    minutes=st.sampled_from([7, 60, 24 * 60]),
    days=st.sampled_from(["any", "working", "heightened"]),
    start=st.sampled_from([NOW, NOW + 205 * DAY, NOW + 300 * DAY]),
)
def test_around_pauses_gaps_and_holidays_each_slot_is_laid_once_or_skipped_by_its_pause(
    store: StateStore, steps: list[tuple[str, int]], minutes: int, days: str, start: dt.datetime
) -> None:
    row = job(f"j{next(_numbers)}", Every(minutes * 60), rule="catch_up", days=days)
    clock = SetClock(start)
    keepers = [Keeper(store, (row,), DUTY, clock, owner) for owner in (row.name, f"{row.name}b")]
    _forget_the_lease(store)
    keepers[0].turn()
    wanted: set[dt.datetime] = set()
    since, paused = start, False
    for act, hours in steps:
        clock.advance(dt.timedelta(hours=hours, minutes=3))
        due = list(slots(row, since, clock.now(), DUTY))
        if act == "pause" and not paused:
            keepers[0].turn()
            wanted.update(due)
            _pause(store, row, clock)
            paused, since = True, clock.now()
        elif act == "resume" and paused:
            assert _resume(store, row, clock) == len(due)
            paused, since = False, clock.now()
        elif not paused:
            keepers[act == "standby"].turn()
            wanted.update(due)
            since = clock.now()
        else:
            assert keepers[0].turn() == 0
    assert Counter(at for at, _ in states(store, row.name)) == Counter(wanted)
    assert wanted <= set(slots(row, start, clock.now(), DUTY))


def _forget_the_lease(store: StateStore) -> None:
    # The clocks of the example before held it at these very times.
    with store.transaction() as session:
        session.execute(sa.delete(Lease))


def _pause(store: StateStore, row: JobRow, clock: SetClock) -> None:
    seen = kept(store, row.name).version
    with store.transaction() as session:
        pause(session, row.name, reason="换盘", by=LEAD, expected_version=seen, now=clock.now())


def _resume(store: StateStore, row: JobRow, clock: SetClock) -> int:
    seen = kept(store, row.name).version
    with store.transaction() as session:
        resume(session, row, DUTY, by=LEAD, expected_version=seen, now=clock.now())
    action, detail = audited(store)[-1]
    assert action == "job.resume"
    skipped = detail["skipped"]
    assert isinstance(skipped, int)
    return skipped


def test_a_gap_of_hours_is_caught_up_with_by_whoever_comes(
    either_state: StateStore, clock: SetClock
) -> None:
    _keeper(either_state, clock).turn()
    clock.advance(HOUR)
    assert _keeper(either_state, clock, owner="b").turn() == 60
