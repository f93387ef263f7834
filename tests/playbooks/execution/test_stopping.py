"""One act stops a run: nothing more begins, and what it did can be taken back with it."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from playbooks.execution.stopping import stop_run
from playbooks.machine import Refusal
from situation.faults import Malformed
from situation.state.tables import Approval, PlaybookRun, Task
from tests.playbooks.execution import deeds as acting
from tests.playbooks.execution.book import book, minutes, parallel, part, sub
from tests.playbooks.execution.deeds import deeds
from tests.playbooks.execution.ground import LEAD, Ground
from tests.playbooks.incident.case import led, opened
from tests.playbooks.outbox.servers import receiving


def _stop(ground: Ground, run: PlaybookRun, *, undo: bool = False, reason: str = "误报") -> None:
    with ground.state.transaction() as session:
        stop_run(
            session,
            ground.house,
            run.id,
            undo=undo,
            reason=reason,
            by=LEAD,
            expected_version=ground.run(run).version,
            now=ground.clock.now(),
        )


def test_a_stopped_run_does_nothing_more_and_lets_everybody_go(ground: Ground) -> None:
    written = book(
        parallel(
            [part("ask", "asked")],
            [part("hold", "block")],
            [part("mark", "later", delay=minutes(5))],
        )
    )
    run = ground.start(written)
    ground.turn()
    _stop(ground, run)
    ground.later(minutes(10))
    assert ground.run(run).state == "stopped"
    assert deeds(ground.state) == {}
    with ground.state.reading() as session:
        assert session.scalars(sa.select(Approval.state)).all() == ["void"]
        assert session.scalars(sa.select(Task.state)).all() == ["dropped"]
    assert {row.state for row in ground.steps(run)} == {"done", "cancelled"}


def test_stopping_with_undo_takes_back_first_and_then_it_is_stopped(ground: Ground) -> None:
    run = ground.start(book(part("hold", "block"), part("ask", "asked")))
    ground.turn()
    ground.agree(run)
    ground.turn()
    _stop(ground, run, undo=True)
    assert ground.run(run).state == "compensating"
    ground.turn()
    assert ground.run(run).state == "stopped"
    assert deeds(ground.state) == {"block": 1, "undo block": 1}


def test_a_playbook_within_is_stopped_with_it(ground: Ground) -> None:
    ground.publish(book(part("ask", "asked"), key="inner"))
    run = ground.start(book(sub("inner")))
    ground.turn()
    inner = ground.step(run, "playbook-action").awaits_id
    _stop(ground, run)
    assert ground.run(inner).state == "stopped"


def test_what_is_under_way_outside_when_it_is_stopped_is_taken_back_when_it_ends(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(acting, "GATE", gate)
    with receiving() as receiver:
        run = ground.start(book(part("linger", "slow", url=receiver.url)))
        assert ground.turn().started == 1
        _stop(ground, run, undo=True)
        ground.turn()
        assert ground.run(run).state == "compensating"
        gate.set()
        ground.settle()
        assert ground.run(run).state == "stopped"
        assert [got.path for got in receiver.got] == ["/", "/"]
    assert ground.step(run, "slow").undone_at is not None


def test_a_run_is_stopped_once_as_it_was_seen_and_with_a_reason(ground: Ground) -> None:
    run = ground.start(book(part("ask", "asked")))
    with pytest.raises(Malformed):
        _stop(ground, run, reason="  ")
    with ground.state.transaction() as session, pytest.raises(Refusal) as stale:
        stop_run(
            session,
            ground.house,
            run.id,
            undo=False,
            reason="误报",
            by=LEAD,
            expected_version=run.version + 1,
            now=ground.clock.now(),
        )
    assert stale.value.code == "stale"
    _stop(ground, run)
    with pytest.raises(Refusal) as ended:
        _stop(ground, run)
    assert ended.value.code == "illegal"
    assert ground.run(run).ended_at == ground.clock.now()
    assert ground.clock.now() - run.started_at < dt.timedelta(seconds=1)


def test_a_run_whose_incident_is_withdrawn_stops_and_takes_back_what_it_contained(
    ground: Ground,
) -> None:
    incident = opened(ground.state, now=ground.clock.now())
    written = book(
        part("hold", "block"), part("ask", "asked", goes_on=True), part("mark", "report")
    )
    run = ground.start(written, cause=ground.about(incident))
    ground.turn()
    ground.agree(run)
    ground.turn()
    led(ground.state, incident.id, "withdraw", reason="误报", now=ground.clock.now())
    ground.settle()
    assert (ground.run(run).state, ground.run(run).outcome) == (
        "stopped",
        "the incident was withdrawn",
    )
    assert deeds(ground.state) == {"block": 1, "undo block": 1}


def test_nobody_is_asked_any_more_about_an_incident_that_is_withdrawn(ground: Ground) -> None:
    incident = opened(ground.state, now=ground.clock.now())
    run = ground.start(book(part("hold", "block")), cause=ground.about(incident))
    ground.turn()
    (asked,) = ground.pending(run)
    led(ground.state, incident.id, "withdraw", reason="误报", now=ground.clock.now())
    ground.turn()
    assert ground.run(run).state == "stopped"
    with pytest.raises(Refusal) as refused:
        ground.vote(asked)
    assert refused.value.code == "decided"
    ground.turn()
    assert deeds(ground.state) == {}
