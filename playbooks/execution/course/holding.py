"""Holding: one run is moved in one transaction, by whoever holds its row."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from playbooks.execution.course.claim import Place, held_run
from playbooks.execution.course.walk import Walk
from playbooks.execution.house import House
from playbooks.execution.machine import RUN
from playbooks.person import SYSTEM
from situation.clock import Clock
from situation.faults import Conflict, Malformed, Unavailable
from situation.state.store import StateStore
from situation.state.tables import StepRun

_LOG = logging.getLogger(__name__)

Found = TypeVar("Found")


class Holding:
    """Finds what is to be moved, and moves one run after the other."""

    def __init__(self, state: StateStore, house: House, clock: Clock) -> None:
        self._state, self._house, self._clock = state, house, clock

    def found(self, find: Callable[[Session], Found]) -> Found:
        """Return what a search finds; raise `Unavailable` while the store is away."""
        with self._state.reading() as session:
            return find(session)

    def moved(self, place: Place, do: Callable[[Walk, StepRun], None]) -> Counter[str] | None:
        """Move one step and what follows from it; return the acts, None where it is not now."""
        return self.walked(
            place.run_id, lambda walk: do(walk, walk.session.get_one(StepRun, place.step_run_id))
        )

    def walked(self, run_id: str, do: Callable[[Walk], None]) -> Counter[str] | None:
        """Move a run; return the acts, None where somebody else holds it or was quicker.

        A run that cannot go on as its playbook is written fails.
        """
        try:
            return self._walked(run_id, do)
        except Malformed as fault:
            reason = str(fault)
            return self._walked(run_id, lambda walk: _end(walk, reason))
        except (Conflict, Unavailable) as fault:
            _LOG.warning("run %s waits for the next turn: %s", run_id, fault)
            return None

    def _walked(self, run_id: str, do: Callable[[Walk], None]) -> Counter[str] | None:
        with self._state.transaction() as session:
            run = held_run(session, run_id)
            if run is None:
                return None
            walk = Walk(session, self._house, run, by=SYSTEM.name, now=self._clock.now())
            do(walk)
        return walk.counts


def _end(walk: Walk, reason: str) -> None:
    if walk.run.state == RUN.initial:
        walk.end("fail", reason)
        walk.counts["fail"] += 1
