"""A slot is held by one worker, done, tried again, or given up with a task for the desk."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping

import pytest

from playbooks.incident.tasks import finish_task
from playbooks.person import Person
from playbooks.schedule.claim import DIED, SUPERSEDED, Slot, claim, mine, renew
from playbooks.schedule.clock import Keeper
from playbooks.schedule.job import JobRow
from playbooks.schedule.ledger import run_now
from playbooks.schedule.working import Worked, work_due
from situation.clock import Clock, SetClock, SystemClock
from situation.faults import Conflict, Fault, Malformed, Misconfigured, Unavailable
from situation.state.store import StateStore
from situation.state.tables import Job, JobSlot
from tests.playbooks.schedule.timetable import (
    HOUR,
    MINUTE,
    NOW,
    PLAN,
    SECOND,
    audited,
    job,
    kept,
    slot_of,
    states,
    tasks,
)

LEAD = Person("陈一", "duty_lead")
EVERY = job(rule="catch_up")
NEWEST = job(rule="coalesce")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def _lay(state: StateStore, clock: SetClock, *jobs: JobRow, minutes: int = 1) -> None:
    """Lay the slots of some minutes from now; the clock stands at the last one then."""
    keeper = Keeper(state, jobs, PLAN, clock, "clock")
    keeper.turn()
    clock.advance(minutes * MINUTE)
    keeper.turn()


def _work(
    state: StateStore,
    clock: Clock,
    *jobs: JobRow,
    owner: str = "a",
    do: Callable[[Slot], Mapping[str, int]] = lambda _: {"rows": 1},
) -> Worked:
    return work_due(state, jobs, clock, owner=owner, do=do)


def _failing(fault: Fault) -> Callable[[Slot], Mapping[str, int]]:
    def do(_: Slot) -> Mapping[str, int]:
        raise fault

    return do


def test_slots_are_done_in_order_with_what_they_did(
    either_state: StateStore, clock: SetClock
) -> None:
    _lay(either_state, clock, EVERY, minutes=3)
    done: list[dt.datetime] = []

    def do(slot: Slot) -> Mapping[str, int]:
        done.append(slot.at)
        return {"rows": 7}

    assert _work(either_state, clock, EVERY, do=do) == Worked(done=3)
    assert done == [NOW + n * MINUTE for n in (1, 2, 3)]
    row = slot_of(either_state)
    assert (row.state, row.outcome, row.attempts) == ("done", {"rows": 7}, 1)
    assert (row.owner, row.lease_until, row.ended_at) == (None, None, clock.now())
    assert kept(either_state).last_success_at == clock.now()
    assert [action for action, _ in audited(either_state)] == ["job.done"] * 3
    assert audited(either_state)[0][1]["rows"] == 7


def test_a_sweep_that_succeeds_writes_no_audit(either_state: StateStore, clock: SetClock) -> None:
    row = job(audited=False)
    _lay(either_state, clock, row)
    assert _work(either_state, clock, row) == Worked(done=1)
    assert audited(either_state) == []


def test_of_several_slots_of_a_sweep_the_newest_is_done_and_the_others_are_skipped(
    either_state: StateStore, clock: SetClock
) -> None:
    keeper = Keeper(either_state, (NEWEST,), PLAN, clock, "clock")
    keeper.turn()
    for _ in range(3):
        clock.advance(MINUTE)
        keeper.turn()
    assert _work(either_state, clock, NEWEST) == Worked(done=1)
    assert [state for _, state in states(either_state)] == ["skipped", "skipped", "done"]


def test_what_fails_is_tried_again_later_and_then_given_up_with_one_task(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job(rule="catch_up", retries=2)
    _lay(either_state, clock, row)
    away = _failing(Unavailable("the server is away", where="feed"))
    assert _work(either_state, clock, row, do=away) == Worked(again=1)
    assert _work(either_state, clock, row, do=away) == Worked()
    assert slot_of(either_state).error == "feed: the server is away"
    clock.advance(10 * SECOND)
    assert _work(either_state, clock, row, do=away) == Worked(again=1)
    clock.advance(10 * SECOND)
    assert _work(either_state, clock, row, do=away) == Worked()
    clock.advance(30 * SECOND)
    assert _work(either_state, clock, row, do=away) == Worked(failed=1)
    clock.advance(HOUR)
    assert _work(either_state, clock, row, do=away) == Worked()
    last = slot_of(either_state)
    assert (last.state, last.attempts, last.error) == ("failed", 3, "feed: the server is away")
    assert [task.kind for task in tasks(either_state)] == ["job_failed"]
    assert [action for action, _ in audited(either_state)] == ["task.open", "job.fail"]
    assert kept(either_state).last_success_at is None


def test_a_server_that_names_a_time_is_not_asked_before(
    either_state: StateStore, clock: SetClock
) -> None:
    _lay(either_state, clock, EVERY)
    _work(either_state, clock, EVERY, do=_failing(Unavailable("later", wait_seconds=900)))
    assert slot_of(either_state).next_try_at >= clock.now() + 900 * SECOND


def test_what_only_a_person_can_mend_is_given_up_at_once(
    either_state: StateStore, clock: SetClock
) -> None:
    _lay(either_state, clock, EVERY)
    faulty = _failing(Misconfigured("no such folder", where="feeds.city"))
    assert _work(either_state, clock, EVERY, do=faulty) == Worked(failed=1)


def test_nobody_is_told_again_while_the_task_is_open(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job(rule="catch_up", retries=0)
    faulty = _failing(Malformed("broken"))
    _lay(either_state, clock, row, minutes=3)
    assert _work(either_state, clock, row, do=faulty) == Worked(failed=3)
    assert len(tasks(either_state)) == 1
    with either_state.transaction() as session:
        finish_task(session, tasks(either_state)[0].id, by=LEAD, now=clock.now())
    _lay(either_state, clock, row)
    assert _work(either_state, clock, row, do=faulty) == Worked(failed=1)
    assert sorted(task.state for task in tasks(either_state)) == ["done", "open"]


def test_the_failures_of_a_sweep_add_up_from_slot_to_slot(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job(rule="coalesce", retries=2)
    faulty = _failing(Conflict("in the way"))
    keeper = Keeper(either_state, (row,), PLAN, clock, "clock")
    keeper.turn()
    worked = []
    for _ in range(3):
        clock.advance(MINUTE)
        keeper.turn()
        worked.append(_work(either_state, clock, row, do=faulty))
    assert worked == [Worked(again=1), Worked(again=1), Worked(failed=1)]
    assert [state for _, state in states(either_state)] == ["skipped", "skipped", "failed"]
    assert len(tasks(either_state)) == 1


def test_a_slot_that_is_held_is_nobody_else_s_until_the_lease_is_out(
    either_state: StateStore, clock: SetClock
) -> None:
    _lay(either_state, clock, EVERY, minutes=2)
    first = _claimed(either_state, clock, "a")
    assert first is not None
    # One of a job at a time: the second slot waits, too.
    assert _claimed(either_state, clock, "b") is None
    clock.advance(EVERY.lease_seconds * SECOND)
    second = _claimed(either_state, clock, "b")
    assert second is not None
    assert (second.id, second.attempt) == (first.id, 2)
    with pytest.raises(Conflict), either_state.transaction() as session:
        renew(session, first, clock.now())


def test_a_worker_that_comes_back_takes_up_at_once_what_it_held(
    either_state: StateStore, clock: SetClock
) -> None:
    _lay(either_state, clock, EVERY)
    first = _claimed(either_state, clock, "a")
    assert first is not None
    assert _work(either_state, clock, EVERY) == Worked(done=1)
    assert slot_of(either_state).attempts == 2


def test_a_slot_that_kills_its_worker_each_time_is_given_up(
    either_state: StateStore, clock: SetClock
) -> None:
    row = job(rule="catch_up", retries=1)
    _lay(either_state, clock, row)
    assert _claimed(either_state, clock, "a", row) is not None
    assert _claimed(either_state, clock, "a", row) is not None
    assert _claimed(either_state, clock, "a", row) is None
    last = slot_of(either_state)
    assert (last.state, last.error) == ("failed", DIED)
    assert len(tasks(either_state)) == 1


def test_what_was_taken_away_meanwhile_is_not_recorded(
    either_state: StateStore, clock: SetClock
) -> None:
    _lay(either_state, clock, EVERY)

    def do(_: Slot) -> Mapping[str, int]:
        clock.advance(EVERY.lease_seconds * SECOND)
        assert _claimed(either_state, clock, "b") is not None
        return {"rows": 1}

    assert _work(either_state, clock, EVERY, do=do) == Worked(lost=1)
    row = slot_of(either_state)
    assert (row.state, row.owner, row.outcome) == ("running", "b", {})


def test_a_lease_is_renewed_while_the_work_lasts(either_state: StateStore) -> None:
    row, clock = job(rule="catch_up", lease_seconds=1), SystemClock()
    renewed = threading.Event()
    with either_state.transaction() as session:
        session.add_all([_job_row(row), _slot_row(row)])

    def do(slot: Slot) -> Mapping[str, int]:
        first = slot_of(either_state).lease_until
        while slot_of(either_state).lease_until == first:
            assert not renewed.wait(0.05)
        with either_state.transaction() as session:
            assert mine(session, slot).lease_until is not None
        return {}

    assert _work(either_state, clock, row, do=do) == Worked(done=1)


def test_a_turn_by_hand_goes_first_and_is_never_skipped(
    either_state: StateStore, clock: SetClock
) -> None:
    _lay(either_state, clock, NEWEST)
    with either_state.transaction() as session:
        run_now(session, NEWEST, by=LEAD, now=clock.now() + SECOND)
    asked: list[str] = []

    def do(slot: Slot) -> Mapping[str, int]:
        asked.append(slot.asked_by)
        return {}

    clock.advance(2 * SECOND)
    assert _work(either_state, clock, NEWEST, do=do) == Worked(done=2)
    assert asked == ["陈一", "clock"]


def test_why_a_slot_was_skipped_is_kept(either_state: StateStore, clock: SetClock) -> None:
    keeper = Keeper(either_state, (NEWEST,), PLAN, clock, "clock")
    keeper.turn()
    for _ in range(2):
        clock.advance(MINUTE)
        keeper.turn()
    _work(either_state, clock, NEWEST)
    with either_state.reading() as session:
        reasons = {row.state: row.error for row in session.query(JobSlot)}
    assert reasons == {"skipped": SUPERSEDED, "done": ""}


def _claimed(state: StateStore, clock: SetClock, owner: str, row: JobRow = EVERY) -> Slot | None:
    with state.transaction() as session:
        return claim(session, {row.name: row}, owner, clock.now())


def _job_row(row: JobRow) -> Job:
    return Job(name=row.name, laid_until=SystemClock().now(), pause_reason="")


def _slot_row(row: JobRow) -> JobSlot:
    now = SystemClock().now()
    return JobSlot(
        job=row.name,
        slot=now,
        state="due",
        asked_by="clock",
        laid_at=now,
        next_try_at=now,
        outcome={},
    )
