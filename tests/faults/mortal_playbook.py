"""A program that carries runs of playbooks to their end, killed at the step that it is told.

For each line on its input, keys of runs and a step in JSON, it forks a process that starts those
runs that are not yet, lets the engine have its turns, votes and answers as people do, and answers
how that ended: 0 with all runs at their end, -9 by a death as of a power cut. Step 0 is none.
"""

import json
import os
import pathlib
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

import httpx
import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.action.action import Action, Errand, Outcome, Outside, Parameters, UndoOutside
from playbooks.cacao.playbook import Playbook
from playbooks.execution import approval, voting
from playbooks.execution.cause import cause_of_nothing
from playbooks.execution.engine import Engine
from playbooks.execution.house import House
from playbooks.execution.machine import RUN
from playbooks.execution.resolving import resolve_unsure
from playbooks.execution.starting import start_run
from situation.clock import SystemClock
from situation.state.columns import JsonObject
from situation.state.store import StateStore, open_state_store
from situation.state.tables import (
    Approval,
    ApprovalVote,
    PlaybookRun,
    PlaybookVersion,
    StepRun,
)
from tests.faults.mortal_outbox import Life, MortalState
from tests.playbooks.execution.book import book, loop, parallel, part, sub
from tests.playbooks.execution.deeds import ACTIONS
from tests.playbooks.execution.ground import ADMIN, LEAD, SECOND, STARTER, house_of, means_of

OWNER = "engine-1"
TURNS = 200
PAUSE_SECONDS = 0.02
"""Together shorter than a lease: what a dead engine held is taken back at once, or too late."""

INSIDE = ("begin", "contain", "beside", "turn", "inner", "undo contain")
_KEYED = ("keyed", "keyed beside", "keyed inner")
OUTSIDE = ("once", *_KEYED, *(f"undo {name}" for name in _KEYED))
"""What each run does once."""


def books_of(url: str) -> tuple[Playbook, Playbook]:
    """Return a playbook that has everything and fails at its end, and the one within it."""
    turn = part("mark", "turn", says="0", outs={"says": "left"})
    outer = book(
        part("mark", "begin"),
        parallel(
            [part("post", "keyed", url=url), part("hold", "contain")],
            [part("mark", "beside"), part("post", "keyed beside", url=url)],
        ),
        loop("__left__:value > 0", [turn]),
        sub("inner"),
        part("ring", "once", url=url),
        part("agreed", "bad", goes="refused"),
        key="outer",
        variables={"left": ("integer", "1")},
        compensates=True,
    )
    inner = book(part("mark", "inner"), part("post", "keyed inner", url=url), key="inner")
    return outer, inner


def _mortal(action: Action, life: Life) -> Action:
    """Return an action that may die before it goes outside, and after it did."""

    def outside(errand: Errand, given: Parameters) -> Outcome:
        assert action.outside is not None
        life.step()
        outcome = action.outside(errand, given)
        life.step()
        return outcome

    def undo_outside(errand: Errand, undo: JsonObject) -> Outcome:
        assert action.undo_outside is not None
        life.step()
        outcome = action.undo_outside(errand, undo)
        life.step()
        return outcome

    ways: dict[str, Outside | UndoOutside | None] = {
        "outside": outside if action.outside else None,
        "undo_outside": undo_outside if action.undo_outside else None,
    }
    return replace(action, **ways)  # type: ignore[arg-type]


class People:
    """Those who vote, and who find out whether something in doubt happened."""

    def __init__(self, state: StateStore, house: House, url: str) -> None:
        self._state, self._house, self._url = state, house, url
        self._clock = SystemClock()

    def act(self) -> None:
        """Do what waits for people, each act in a transaction of its own."""
        with self._state.reading() as session:
            asked = session.scalars(sa.select(Approval).where(Approval.state == approval.PENDING))
            pending = [(one, _voters(session, one)) for one in asked.all()]
            doubts = session.scalars(sa.select(StepRun).where(StepRun.state == "unsure")).all()
        for one, voted in pending:
            person = next(each for each in (LEAD, SECOND, ADMIN) if each.name not in voted)
            with self._state.transaction() as session:
                voting.vote(
                    session,
                    one.id,
                    approve=True,
                    sha256=one.action_sha256,
                    by=person,
                    now=self._clock.now(),
                )
        for row in doubts:
            self._resolve(row)

    def _resolve(self, row: StepRun) -> None:
        known = httpx.get(f"{self._url}/known/{row.id}").status_code == httpx.codes.OK
        with self._state.transaction() as session:
            resolve_unsure(
                session,
                self._house,
                row.id,
                happened=known,
                remark="at the receiver",
                by=LEAD,
                now=self._clock.now(),
            )


def _voters(session: Session, asked: Approval) -> set[str]:
    wanted = sa.select(ApprovalVote.person).where(ApprovalVote.approval_id == asked.id)
    return set(session.scalars(wanted))


def _is_over(state: StateStore, keys: Sequence[str]) -> bool:
    with state.reading() as session:
        ended = sa.select(PlaybookRun.id).where(
            PlaybookRun.trigger_key.in_(keys), PlaybookRun.state.in_(RUN.terminal)
        )
        return len(session.scalars(ended).all()) == len(keys)


def work(store: StateStore, folder: pathlib.Path, url: str, keys: Sequence[str], life: Life) -> int:
    """Start the runs that are not there, and carry all of them to their end."""
    state, clock = MortalState(store, life), SystemClock()
    actions = {name: _mortal(action, life) for name, action in ACTIONS.items()}
    house = replace(house_of(*books_of(url)), actions=actions)
    _start(state, house, keys)
    people = People(state, house, url)
    engine = Engine(state, house, means_of(folder), clock, owner=OWNER)
    for _ in range(TURNS):
        engine.turn()
        people.act()
        if _is_over(state, keys):
            return 0
        time.sleep(PAUSE_SECONDS)
    return 1


def _start(state: StateStore, house: House, keys: Sequence[str]) -> None:
    for key in keys:
        with state.transaction() as session:
            start_run(
                session,
                house,
                version=session.scalars(sa.select(PlaybookVersion).filter_by(key="outer")).one(),
                trigger="hand",
                trigger_key=key,
                cause=cause_of_nothing(),
                variables={},
                by=STARTER,
                now=SystemClock().now(),
            )


def _forked(store_url: str, folder: pathlib.Path, url: str, said: dict[str, object]) -> int:
    child = os.fork()
    if child == 0:
        keys = [str(key) for key in said["keys"]]  # type: ignore[attr-defined]
        store = open_state_store(store_url)
        os._exit(work(store, folder, url, keys, Life(int(str(said["step"])))))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main(store_url: str, folder: str, url: str) -> None:
    """Do one line after the other until there is none."""
    for line in sys.stdin:
        ended = _forked(store_url, pathlib.Path(folder), url, json.loads(line))
        sys.stdout.write(f"{ended}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
