"""A due step: rendered, agreed to, begun once, and what came of it kept."""

import datetime as dt

import pytest
import sqlalchemy as sa

from playbooks.execution.course.claim import LEASE
from playbooks.machine import Refusal
from situation.state.tables import Approval, StepRun, Task
from tests.playbooks.execution.book import book, minutes, parallel, part
from tests.playbooks.execution.deeds import deeds
from tests.playbooks.execution.ground import LEAD, SECOND, STARTER, Ground
from tests.playbooks.incident.case import opened
from tests.playbooks.outbox.servers import Reply, receiving


def test_what_contains_waits_for_people_under_no_lease(ground: Ground) -> None:
    run = ground.start(book(part("hold", "block"), part("mark", "after")))
    ground.turn()
    row = ground.step(run, "block")
    assert (row.state, row.owner, row.lease_until, row.attempts) == ("approval", None, None, 0)
    (asked,) = ground.pending(run)
    assert asked.action_sha256 == row.action_sha256
    ground.later(minutes(20))
    assert deeds(ground.state) == {}
    ground.agree(run)
    ground.turn()
    assert deeds(ground.state) == {"block": 1, "after": 1}


def test_who_started_the_run_cannot_agree(ground: Ground) -> None:
    run = ground.start(book(part("hold", "block")), by=LEAD)
    ground.turn()
    (asked,) = ground.pending(run)
    with pytest.raises(Refusal) as refused:
        ground.vote(asked, by=LEAD)
    assert refused.value.code == "same_person"


def test_a_refusal_fails_the_step_and_its_own_way_out_is_taken(ground: Ground) -> None:
    written = book(part("hold", "block", on_failure=[part("mark", "instead")]))
    run = ground.start(written)
    ground.turn()
    ground.vote(ground.pending(run)[0], approve=False)
    ground.turn()
    assert ground.step(run, "block").error == "it was refused"
    assert deeds(ground.state) == {"instead": 1}
    assert ground.run(run).state == "succeeded"


@pytest.mark.parametrize(("word", "state", "done"), [("skip", "skipped", 1), ("fail", "failed", 0)])
def test_when_nobody_agrees_in_time_the_playbook_says_what_follows(
    ground: Ground, word: str, state: str, done: int
) -> None:
    run = ground.start(book(part("hold", "block", on_timeout=word), part("mark", "after")))
    ground.turn()
    ground.later(dt.timedelta(hours=3))
    assert ground.step(run, "block").state == state
    assert deeds(ground.state)["after"] == done


def test_an_action_that_renders_differently_needs_to_be_agreed_to_anew(ground: Ground) -> None:
    change = part("mark", "change", says="new", delay=minutes(5), outs={"says": "who"})
    written = book(
        parallel([part("hold", "__who__:value")], [change]), variables={"who": ("string", "old")}
    )
    run = ground.start(written)
    ground.turn()
    (asked,) = ground.pending(run)
    ground.vote(asked)
    # Before anybody has a turn the variable becomes another one.
    with ground.state.transaction() as session:
        row = session.merge(ground.run(run), load=True)
        row.variables = {"__who__": {"type": "string", "value": "other"}}
    ground.turn()
    (anew,) = ground.pending(run)
    assert anew.action_sha256 != asked.action_sha256
    assert deeds(ground.state) == {}
    with ground.state.reading() as session:
        assert session.get_one(Approval, asked.id).state == "void"
    ground.vote(anew, by=SECOND)
    ground.turn()
    assert deeds(ground.state)["other"] == 1


def test_a_drill_acts_on_its_own_rows_and_reaches_nobody_outside(ground: Ground) -> None:
    incident = opened(ground.state, drill_id="D-1", now=ground.clock.now())
    with receiving() as receiver:
        written = book(
            part("post", "told", url=receiver.url, says="heard", outs={"says": "answer"}),
            part("mark", "inside"),
            variables={"answer": ("string", None)},
        )
        run = ground.start(written, cause=ground.about(incident))
        ground.settle()
        assert receiver.got == []
    assert run.id.startswith("演练-R-")
    assert ground.run(run).state == "succeeded"
    assert ground.variable(run, "answer") == "heard"
    assert deeds(ground.state) == {"inside": 1}
    assert ground.step(run, "told").undo == {}


