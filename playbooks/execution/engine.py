"""The engine: carries every run on as far as it goes now. Nothing of a run lives in it.

What is outside the house is called from a few threads, each step under a lease that the engine
renews at each turn, for as long as the step may take: its deadline is the call's wall clock, and
what has not come back by then is left to a person. An engine that dies leaves rows; whoever comes
next goes on from them.
"""

import contextlib
import datetime as dt
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial

from playbooks.action.means import Means
from playbooks.execution import approval
from playbooks.execution.awaited import AWAITED, INNER
from playbooks.execution.course import sweeping
from playbooks.execution.course.calling import Call, Came, called
from playbooks.execution.course.claim import Place, due, is_takeable, renew
from playbooks.execution.course.holding import Holding
from playbooks.execution.course.performing import abandon, record, take
from playbooks.execution.course.walk import Walk
from playbooks.execution.house import House
from situation.clock import Clock
from situation.faults import Conflict
from situation.state.store import StateStore
from situation.state.tables import StepRun

ROUNDS = 500
"""How often a turn looks again; what is left is the next turn's."""
PATIENCE_SECONDS = 0.2
"""How long a turn waits for calls under way before it leaves them to the next one."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What a turn did, in steps. `started` are calls begun, `waiting` steps that now wait.

    `expired` are steps, runs and approvals whose time ran out, `undone` steps taken back.
    """

    started: int = 0
    done: int = 0
    failed: int = 0
    again: int = 0
    waiting: int = 0
    expired: int = 0
    undone: int = 0


_COUNTED = {
    "begin": "started",
    "finish": "done",
    "fail": "failed",
    "again": "again",
    "ask": "waiting",
    "wait": "waiting",
    "doubt": "waiting",
    "expired": "expired",
    "undone": "undone",
}
"""Count of `Turned` by act; the others are no end and no rest."""


class Engine:
    """One of the engines over a state store; `owner` is its name, the same after a restart.

    Two engines that run at once must have two names: an engine takes back at once what one of
    its name left under way. It is used by one thread.
    """

    def __init__(
        self,
        state: StateStore,
        house: House,
        means: Means,
        clock: Clock,
        *,
        owner: str,
        threads: int = 8,
    ) -> None:
        self._state, self._house, self._means, self._clock = state, house, means, clock
        self._owner, self._threads = owner, threads
        self._holding = Holding(state, house, clock)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="playbooks")
        self._calls: dict[Future[Came], Call] = {}
        self._blocked: deque[str] = deque()
        """Steps that wait for a thread to be free, the first to be begun first."""
        self._counts: Counter[str] = Counter()
        self._ends = math.inf

    def turn(self, seconds: float = math.inf) -> Turned:
        """Carry on everything that is due; return what was done.

        To be called every second or so: it renews the leases of calls that take longer. After so
        many `seconds` it takes up no further step, so that whoever calls can look for new causes;
        what is left is the next turn's. Raise `Unavailable` while the store is away.
        """
        self._counts.clear()
        self._ends = time.monotonic() + seconds
        self._end_approvals()
        self._renew()
        patience = time.monotonic() + PATIENCE_SECONDS
        kinds: Sequence[str] = tuple(AWAITED)
        for _ in range(ROUNDS):
            before = self._counts.total()
            self._round(kinds)
            kinds = INNER
            if self._is_over():
                break
            if self._counts.total() == before and not self._wait(patience):
                break
        counts: Counter[str] = Counter()
        for act, name in _COUNTED.items():
            counts[name] += self._counts[act]
        return Turned(**counts)

    def close(self) -> None:
        """End: what is under way is waited for and recorded."""
        self._pool.shutdown(wait=True)
        self._record()

    def _round(self, kinds: Sequence[str]) -> None:
        now = self._clock.now()
        self._record()
        self._abandon(now)
        self._sweep_runs(sweeping.withdrawn, sweeping.end_withdrawn)
        self._sweep(sweeping.answered, sweeping.answer)
        self._sweep(partial(sweeping.changed, kinds=kinds), sweeping.change)
        self._sweep(partial(sweeping.late, now=now), sweeping.expire)
        self._sweep_runs(partial(sweeping.late_runs, now=now), sweeping.expire_run)
        self._sweep_runs(sweeping.taken_back, sweeping.end_taken_back)
        for place in self._holding.found(
            partial(due, owner=self._owner, but=self._passed_over(), now=now)
        ):
            if self._is_over():
                return
            self._take(place)

    def _is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def _sweep(self, find: sweeping.FindSteps, do: Callable[[Walk, StepRun], None]) -> None:
        for place in self._holding.found(find):
            self._count(self._holding.moved(place, do))

    def _sweep_runs(self, find: sweeping.FindRuns, do: Callable[[Walk], None]) -> None:
        for run_id in self._holding.found(find):
            self._count(self._holding.walked(run_id, do))

    def _take(self, place: Place) -> None:
        may_call = self._has_room()
        calls: list[Call] = []

        def do(walk: Walk, row: StepRun) -> None:
            if is_takeable(row, self._owner, walk.now):
                call = take(walk, row, self._owner, may_call=may_call)
                calls.extend([call] if call else [])

        counts = self._holding.moved(place, do)
        self._count(counts)
        if counts is not None and not counts and not may_call:
            self._blocked.append(place.step_run_id)
        # Only what was committed as begun is called.
        for call in calls if counts else ():
            future = self._pool.submit(called, call, self._means, self._clock.now())
            self._calls[future] = call

    def _has_room(self) -> bool:
        return len(self._calls) < self._threads

    def _passed_over(self) -> set[str]:
        """Return the steps that are under way here, and those that wait for a thread in vain."""
        # As many as there are threads free: each look at a step is a transaction.
        for _ in range(min(self._threads - len(self._calls), len(self._blocked))):
            self._blocked.popleft()
        return {*self._blocked, *(call.step_run_id for call in self._calls.values())}

    def _abandon(self, now: dt.datetime) -> None:
        for future, call in list(self._calls.items()):
            if call.deadline_at <= now and not future.done():
                place = Place(call.run_id, call.step_run_id)
                self._count(self._holding.moved(place, partial(abandon, owner=self._owner)))

    def _record(self) -> None:
        for future in [one for one in self._calls if one.done()]:
            came = future.result()
            place = Place(came.call.run_id, came.call.step_run_id)
            counts = self._holding.moved(place, partial(record, came=came, owner=self._owner))
            if counts is not None:
                self._count(counts)
                del self._calls[future]

    def _wait(self, patience: float) -> bool:
        """Wait a little for a call that is under way; say whether one came back."""
        left = patience - time.monotonic()
        running = [one for one in self._calls if not one.done()]
        return bool(left > 0 and running and wait(running, left, FIRST_COMPLETED).done)

    def _renew(self) -> None:
        if self._calls:
            under_way = [call.step_run_id for call in self._calls.values()]
            with self._state.transaction() as session:
                renew(session, self._owner, under_way, self._clock.now())

    def _end_approvals(self) -> None:
        now = self._clock.now()
        if self._holding.found(partial(sweeping.is_approval_due, now=now)):
            # Somebody may vote, or sweep, just now; the next turn sees what is left.
            with contextlib.suppress(Conflict), self._state.transaction() as session:
                approval.sweep(session, self._house.plan, now)

    def _count(self, counts: Counter[str] | None) -> None:
        self._counts.update(counts or {})
