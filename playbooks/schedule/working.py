"""The worker of the jobs: claims a slot, does it, writes down what came of it.

A slot is done at least once: a worker that dies between doing and recording does it again, so
that what a job does has to be harmless to repeat.
"""

import contextlib
import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from playbooks.schedule.claim import Slot, claim, is_due, mine, renew
from playbooks.schedule.job import JobRow
from playbooks.schedule.record import done, fail, put_off
from situation.clock import Clock
from situation.faults import Conflict, Fault, Misconfigured, Unavailable
from situation.state.store import StateStore
from situation.state.tables import Job

RENEWALS = 3
"""How often a lease is renewed within its time."""

MOST = 200
"""Slots that one pass does; the rest is the next one's."""

Work = Callable[[Slot], Mapping[str, int]]
"""Does a slot and returns counts of what it did. Raises a `Fault` where it could not."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What a pass did: slots done, failed for good, to be tried again, and lost to others."""

    done: int = 0
    failed: int = 0
    again: int = 0
    lost: int = 0


def work_due(
    state: StateStore, jobs: Iterable[JobRow], clock: Clock, *, owner: str, do: Work
) -> Worked:
    """Do the slots of these jobs that are due, one after the other; return the counts.

    `owner` is the name of this worker, the same after a restart; see `claim`. Raises what the
    state store raises.
    """
    rows = {job.name: job for job in jobs}
    counts: Counter[str] = Counter()
    for _ in range(MOST):
        slot = _claimed(state, rows, clock, owner)
        if slot is None:
            break
        counts[_worked(state, slot, clock, do)] += 1
    return Worked(**counts)


def _claimed(
    state: StateStore, rows: Mapping[str, JobRow], clock: Clock, owner: str
) -> Slot | None:
    with state.reading() as session:
        if not is_due(session, rows, owner, clock.now()):
            return None
    with state.transaction() as session:
        return claim(session, rows, owner, clock.now())


def _worked(state: StateStore, slot: Slot, clock: Clock, do: Work) -> str:
    try:
        with _renewed(state, slot, clock):
            outcome = do(slot)
    except Fault as fault:
        return _recorded(state, slot, clock.now(), fault)
    return _recorded(state, slot, clock.now(), outcome)


def _recorded(
    state: StateStore, slot: Slot, now: dt.datetime, came: Mapping[str, int] | Fault
) -> str:
    with state.transaction() as session:
        # The job first, as whoever claims does, so that none waits for another in a circle.
        session.get(Job, slot.job.name, with_for_update=True)
        try:
            row = mine(session, slot)
        except Conflict:
            return "lost"
        if not isinstance(came, Fault):
            done(session, slot.job, row, came, now)
            return "done"
        if slot.attempt > slot.job.retries or isinstance(came, Misconfigured):
            fail(session, slot.job, row, str(came), now)
            return "failed"
        wait = came.wait_seconds if isinstance(came, Unavailable) else 0.0
        put_off(row, str(came), now, failures=slot.attempt, wait_seconds=wait)
        return "again"


@contextlib.contextmanager
def _renewed(state: StateStore, slot: Slot, clock: Clock) -> Iterator[None]:
    """Renew the lease of a slot while the block lasts; what is lost shows at the record."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(slot.job.lease_seconds / RENEWALS):
            with contextlib.suppress(Unavailable, Conflict), state.transaction() as session:
                renew(session, slot, clock.now())

    keeping = threading.Thread(target=keep, name=f"lease of {slot.job.name}", daemon=True)
    keeping.start()
    try:
        yield
    finally:
        over.set()
        keeping.join()
