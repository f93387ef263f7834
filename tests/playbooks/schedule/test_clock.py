"""The clock with its ticks: it lays by itself until it is stopped, and says what ails it."""

import pathlib
import threading

from playbooks.schedule.clock import TROUBLE, Keeper, keep_clock
from playbooks.schedule.ticking import Ticker
from playbooks.schedule.timing import Every
from situation.clock import SetClock, SystemClock
from situation.faults import Fault, Unavailable
from situation.state.store import StateStore
from tests.empty import open_empty
from tests.playbooks.schedule.timetable import NOW, PLAN, job, states, tasks

SECONDS = 30.0
ROW = job(timing=Every(1), rule="catch_up")


class Told:
    """Keeps what was said."""

    def __init__(self) -> None:
        self.ills: list[Fault] = []
        self.is_well = threading.Event()

    def ill(self, fault: Fault) -> None:
        self.ills.append(fault)

    def well(self) -> None:
        self.is_well.set()


def test_it_lays_each_second_until_it_is_stopped(either_state: StateStore) -> None:
    stop, told = threading.Event(), Told()
    keeping = threading.Thread(
        target=keep_clock,
        args=(either_state, (ROW,), PLAN, SystemClock()),
        kwargs={"stop": stop, "owner": "a", "voice": told},
    )
    keeping.start()
    try:
        for _ in range(300):
            if len(states(either_state)) >= 2:
                break
            stop.wait(0.1)
    finally:
        stop.set()
        keeping.join(SECONDS)
    assert not keeping.is_alive()
    laid = [at for at, _ in states(either_state)]
    assert len(laid) >= 2
    assert [at.microsecond for at in laid] == [0] * len(laid)
    assert told.ills == []


def test_a_database_that_is_away_is_said_and_waited_for(tmp_path: pathlib.Path) -> None:
    state, stop = open_empty(tmp_path), threading.Event()

    class Mending(Told):
        """Puts back what is missing when it hears of it."""

        def ill(self, fault: Fault) -> None:
            super().ill(fault)
            _rename(state, "away", "job")

        def well(self) -> None:
            super().well()
            stop.set()

    told = Mending()
    _rename(state, "job", "away")
    keep_clock(state, (ROW,), PLAN, SystemClock(), stop=stop, owner="a", voice=told)
    assert [type(fault) for fault in told.ills] == [Unavailable]
    assert told.is_well.is_set()
    state.close()


def _rename(state: StateStore, name: str, other: str) -> None:
    with state.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {name} RENAME TO {other}")


def test_a_tick_that_fails_or_is_still_at_the_one_before_is_told() -> None:
    told: set[tuple[str, str]] = set()
    both, free = threading.Event(), threading.Event()

    def tick(name: str) -> None:
        if name == "broken":
            raise Unavailable("it is away")
        free.wait(SECONDS)

    def trouble(name: str, what: str) -> None:
        told.add((name, what))
        if len(told) == 2:
            both.set()
            free.set()

    jobs = job("broken", Every(1)), job("long", Every(1))
    # The one thread of the ticks is kept busy by the long one; the broken one comes before it.
    with Ticker(jobs, tick, trouble) as ticker:
        assert ticker.next_tick() is not None
        assert both.wait(SECONDS)
    assert ("long", "still at the one before") in told
    assert told & {("broken", "error"), ("broken", "still at the one before")}


def test_trouble_of_the_clock_is_one_task_a_day(either_state: StateStore) -> None:
    keeper = Keeper(either_state, (ROW,), PLAN, SetClock(NOW), "a")
    keeper.tell("upkeep", "missed")
    keeper.tell("upkeep", "missed")
    assert [(task.kind, task.object_id) for task in tasks(either_state)] == [(TROUBLE, "upkeep")]