def test_a_keyed_step_of_a_dead_engine_is_done_again_by_the_next_of_its_name(
    ground: Ground,
) -> None:
    with receiving() as receiver:
        run = ground.start(book(part("post", "post", url=receiver.url)))
        _begun(ground, "post", receiver.url, owner="one")
        ground.turn("two")
        assert receiver.got == []
        ground.settle()
        assert [got.headers["idempotency-key"] for got in receiver.got] == [
            ground.step(run, "post").id
        ]
    assert ground.run(run).state == "succeeded"


def test_a_keyed_step_of_a_dead_engine_is_anybodys_when_its_lease_is_over(
    ground: Ground,
) -> None:
    with receiving() as receiver:
        run = ground.start(book(part("post", "post", url=receiver.url)))
        _begun(ground, "post", receiver.url, owner="dead")
        ground.later(LEASE - dt.timedelta(seconds=1))
        assert receiver.got == []
        ground.settle()
        assert len(receiver.got) == 1
    assert ground.step(run, "post").attempts == 2


def _begun(ground: Ground, name: str, url: str, *, owner: str) -> None:
    with ground.state.transaction() as session:
        wanted = sa.select(StepRun).where(StepRun.step_id.startswith(f"{name}--"))
        row = session.scalars(wanted).one()
        row.state, row.attempts, row.owner = "running", 1, owner
        row.started_at, row.lease_until = ground.clock.now(), ground.clock.now() + LEASE
        row.deadline_at = ground.clock.now() + minutes(15)
        row.action = {"name": name, "parameters": {"name": name, "url": url}}


def test_a_step_that_cannot_be_asked_about_is_left_to_a_person(ground: Ground) -> None:
    with receiving() as receiver:
        run = ground.start(book(part("ring", "ring", url=receiver.url), part("mark", "after")))
        _begun(ground, "ring", receiver.url, owner="one")
        ground.settle()
        assert receiver.got == []
    assert ground.step(run, "ring").state == "unsure"
    assert ground.run(run).state == "running"
    with ground.state.reading() as session:
        assert session.scalars(sa.select(Task.kind)).all() == ["playbook_unsure"]


def test_a_call_that_comes_back_late_to_another_engine_still_tells_of_its_success(
    ground: Ground,
) -> None:
    with receiving() as receiver:
        run = ground.start(book(part("post", "post", url=receiver.url), part("mark", "after")))
        _begun(ground, "post", receiver.url, owner="dead")
        ground.later(2 * LEASE)
        ground.settle()
        assert deeds(ground.state) == {"after": 1}
        assert len(receiver.got) == 1
    assert ground.run(run).state == "succeeded"


def test_more_steps_outside_than_threads_wait_for_one_and_hold_up_nobody_inside(
    ground: Ground,
) -> None:
    with receiving(lambda _: Reply()) as receiver:
        branches = [[part("post", f"p{number}", url=receiver.url)] for number in range(12)]
        run = ground.start(book(parallel(*branches, [part("mark", "inside")])))
        ground.turn()
        assert deeds(ground.state) == {"inside": 1}
        ground.settle()
        assert len(receiver.got) == 12
    assert ground.run(run).state == "succeeded"


def test_an_approval_that_was_given_survives_whoever_was_there(ground: Ground) -> None:
    run = ground.start(book(part("hold", "block")), by=STARTER)
    ground.turn("one")
    ground.agree(run)
    ground.turn("two")
    assert deeds(ground.state) == {"block": 1}
    with ground.state.reading() as session:
        assert session.scalars(sa.select(Approval.state)).all() == ["approved"]
