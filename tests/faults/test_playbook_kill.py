"""An engine killed at each step of a run: nothing acts twice, no approval is lost, all ends."""

import collections
import json
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from playbooks.execution.machine import OPEN
from situation.state.store import StateStore
from situation.state.tables import (
    ActionLog,
    Approval,
    ApprovalVote,
    OutboxMessage,
    PlaybookRun,
    StepRun,
)
from tests.faults.mortal_playbook import INSIDE, OUTSIDE, books_of
from tests.faults.site import soak
from tests.playbooks.execution.deeds import TOPIC, doubled
from tests.playbooks.execution.ground import version_of
from tests.playbooks.outbox.servers import Got, Receiver, Reply, receiving

KILLS = soak(10, 500)
STRIDE = soak(13, 1)
"""Steps from one kill to the next; a run has some hundred and twenty."""
PROJECT = pathlib.Path(__file__).parents[2]


class Counterpart:
    """The receiver: it knows a repeat by its key, and answers whether it knows one."""

    def __init__(self) -> None:
        self.effects: dict[tuple[str, str], set[str]] = collections.defaultdict(set)
        """Keys by run and name: more than one is an effect that was doubled."""
        self.calls: collections.Counter[str] = collections.Counter()

    def answer(self, got: Got) -> Reply:
        """Take an effect, or tell of one."""
        if got.method == "GET":
            return Reply(200 if self.calls[got.path.rsplit("/", 1)[-1]] else 404)
        said, key = json.loads(got.body), got.headers["idempotency-key"]
        self.effects[said["run"], said["name"]].add(key)
        self.calls[key] += 1
        return Reply()


@pytest.fixture
def counterpart() -> Counterpart:
    return Counterpart()


@pytest.fixture
def receiver(counterpart: Counterpart) -> Iterator[Receiver]:
    with receiving(counterpart.answer) as running:
        yield running


@pytest.fixture
def program(
    tmp_path: pathlib.Path, either_state: StateStore, receiver: Receiver
) -> Iterator["subprocess.Popen[str]"]:
    with either_state.transaction() as session:
        session.add_all(version_of(book) for book in books_of(receiver.url))
    url = either_state.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.faults.mortal_playbook", url, str(tmp_path)]
    with subprocess.Popen(
        [*command, receiver.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as running:
        yield running
        assert running.stdin is not None
        running.stdin.close()


def _done(program: "subprocess.Popen[str]", key: str, step: int) -> int:
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(json.dumps({"keys": [key], "step": step}) + "\n")
    program.stdin.flush()
    return int(program.stdout.readline())


def test_an_engine_killed_at_any_step_doubles_nothing_and_loses_no_approval(
    program: "subprocess.Popen[str]", either_state: StateStore, counterpart: Counterpart
) -> None:
    kills = began = step = rounds = 0
    while kills < KILLS:
        step, rounds = step + STRIDE, rounds + 1
        key = f"round:{rounds}"
        if _done(program, key, step) == 0:
            began = step = began + 1
            continue
        kills += 1
        # The next process takes it up at once and needs no lease to run out.
        assert _done(program, key, 0) == 0
    _every_run_is_whole(either_state, rounds)
    _every_effect_is_there_once(either_state, counterpart)
    _every_approval_counted(either_state)


def _every_run_is_whole(state: StateStore, rounds: int) -> None:
    with state.reading() as session:
        runs = session.scalars(sa.select(PlaybookRun)).all()
        left = session.scalars(sa.select(StepRun).where(StepRun.state.in_(OPEN))).all()
        outer = [run for run in runs if run.parent_step_id is None]
    assert len(outer) == rounds
    assert {run.state for run in outer} == {"failed"}
    assert {run.state for run in runs if run.parent_step_id} == {"succeeded"}
    assert left == []


def _every_effect_is_there_once(state: StateStore, counterpart: Counterpart) -> None:
    with state.reading() as session:
        outer = session.scalars(
            sa.select(PlaybookRun.id).where(PlaybookRun.parent_step_id.is_(None))
        ).all()
        done = sa.select(OutboxMessage.payload).where(OutboxMessage.topic == TOPIC)
        inside = collections.Counter(str(said["name"]) for said in session.scalars(done))
        once = sa.select(StepRun.id).where(StepRun.step_id.startswith("once--"))
        rung = session.scalars(once.where(StepRun.purpose == "do")).all()
        assert {counterpart.calls[key] for key in rung} == {1}
    assert doubled(state) == {}
    assert inside == dict.fromkeys(INSIDE, len(outer))
    assert {key: keys for key, keys in counterpart.effects.items() if len(keys) > 1} == {}
    names = collections.Counter(name for _, name in counterpart.effects)
    assert names == dict.fromkeys(OUTSIDE, len(outer))


def _every_approval_counted(state: StateStore) -> None:
    with state.reading() as session:
        asked = session.scalars(sa.select(Approval)).all()
        votes = session.scalars(sa.select(ApprovalVote)).all()
        acted = set(session.scalars(sa.select(ActionLog.step_run_id).filter_by(what="ask")))
    assert {one.state for one in asked} == {"approved"}
    assert len({one.step_run_id for one in asked}) == len(asked) == len(acted)
    counted = collections.Counter(vote.approval_id for vote in votes)
    assert counted == {one.id: one.quorum for one in asked}
