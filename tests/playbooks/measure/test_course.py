"""A block from the wish of a playbook to its end, by the engine that performs it (journey 3)."""

import datetime as dt
import pathlib
from collections.abc import Iterator

import pytest

from playbooks.action.catalogue import ACTIONS
from playbooks.cacao.playbook import Call, Playbook, Step, StepKind, Words
from playbooks.execution.house import House
from playbooks.execution.undoing import undo_step
from playbooks.machine import Refusal
from playbooks.measure.enforcing import Enforced, enforce
from playbooks.measure.ledger import listing
from situation.settings import PointSettings
from situation.state.store import StateStore
from situation.state.tables import Measure, PlaybookRun
from tests.playbooks.execution.ground import LEAD, STARTER, Ground
from tests.playbooks.incident.case import PLAN
from tests.playbooks.intrusion import ASSETS

HOUR = dt.timedelta(hours=1)


def book(**parameters: object) -> Playbook:
    """Return a playbook with one block."""
    empty = Words("", "")
    steps = (
        Step(id="start--0", kind=StepKind.START, name=empty, on_completion="block--1"),
        Step(
            id="block--1",
            kind=StepKind.ACTION,
            name=Words("封禁", "block"),
            call=Call("block_address", parameters),
            on_success="end--2",
        ),
        Step(id="end--2", kind=StepKind.END, name=empty),
    )
    return Playbook(
        id="playbook--block",
        key="block",
        name=empty,
        about=empty,
        steps={step.id: step for step in steps},
        start="start--0",
        exception=None,
        variables={},
        document={"block": parameters},
    )


BLOCK = book(address="198.51.100.23", hours=24, reason="撞库")


@pytest.fixture
def ground(either_state: StateStore, tmp_path: pathlib.Path) -> Iterator[Ground]:
    points = {"border": PointSettings(type="file")}
    house = House(plan=PLAN, assets=ASSETS, points=points, actions=ACTIONS)
    made = Ground(either_state, tmp_path, house=house)
    yield made
    made.close()


def _enforce(ground: Ground) -> Enforced:
    return enforce(ground.state, ground.house.points, ground.folder, ground.clock)


def _list(ground: Ground) -> bytes:
    return (ground.folder / "blocklist" / "border.txt").read_bytes()


def _measure(ground: Ground) -> Measure:
    with ground.state.reading() as session:
        (found,) = listing(session)
    return found


def _blocked(ground: Ground) -> PlaybookRun:
    run = ground.start(BLOCK)
    ground.turn()
    ground.agree(run)
    ground.turn()
    _enforce(ground)
    ground.turn()
    return run


def test_nothing_is_blocked_before_a_second_person_agrees(ground: Ground) -> None:
    _enforce(ground)
    run = ground.start(BLOCK)
    ground.turn()
    (asked,) = ground.pending(run)
    assert asked.intent["command"] == "deny ip 198.51.100.23/32 both at border for 24 h"
    assert _enforce(ground).changed == 0
    with pytest.raises(Refusal):
        ground.vote(asked, by=STARTER)
    ground.agree(run)
    ground.turn()
    assert ground.step(run, "block").state == "waiting"
    assert _enforce(ground).in_force == 1
    ground.turn()
    assert ground.run(run).state == "succeeded"
    assert _list(ground) == b"198.51.100.23\n"


def test_a_block_ends_by_itself_and_is_gone_without_trace(ground: Ground) -> None:
    _enforce(ground)
    before = _list(ground)
    run = _blocked(ground)
    ground.later(23 * HOUR)
    _enforce(ground)
    assert _list(ground) != before
    ground.later(HOUR)
    ground.turn()
    assert _enforce(ground).lifted == 1
    assert _list(ground) == before
    ground.settle()
    assert ground.step(run, "block", "undo").state == "done"
    assert _measure(ground).state == "lifted"


def test_a_person_takes_it_back_sooner_and_it_is_undone_once(ground: Ground) -> None:
    run = _blocked(ground)
    with ground.state.transaction() as session:
        step = ground.step(run, "block")
        undo_step(session, ground.house, step.id, reason="误报", by=LEAD, now=ground.clock.now())
    ground.turn()
    assert _enforce(ground).lifted == 1
    ground.settle()
    assert _list(ground) == b""
    assert len(ground.steps(run, "block", "undo")) == 1
    ground.later(48 * HOUR)
    assert (_enforce(ground).changed, _measure(ground).state) == (0, "lifted")


def test_what_is_of_the_city_fails_the_step_and_blocks_nothing(ground: Ground) -> None:
    run = ground.start(book(address="10.20.1.15", private=True))
    ground.settle()
    assert ground.run(run).state == "failed"
    assert "own_range" in ground.step(run, "block").error
    with ground.state.reading() as session:
        assert listing(session) == []
