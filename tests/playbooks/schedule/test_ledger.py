"""How jobs stand: waiting, due, running, failing, paused or without success for too long."""

import pytest

from playbooks.person import Person
from playbooks.schedule.clock import Keeper
from playbooks.schedule.job import JobRow
from playbooks.schedule.ledger import JobLine, found_job, history, job_named, listing, pause
from playbooks.schedule.timing import Cron
from playbooks.schedule.trimming import KEPT, trim
from playbooks.schedule.watch import stale
from playbooks.schedule.working import work_due
from situation.clock import SetClock
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore
from situation.state.tables import JobSlot
from tests.playbooks.schedule.timetable import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    PLAN,
    SECOND,
    job,
    local,
    states,
)

LEAD = Person("陈一", "duty_lead")
WORKING = job(timing=Cron("0 9 * * *"), days="working", grace_seconds=600)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def _line(state: StateStore, clock: SetClock, row: JobRow) -> JobLine:
    with state.reading() as session:
        return listing(session, (row,), PLAN, clock.now())[0]


def _go(state: StateStore, clock: SetClock, row: JobRow) -> None:
    Keeper(state, (row,), PLAN, clock, "clock").turn()


def _fail(_: object) -> dict[str, int]:
    raise Malformed("is no bundle", where="feeds.city")


def test_a_job_that_no_clock_has_seen_waits_and_is_not_stale(
    either_state: StateStore, clock: SetClock
) -> None:
    line = _line(either_state, clock, job())
    assert (line.state, line.age, line.version) == ("waiting", None, 0)
    assert line.next_slot == NOW + MINUTE
    with pytest.raises(Conflict), either_state.reading() as session:
        found_job(session, job())


def test_a_job_is_due_then_done_and_the_age_of_its_success_grows(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job()
    _go(either_state, clock, row)
    clock.advance(MINUTE)
    _go(either_state, clock, row)
    assert _line(either_state, clock, row).state == "due"
    work_due(either_state, (row,), clock, owner="a", do=lambda _: {})
    clock.advance(5 * SECOND)
    line = _line(either_state, clock, row)
    assert (line.state, line.age) == ("waiting", 5 * SECOND)


def test_what_went_wrong_is_shown_until_it_goes_well(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job(retries=0)
    _go(either_state, clock, row)
    clock.advance(MINUTE)
    _go(either_state, clock, row)
    work_due(either_state, (row,), clock, owner="a", do=_fail)
    line = _line(either_state, clock, row)
    assert (line.state, line.last_error) == ("failing", "feeds.city: is no bundle")
    clock.advance(MINUTE)
    _go(either_state, clock, row)
    work_due(either_state, (row,), clock, owner="a", do=lambda _: {})
    line = _line(either_state, clock, row)
    assert (line.state, line.last_error) == ("waiting", "")


def test_the_error_of_a_try_is_shown_while_the_next_one_is_awaited(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job()
    _go(either_state, clock, row)
    clock.advance(MINUTE)
    _go(either_state, clock, row)
    work_due(either_state, (row,), clock, owner="a", do=_fail)
    line = _line(either_state, clock, row)
    assert (line.state, line.last_error) == ("due", "feeds.city: is no bundle")


def test_a_job_is_stale_when_two_of_its_slots_and_the_grace_are_over(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job(grace_seconds=30)
    _go(either_state, clock, row)
    clock.advance(MINUTE)
    _go(either_state, clock, row)
    work_due(either_state, (row,), clock, owner="a", do=lambda _: {})
    clock.advance(2 * MINUTE + 29 * SECOND)
    assert not _line(either_state, clock, row).is_stale
    clock.advance(SECOND)
    assert _line(either_state, clock, row).state == "stale"
    with either_state.reading() as session:
        assert [line.job.name for line in stale(session, (row,), PLAN, clock.now())] == ["upkeep"]


def test_a_job_that_never_succeeded_is_counted_from_its_first_slot(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job(grace_seconds=0)
    _go(either_state, clock, row)
    clock.advance(MINUTE)
    _go(either_state, clock, row)
    clock.advance(MINUTE)
    assert not _line(either_state, clock, row).is_stale
    clock.advance(MINUTE)
    assert _line(either_state, clock, row).is_stale


def test_a_holiday_makes_no_job_of_working_days_stale(
    either_state: StateStore, clock: SetClock
) -> None:
    # The last working day before National Day 2026, and its first success.
    clock.advance(local("2026-09-30 08:00") - NOW)
    _go(either_state, clock, WORKING)
    clock.advance(HOUR)
    _go(either_state, clock, WORKING)
    work_due(either_state, (WORKING,), clock, owner="a", do=lambda _: {})
    clock.advance(7 * DAY)
    line = _line(either_state, clock, WORKING)
    assert (line.state, line.next_slot) == ("waiting", local("2026-10-08 09:00"))
    clock.advance(2 * DAY + 10 * MINUTE)
    assert _line(either_state, clock, WORKING).is_stale


def test_a_paused_job_says_who_paused_it_and_is_not_stale(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job()
    _go(either_state, clock, row)
    with either_state.transaction() as session:
        pause(session, row.name, reason="换盘", by=LEAD, expected_version=1, now=clock.now())
    clock.advance(DAY)
    line = _line(either_state, clock, row)
    assert (line.state, line.is_stale, line.next_slot) == ("paused", False, None)
    assert (line.paused_by, line.pause_reason, line.paused_at) == ("陈一", "换盘", NOW)


def test_the_next_year_is_guessed_and_said_so(either_state: StateStore, clock: SetClock) -> None:
    clock.advance(local("2026-12-31 12:00") - NOW)
    line = _line(either_state, clock, WORKING)
    assert (line.next_slot, line.guessed) == (local("2027-01-01 09:00"), True)


def test_an_unknown_job_is_refused() -> None:
    with pytest.raises(Conflict, match="no such job"):
        job_named((job(),), "nothing")


def test_the_newest_slots_stay_and_failures_for_a_season(either_state: StateStore) -> None:
    count = KEPT + 60
    with either_state.transaction() as session:
        session.add_all(_old(number) for number in range(count))
    with either_state.transaction() as session:
        assert trim(session, (job(),), NOW + DAY) == 54
        assert trim(session, (job(),), NOW + DAY) == 0
    with either_state.reading() as session:
        assert len(history(session, "upkeep", limit=count)) == KEPT + 6
    failed = [at for at, state in states(either_state) if state == "failed"]
    assert failed == [NOW + n * MINUTE for n in range(0, 60, 10)]
    with either_state.transaction() as session:
        assert trim(session, (job(),), NOW + 91 * DAY) == 6


def _old(number: int) -> JobSlot:
    at = NOW + number * MINUTE
    state = "failed" if number < 60 and number % 10 == 0 else "done"
    return JobSlot(
        job="upkeep", slot=at, state=state, asked_by="clock", laid_at=at, next_try_at=at, outcome={}
    )


def test_what_is_not_over_is_never_trimmed(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        session.add_all(_old(number) for number in range(KEPT + 2))
        session.flush()
        for row in session.query(JobSlot):
            row.state = "due"
    with either_state.transaction() as session:
        assert trim(session, (job(),), NOW + 91 * DAY) == 0
