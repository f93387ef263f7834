"""What a run contained is taken back: by time, by hand, by its failure, newest first."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from playbooks.execution.undoing import undo_run, undo_step
from playbooks.incident.tasks import finish_task
from playbooks.machine import Refusal
from situation.faults import Malformed
from situation.state.tables import OutboxMessage, PlaybookRun, StepRun, Task
from tests.playbooks.execution.book import book, part, sub
from tests.playbooks.execution.deeds import TOPIC, deeds
from tests.playbooks.execution.ground import LEAD, Ground
from tests.playbooks.outbox.servers import Reply, receiving

DAY = dt.timedelta(days=1)


def _order(ground: Ground) -> list[str]:
    with ground.state.reading() as session:
        told = sa.select(OutboxMessage).where(OutboxMessage.topic == TOPIC)
        rows = session.scalars(told.order_by(OutboxMessage.id)).all()
    return [str(row.payload["name"]) for row in rows]


def _held(ground: Ground, *names: str, hours: int = 0, says: str = "") -> PlaybookRun:
    run = ground.start(
        book(*[part("hold", name, hours=hours, says=says) for name in names], key="held")
    )
    for _ in names:
        ground.turn()
        ground.agree(run)
        ground.clock.advance(dt.timedelta(seconds=1))
    ground.turn()
    assert ground.run(run).state == "succeeded"
    return run


def _tasks(ground: Ground) -> list[str]:
    with ground.state.reading() as session:
        return [f"{task.kind} {task.state}" for task in session.scalars(sa.select(Task))]


def test_a_block_ends_by_itself_long_after_its_run(ground: Ground) -> None:
    run = _held(ground, "block", hours=24)
    ground.later(DAY - dt.timedelta(minutes=1))
    assert deeds(ground.state) == {"block": 1}
    assert ground.later(dt.timedelta(minutes=1)).undone == 1
    assert deeds(ground.state) == {"block": 1, "undo block": 1}
    assert ground.step(run, "block").undone_at == ground.clock.now()
    ground.later(DAY)
    assert deeds(ground.state) == {"block": 1, "undo block": 1}


def test_a_block_that_was_undone_by_hand_is_not_undone_again_by_time(ground: Ground) -> None:
    run = _held(ground, "block", hours=24)
    with ground.state.transaction() as session:
        step = ground.step(run, "block").id
        undo_step(session, ground.house, step, reason="误封", by=LEAD, now=ground.clock.now())
    ground.turn()
    assert deeds(ground.state) == {"block": 1, "undo block": 1}
    ground.later(2 * DAY)
    assert deeds(ground.state) == {"block": 1, "undo block": 1}
    with ground.state.transaction() as session, pytest.raises(Refusal) as refused:
        undo_step(session, ground.house, step, reason="再来", by=LEAD, now=ground.clock.now())
    assert refused.value.code == "undone"


def test_a_clock_that_is_put_back_delays_the_end_and_doubles_nothing(ground: Ground) -> None:
    run = _held(ground, "block", hours=24)
    ends = ground.step(run, "block", "undo").due_at
    ground.later(DAY - dt.timedelta(hours=1))
    ground.later(-2 * DAY)
    ground.later(ends - ground.clock.now() - dt.timedelta(seconds=1))
    assert deeds(ground.state) == {"block": 1}
    assert ground.later(dt.timedelta(seconds=1)).undone == 1
    ground.later(-DAY)
    ground.later(2 * DAY)
    assert deeds(ground.state) == {"block": 1, "undo block": 1}


def test_a_run_is_taken_back_newest_first(ground: Ground) -> None:
    run = _held(ground, "first", "second", "third")
    with ground.state.transaction() as session:
        now = ground.clock.now()
        undone = undo_run(session, ground.house, run.id, reason="撤回", by=LEAD, now=now)
    assert len(undone) == 3
    ground.turn()
    assert _order(ground)[3:] == ["undo third", "undo second", "undo first"]


def test_only_what_was_done_can_be_taken_back_and_not_without_a_reason(ground: Ground) -> None:
    run = ground.start(book(part("mark", "seen")))
    ground.turn()
    now = ground.clock.now()
    for undo in (
        lambda session: undo_run(session, ground.house, run.id, reason="x", by=LEAD, now=now),
        lambda session: undo_step(
            session, ground.house, ground.step(run, "seen").id, reason="x", by=LEAD, now=now
        ),
    ):
        with ground.state.transaction() as session, pytest.raises(Refusal) as refused:
            undo(session)
        assert refused.value.code == "nothing_to_undo"
    held = _held(ground, "held")
    with ground.state.transaction() as session, pytest.raises(Malformed):
        undo_run(session, ground.house, held.id, reason=" ", by=LEAD, now=now)


def test_a_run_that_fails_takes_back_what_it_contained(ground: Ground) -> None:
    written = book(part("hold", "first"), part("mark", "bad", goes="refused"), compensates=True)
    run = ground.start(written)
    ground.turn()
    ground.agree(run)
    ground.turn()
    assert _order(ground) == ["first", "undo first"]
    assert ground.run(run).state == "failed"
    assert ground.run(run).outcome.startswith("bad")


def test_what_a_playbook_within_contained_is_taken_back_with_it(ground: Ground) -> None:
    ground.publish(book(part("hold", "inner"), key="inner"))
    written = book(sub("inner"), part("mark", "bad", goes="refused"), compensates=True)
    run = ground.start(written)
    ground.turn()
    ground.agree(ground.run(ground.step(run, "playbook-action").awaits_id))
    ground.turn()
    assert _order(ground) == ["inner", "undo inner"]
    assert ground.run(run).state == "failed"


def test_an_undo_that_fails_is_a_task_and_can_be_tried_again(ground: Ground) -> None:
    run = _held(ground, "block", hours=1, says="stuck")
    ground.later(dt.timedelta(hours=1))
    assert ground.step(run, "block", "undo").state == "failed"
    assert _tasks(ground) == ["undo_failed open"]
    _finish(ground)
    _undo(ground, run, "再试")
    assert _tasks(ground) == ["undo_failed open"]
    with ground.state.transaction() as session:
        session.get_one(StepRun, ground.step(run, "block").id).undo = {"name": "block", "goes": ""}
    _undo(ground, run, "修好了")
    assert deeds(ground.state) == {"block": 1, "undo block": 1}
    assert _tasks(ground) == ["undo_failed done"]


def test_what_a_release_without_the_action_cannot_take_back_is_left_to_people(
    ground: Ground,
) -> None:
    run = _held(ground, "block", hours=1)
    fewer = {name: one for name, one in ground.house.actions.items() if name != "hold"}
    ground.house = replace(ground.house, actions=fewer)
    ground.clock.advance(dt.timedelta(hours=1))
    ground.turn("two")
    assert ground.step(run, "block", "undo").error == "there is no such action"
    assert _tasks(ground) == ["undo_failed open"]


def test_an_approved_action_that_the_release_has_no_more_fails_its_step(ground: Ground) -> None:
    run = ground.start(book(part("hold", "block")))
    ground.turn()
    ground.agree(run)
    fewer = {name: one for name, one in ground.house.actions.items() if name != "hold"}
    ground.house = replace(ground.house, actions=fewer)
    ground.turn("two")
    assert ground.run(run).state == "failed"
    assert "there is no such action" in ground.step(run, "block").error
    assert deeds(ground.state) == {}


def _undo(ground: Ground, run: PlaybookRun, reason: str) -> None:
    with ground.state.transaction() as session:
        step, now = ground.step(run, "block").id, ground.clock.now()
        undo_step(session, ground.house, step, reason=reason, by=LEAD, now=now)
    ground.turn()


def _finish(ground: Ground) -> None:
    with ground.state.transaction() as session:
        (task,) = session.scalars(sa.select(Task)).all()
        finish_task(session, task.id, by=LEAD, now=ground.clock.now())


def test_an_undo_outside_has_a_key_of_its_own_and_is_tried_until_it_arrives(
    ground: Ground,
) -> None:
    cut = iter((False, True, True, False))
    with receiving(lambda _: Reply(is_cut=next(cut))) as receiver:
        run = ground.start(book(part("post", "told", url=receiver.url)))
        ground.settle()
        with ground.state.transaction() as session:
            now = ground.clock.now()
            undo_run(session, ground.house, run.id, reason="撤回", by=LEAD, now=now)
        ground.settle()
        keys = [got.headers["idempotency-key"] for got in receiver.got]
    assert keys == [ground.step(run, "told").id] + 3 * [ground.step(run, "told", "undo").id]
    assert ground.step(run, "told").undone_at is not None
