"""A run goes its way: each step once, by whatever it is held up."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from playbooks.execution.course.claim import LEASE, due
from playbooks.machine import Refusal
from situation.state.tables import AuditLine, PlaybookVersion, Task
from tests.playbooks.execution import deeds as acting
from tests.playbooks.execution.book import (
    book,
    choice,
    loop,
    minutes,
    parallel,
    part,
    sub,
    switch,
)
from tests.playbooks.execution.deeds import deeds, doubled
from tests.playbooks.execution.ground import Ground
from tests.playbooks.outbox.servers import Reply, receiving


def test_steps_follow_one_another_and_each_acts_once(ground: Ground) -> None:
    run = ground.start(book(part("mark", "a"), part("mark", "b"), part("mark", "c")))
    ground.turn()
    assert ground.run(run).state == "succeeded"
    assert deeds(ground.state) == {"a": 1, "b": 1, "c": 1}
    assert [row.state for row in ground.steps(run)] == ["done"] * 5
    assert ground.turn().done == 0


def test_a_turn_takes_up_no_step_after_its_seconds(ground: Ground) -> None:
    run = ground.start(book("mark"))
    assert ground.engine().turn(0).done == 0
    assert (ground.run(run).state, deeds(ground.state)) == ("running", {})
    ground.turn()
    assert ground.run(run).state == "succeeded"


def test_a_new_run_begins_before_others_go_on(ground: Ground) -> None:
    old = ground.start(book("mark", part("mark", "late", delay=minutes(1))))
    ground.later(minutes(1))
    ground.clock.advance(minutes(2))
    new = ground.start(book("mark", key="another"))
    with ground.state.reading() as session:
        found = due(session, "one", (), ground.clock.now())
    assert [place.run_id for place in found] == [new.id, old.id]


def test_branches_go_side_by_side_and_the_step_behind_them_waits_for_all(ground: Ground) -> None:
    slow = [part("mark", "slow", delay=minutes(10)), part("mark", "slower")]
    run = ground.start(book(parallel([part("mark", "quick")], slow), part("mark", "after")))
    ground.turn()
    assert deeds(ground.state) == {"quick": 1}
    ground.later(minutes(9))
    assert deeds(ground.state) == {"quick": 1}
    ground.later(minutes(1))
    assert deeds(ground.state) == {"quick": 1, "slow": 1, "slower": 1, "after": 1}
    assert ground.run(run).state == "succeeded"


def test_a_condition_looks_at_what_a_step_before_found_out(ground: Ground) -> None:
    written = book(
        part("mark", "look", says="yes", outs={"says": "__answer__"}),
        choice("__answer__:value = 'yes'", [part("mark", "right")], [part("mark", "wrong")]),
        switch("__answer__", {"no": [part("mark", "no")], "default": [part("mark", "other")]}),
        variables={"answer": ("string", "no")},
    )
    run = ground.start(written)
    ground.turn()
    assert deeds(ground.state) == {"look": 1, "right": 1, "other": 1}
    assert ground.variable(run, "answer") == "yes"


def test_a_loop_turns_until_its_condition_is_false(ground: Ground) -> None:
    turn = [
        part("mark", "turn"),
        choice(
            "__left__:value = 2",
            [part("mark", "two", says="1", outs={"says": "left"})],
            [part("mark", "one", says="0", outs={"says": "left"})],
        ),
    ]
    run = ground.start(
        book(loop("__left__:value > 0", turn), "mark", variables={"left": ("integer", "2")})
    )
    ground.turn()
    assert ground.run(run).state == "succeeded"
    assert deeds(ground.state) == {"turn": 2, "two": 1, "one": 1, "": 1}


def test_a_loop_that_never_ends_fails(ground: Ground) -> None:
    endless = loop("__left__:value > 0", [part("mark", "turn")], turns=7)
    run = ground.start(book(endless, variables={"left": ("integer", "1")}))
    ground.turn()
    assert ground.run(run).state == "failed"
    assert "more than 7 times" in ground.run(run).outcome
    assert deeds(ground.state) == {"turn": 7}


def test_a_playbook_within_a_playbook_gets_variables_and_gives_some_back(ground: Ground) -> None:
    inner = book(
        part("mark", "inner", says="__who__:value", outs={"says": "answer"}),
        key="inner",
        variables={"who": ("string", None), "answer": ("string", None)},
    )
    outer = book(
        sub("inner", in_args=("__who__",), out_args=("__answer__",)),
        part("mark", "after"),
        variables={"who": ("string", "li"), "answer": ("string", None)},
    )
    ground.publish(inner)
    run = ground.start(outer)
    ground.turn()
    assert deeds(ground.state) == {"inner": 1, "after": 1}
    assert ground.variable(run, "answer") == "li"
    waited = ground.step(run, "playbook-action")
    assert ground.run(waited.awaits_id).parent_step_id == waited.id


def test_a_playbook_that_calls_itself_comes_to_an_end(ground: Ground) -> None:
    run = ground.start(book(part("mark", "again"), sub("test")))
    ground.turn()
    assert ground.run(run).state == "failed"
    assert deeds(ground.state) == {"again": 8}


def test_what_is_away_is_tried_again_and_what_refuses_is_not(ground: Ground) -> None:
    run = ground.start(
        book(
            parallel(
                [part("mark", "away", goes="away", goes_on=True)],
                [part("mark", "refused", goes="refused", goes_on=True)],
            )
        )
    )
    assert ground.turn().again == 1
    ground.settle()
    assert ground.step(run, "away").attempts == 4
    assert ground.step(run, "refused").attempts == 1
    assert ground.run(run).state == "succeeded"
    assert deeds(ground.state) == {}


def test_an_action_that_nobody_foresaw_fails_its_step_and_not_the_engine(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    broken = ground.start(book(part("mark", "wrong", goes="wrong")))
    sound = ground.start(book(part("mark", "sound"), key="sound"))
    ground.turn()
    assert ground.run(broken).state == "failed"
    assert ground.step(broken, "wrong").error == "ZeroDivisionError"
    assert ground.run(sound).state == "succeeded"
    assert "ZeroDivisionError" in caplog.text


def test_a_failure_goes_where_the_step_says(ground: Ground) -> None:
    fails = part("mark", "bad", goes="refused", on_failure=[part("mark", "instead")])
    run = ground.start(book(fails, part("mark", "after")))
    ground.turn()
    assert ground.run(run).state == "succeeded"
    assert deeds(ground.state) == {"instead": 1}


def test_a_failure_in_a_branch_goes_to_the_handler_of_the_step_around_it(ground: Ground) -> None:
    around = parallel(
        [part("mark", "bad", goes="refused")],
        [part("mark", "late", delay=minutes(5))],
        on_failure=[part("mark", "instead")],
    )
    run = ground.start(book(around))
    ground.turn()
    assert ground.run(run).state == "succeeded"
    assert ground.step(run, "late").state == "cancelled"
    assert ground.step(run, "parallel").state == "failed"
    assert deeds(ground.state) == {"instead": 1}


def test_a_failure_without_a_way_goes_to_the_exception_once(ground: Ground) -> None:
    written = book(
        parallel([part("mark", "bad", goes="refused")], [part("ask", "asked")]),
        exception=[part("mark", "told"), part("mark", "worse", goes="refused")],
    )
    run = ground.start(written)
    ground.turn()
    assert ground.run(run).state == "failed"
    assert deeds(ground.state) == {"told": 1}


def test_a_step_without_a_value_for_its_variable_fails(ground: Ground) -> None:
    written = book(part("mark", "__who__:value"), variables={"who": ("string", None)})
    run = ground.start(written)
    ground.turn()
    assert ground.run(run).state == "failed"


def test_a_step_outside_is_called_under_its_own_key(ground: Ground) -> None:
    with receiving() as receiver:
        run = ground.start(book(part("post", "told", url=receiver.url), part("mark", "after")))
        ground.settle()
        keys = [got.headers["idempotency-key"] for got in receiver.got]
    assert keys == [ground.step(run, "told").id]
    assert deeds(ground.state) == {"after": 1}


def test_a_counterpart_that_is_away_is_tried_again_under_the_same_key(ground: Ground) -> None:
    cut = iter((True, True, False))
    with receiving(lambda _: Reply(is_cut=next(cut))) as receiver:
        run = ground.start(book(part("post", "told", url=receiver.url)))
        ground.settle()
        keys = {got.headers["idempotency-key"] for got in receiver.got}
    assert ground.run(run).state == "succeeded"
    assert keys == {ground.step(run, "told").id}
    assert ground.step(run, "told").attempts == 3


def test_an_act_that_may_do_harm_twice_is_not_tried_again(ground: Ground) -> None:
    with receiving(lambda _: Reply(is_cut=True)) as receiver:
        run = ground.start(book(part("ring", "rung", url=receiver.url)))
        ground.settle()
        assert len(receiver.got) == 1
    assert ground.run(run).state == "failed"


def test_a_task_of_people_is_waited_for_and_its_time_runs_out(ground: Ground) -> None:
    run = ground.start(book(part("ask", "asked"), part("mark", "after")))
    ground.turn()
    waiting = ground.step(run, "asked")
    assert (waiting.state, waiting.awaits_kind, waiting.lease_until) == ("waiting", "task", None)
    ground.later(dt.timedelta(hours=23))
    assert ground.run(run).state == "running"
    ground.later(dt.timedelta(hours=2))
    assert ground.run(run).state == "failed"
    assert deeds(ground.state) == {}


def test_a_run_ends_when_its_time_is_over(ground: Ground) -> None:
    written = book(part("mark", "late", delay=minutes(120)), within=minutes(60))
    run = ground.start(written)
    assert ground.later(minutes(61)).expired == 1
    assert ground.run(run).state == "failed"
    assert ground.step(run, "late").state == "cancelled"


def test_a_step_that_never_began_is_not_late_because_nobody_was_there(ground: Ground) -> None:
    run = ground.start(book(part("mark", "a"), part("mark", "b")))
    ground.later(dt.timedelta(hours=20))
    assert ground.run(run).state == "succeeded"


def test_a_run_goes_by_the_version_that_it_was_started_with(ground: Ground) -> None:
    written = book(part("mark", "old", delay=minutes(5)))
    run = ground.start(written)
    with ground.state.transaction() as session:
        session.get_one(PlaybookVersion, run.version_id).state = "retired"
    ground.publish(book(part("mark", "new"), key="test2"))
    ground.later(minutes(6))
    assert deeds(ground.state) == {"old": 1}
    with pytest.raises(Refusal) as refused:
        ground.start(written)
    assert refused.value.code == "not_published"


def test_a_lease_is_renewed_while_its_call_is_under_way(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(acting, "GATE", gate)
    with receiving() as receiver:
        run = ground.start(book(part("linger", "slow", url=receiver.url)))
        ground.turn("one")
        for _ in range(4):
            ground.clock.advance(LEASE * 2 / 3)
            ground.turn("one")
            ground.turn("two")
        assert ground.step(run, "slow").attempts == 1
        gate.set()
        ground.settle()
        assert len(receiver.got) == 1
    assert ground.run(run).state == "succeeded"


def test_a_call_that_takes_all_the_time_of_its_step_is_left_to_a_person_until_it_comes_back(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(acting, "GATE", gate)
    with receiving() as receiver:
        run = ground.start(book(part("linger", "slow", url=receiver.url)))
        ground.turn()
        assert ground.later(minutes(16)).expired == 1
        assert ground.step(run, "slow").state == "unsure"
        gate.set()
        ground.engine().close()
    assert ground.step(run, "slow").state == "done"
    assert ground.run(run).state == "succeeded"
    with ground.state.reading() as session:
        assert session.scalars(sa.select(Task.state)).all() == ["done"]


def test_a_late_answer_that_fits_no_variable_fails_its_step_and_holds_up_nobody(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(acting, "GATE", gate)
    with receiving() as receiver:
        slow = part("linger", "slow", url=receiver.url, says="many", outs={"says": "count"})
        run = ground.start(book(slow, variables={"count": ("integer", "0")}))
        ground.turn()
        ground.later(minutes(16))
        assert ground.step(run, "slow").state == "unsure"
        gate.set()
        ground.engine().close()
    assert ground.step(run, "slow").state == "failed"
    assert ground.run(run).state == "failed"


def test_two_engines_share_the_work_and_double_nothing(ground: Ground) -> None:
    runs = [
        ground.start(book(parallel(*[[part("mark", f"{n}-{m}")] for m in range(3)]), key=f"k{n}"))
        for n in range(6)
    ]
    for _ in range(3):
        ground.turn("one")
        ground.turn("two")
    assert {ground.run(run).state for run in runs} == {"succeeded"}
    assert doubled(ground.state) == {}
    assert deeds(ground.state).total() == 18


def test_engines_that_run_at_the_same_time_double_nothing(ground: Ground) -> None:
    with receiving() as receiver:
        branches = [[part("mark", f"m{n}"), part("post", f"p{n}", url=receiver.url)] for n in "abc"]
        runs = [ground.start(book(parallel(*branches))) for _ in range(4)]

        def work(owner: str) -> None:
            for _ in range(200):
                ground.turn(owner)
                if all(ground.run(run).state == "succeeded" for run in runs):
                    return

        engines = [
            threading.Thread(target=work, args=(owner,)) for owner in ("one", "two", "three")
        ]
        for one in engines:
            one.start()
        for one in engines:
            one.join()
        calls = [got.headers["idempotency-key"] for got in receiver.got]
    assert {ground.run(run).state for run in runs} == {"succeeded"}
    assert doubled(ground.state) == {}
    assert deeds(ground.state) == {"ma": 4, "mb": 4, "mc": 4}
    assert len(calls) == len(set(calls)) == 12


def test_everything_that_moves_is_in_the_log_and_in_the_audit(ground: Ground) -> None:
    run = ground.start(book(part("mark", "a", says="geheim")))
    ground.turn()
    with ground.state.reading() as session:
        lines = session.query(AuditLine).filter_by(object_id=run.id).all()
    said = [line.action for line in lines]
    assert said == ["run.start", "run.step.done", "run.step.done", "run.step.done", "run.end"]
    assert "geheim" not in "".join(str(line.detail) for line in lines)
    assert ground.state.verify().breaches == ()
