"""People end a doubt, and have what failed tried again from where it failed."""

import datetime as dt

import pytest
import sqlalchemy as sa

from playbooks.execution.course.claim import LEASE
from playbooks.execution.resolving import resolve_unsure, retry_step
from playbooks.execution.undoing import undo_step
from playbooks.incident.tasks import finish_task
from playbooks.machine import Refusal
from situation.state.tables import PlaybookRun, StepRun, Task
from tests.playbooks.execution.book import book, loop, minutes, parallel, part, sub
from tests.playbooks.execution.deeds import deeds
from tests.playbooks.execution.ground import LEAD, Ground
from tests.playbooks.outbox.servers import Receiver, receiving

DAY = dt.timedelta(days=1)


def _in_doubt(ground: Ground, receiver: Receiver, name: str = "ring") -> PlaybookRun:
    run = ground.start(book(part(name, name, url=receiver.url), part("mark", "after")))
    with ground.state.transaction() as session:
        row = session.get_one(StepRun, ground.step(run, name).id)
        row.state, row.attempts, row.owner = "running", 1, "one"
        row.lease_until = ground.clock.now() + LEASE
        row.action = {"name": name, "parameters": {"name": name, "url": receiver.url}}
    ground.turn()
    assert ground.step(run, name).state == "unsure"
    return run


def _resolve(ground: Ground, run: PlaybookRun, *, happened: bool, name: str = "ring") -> None:
    with ground.state.transaction() as session:
        resolve_unsure(
            session,
            ground.house,
            ground.step(run, name).id,
            happened=happened,
            remark="问过了",
            by=LEAD,
            now=ground.clock.now(),
        )


@pytest.mark.parametrize(("happened", "calls"), [(True, 0), (False, 1)])
def test_a_person_says_whether_it_happened(ground: Ground, happened: bool, calls: int) -> None:  # noqa: FBT001 - a column of the table
    with receiving() as receiver:
        run = _in_doubt(ground, receiver)
        _resolve(ground, run, happened=happened)
        ground.settle()
        assert len(receiver.got) == calls
    assert ground.run(run).state == "succeeded"
    with ground.state.reading() as session:
        assert session.scalars(sa.select(Task.state)).all() == ["done"]
    with pytest.raises(Refusal) as refused:
        _resolve(ground, run, happened=True)
    assert refused.value.code == "not_unsure"


def test_what_a_person_says_has_happened_can_be_taken_back(ground: Ground) -> None:
    with receiving() as receiver:
        run = _in_doubt(ground, receiver, "shut")
        _resolve(ground, run, happened=True, name="shut")
        ground.settle()
        with ground.state.transaction() as session:
            row, now = ground.step(run, "shut"), ground.clock.now()
            undo_step(session, ground.house, row.id, reason="误封", by=LEAD, now=now)
        ground.settle()
        assert len(receiver.got) == 1
    assert ground.step(run, "shut", "undo").state == "done"


def _retry(ground: Ground, row: StepRun) -> None:
    with ground.state.transaction() as session:
        retry_step(session, ground.house, row.id, by=LEAD, now=ground.clock.now())


def test_a_failed_run_goes_on_from_the_step_that_failed(ground: Ground) -> None:
    written = book(
        part("mark", "first"),
        loop(
            "__left__:value > 0",
            [
                parallel(
                    [part("mark", "good")],
                    [part("mark", "__name__:value", goes="__goes__:value")],
                    [part("ask", "asked")],
                ),
                part("mark", "turned", says="0", outs={"says": "left"}),
            ],
        ),
        part("mark", "last"),
        variables={
            "left": ("integer", "1"),
            "goes": ("string", "refused"),
            "name": ("string", "bad"),
        },
    )
    run = ground.start(written)
    ground.turn()
    assert ground.run(run).state == "failed"
    failed = next(row for row in ground.steps(run) if row.state == "failed")
    _mend(ground, run)
    _retry(ground, failed)
    ground.turn()
    with ground.state.transaction() as session:
        (task,) = session.scalars(sa.select(Task)).all()
        finish_task(session, task.id, by=LEAD, now=ground.clock.now())
    ground.turn()
    assert ground.run(run).state == "succeeded"
    assert deeds(ground.state) == {"first": 1, "good": 1, "bad": 1, "turned": 1, "last": 1}
    with pytest.raises(Refusal) as refused:
        _retry(ground, failed)
    assert refused.value.code == "not_failed"


def test_the_rest_of_the_run_follows_a_step_that_was_tried_again(ground: Ground) -> None:
    ground.publish(book(part("mark", "within"), key="inner"))
    written = book(
        parallel([part("mark", "bad", goes="__goes__:value")], [sub("inner")]),
        part("mark", "last"),
        variables={"goes": ("string", "refused")},
    )
    run = ground.start(written)
    ground.turn()
    _mend(ground, run)
    _retry(ground, ground.step(run, "bad"))
    assert ground.run(run).state == "running"
    ground.turn()
    assert ground.run(run).state == "succeeded"
    assert deeds(ground.state)["last"] == 1


def test_a_run_that_took_back_what_it_did_does_not_go_on(ground: Ground) -> None:
    written = book(part("hold", "block"), part("mark", "bad", goes="refused"), compensates=True)
    run = ground.start(written)
    ground.turn()
    ground.agree(run)
    ground.turn()
    with pytest.raises(Refusal) as refused:
        _retry(ground, ground.step(run, "bad"))
    assert refused.value.code == "undone"


def test_a_task_stays_with_its_people_when_the_step_waits_no_longer(ground: Ground) -> None:
    run = ground.start(book(part("ask", "asked"), part("mark", "after"), within=2 * DAY))
    ground.turn()
    ground.later(DAY + minutes(1))
    assert ground.run(run).state == "failed"
    with ground.state.transaction() as session:
        (task,) = session.scalars(sa.select(Task)).all()
        assert task.state == "open"
        finish_task(session, task.id, by=LEAD, now=ground.clock.now())
    _retry(ground, ground.step(run, "asked"))
    ground.turn()
    ground.turn()
    assert ground.run(run).state == "succeeded"
    assert deeds(ground.state) == {"after": 1}


def test_what_a_person_took_back_is_not_done_again_under_its_old_key(ground: Ground) -> None:
    written = book(
        parallel(
            [part("hold", "block"), part("ask", "asked")],
            [part("mark", "bad", goes="refused", delay=minutes(5))],
        )
    )
    run = ground.start(written)
    ground.turn()
    ground.agree(run)
    ground.turn()
    _held_until_it_is_seen(ground, run)
    ground.later(minutes(6))
    assert ground.run(run).state == "failed"
    with ground.state.transaction() as session:
        step = ground.step(run, "block")
        undo_step(session, ground.house, step.id, reason="误报", by=LEAD, now=ground.clock.now())
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            _retry(ground, ground.step(run, "bad"))
        assert refused.value.code == "undone"
        ground.turn()
    assert deeds(ground.state) == {"block": 1, "undo block": 1}


def _held_until_it_is_seen(ground: Ground, run: PlaybookRun) -> None:
    """Have the block wait for a row, as one does that its points do not hold yet."""
    with ground.state.transaction() as session:
        row = session.get_one(StepRun, ground.step(run, "block").id)
        asked = ground.step(run, "asked")
        row.state, row.ended_at = "waiting", None
        row.awaits_kind, row.awaits_id = asked.awaits_kind, asked.awaits_id


def _mend(ground: Ground, run: PlaybookRun) -> None:
    """Have the step that failed end well the next time."""
    with ground.state.transaction() as session:
        row = session.get_one(PlaybookRun, run.id)
        row.variables = {**row.variables, "__goes__": {"type": "string", "value": "well"}}
