"""raise_grade: upwards only, with its clocks; downwards it is a task for two people."""

import datetime as dt

import pytest
from pydantic import ValidationError

from playbooks.action.action import Refused
from playbooks.incident.regrading import ask_downgrade, decide_downgrade
from situation.state.store import StateStore
from situation.state.tables import Delivery, GradeChange, Incident, RunningClock
from tests.playbooks.action.scene import PLAN, done, given, intended, undone
from tests.playbooks.incident.case import (
    ANALYST,
    LEAD,
    LEVEL_2,
    LEVEL_3,
    SECOND,
    actions,
    codes,
    every,
    graded,
    led,
    opened,
    tasks,
    the,
    told,
)
from tests.playbooks.intrusion import NOW
from tests.playbooks.outbox.post import add_contact

LATER = NOW + dt.timedelta(minutes=7)
REASON = "口令猜解成功并外传数据"


def _raise(state: StateStore, incident_id: str, level: int, now: dt.datetime = LATER) -> Incident:
    done(state, "raise_grade", {"level": level, "reason": REASON}, incident_id, now=now)
    return the(state, Incident, incident_id)


def test_a_raise_starts_the_clocks_of_the_level_now_and_says_why(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    assert incident.level == 4
    known = {(row.clock, row.addressee) for row in every(either_state, RunningClock)}
    raised = _raise(either_state, incident.id, 2)
    assert (raised.level, raised.facts_level) == (2, 4)
    begun = [
        row for row in every(either_state, RunningClock) if (row.clock, row.addressee) not in known
    ]
    assert begun
    assert {row.started_at for row in begun if row.state == "running"} == {LATER}
    change = every(either_state, GradeChange)[-1]
    assert (change.before, change.after, change.reason) == (4, 2, REASON)
    assert change.state == "applied"
    assert "follow_up_report_due" in codes(raised)
    assert "incident.regrade" in actions(either_state)


def test_the_intent_names_the_very_clocks_that_start(either_state: StateStore) -> None:
    incident = opened(either_state)
    known = {row.id for row in every(either_state, RunningClock)}
    said: dict[str, object] = {"level": 2, "reason": REASON}
    intent = intended(either_state, "raise_grade", said, incident.id, now=LATER)
    assert the(either_state, Incident, incident.id).level == 4
    assert {row.id for row in every(either_state, RunningClock)} == known
    _raise(either_state, incident.id, 2)
    begun = [row for row in every(either_state, RunningClock) if row.id not in known]
    (clocks,) = (change for change in intent.changes if change.place == "时钟 clocks")
    assert len(clocks.lines) == len(begun)
    assert all(any(row.clock in line for line in clocks.lines) for row in begun)
    assert f"starts {len(begun)} clocks" in intent.touches.en
    assert intent.outputs == {"level": "2", "before": "4"}


def test_a_level_is_not_lowered_and_not_raised_twice(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_2)
    before = len(every(either_state, GradeChange))
    outcome = done(either_state, "raise_grade", {"level": 3, "reason": REASON}, incident.id)
    assert outcome.outputs == {"level": "2", "before": "2"}
    assert outcome.undo == {}
    assert len(every(either_state, GradeChange)) == before
    said: dict[str, object] = {"level": 3, "reason": REASON}
    assert "already" in intended(either_state, "raise_grade", said, incident.id).what.en


def test_facts_raise_it_further_and_never_lower_it(either_state: StateStore) -> None:
    incident = opened(either_state)
    _raise(either_state, incident.id, 3)
    assert told(either_state, incident.id, {"loss_rmb": 1}).level == 3
    assert told(either_state, incident.id, LEVEL_2).level == 2


def test_what_two_people_lowered_is_raised_only_as_far_as_was_asked(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_2)
    with either_state.transaction() as session:
        change = ask_downgrade(
            session, PLAN, incident.id, level=4, reason="复核后实际损失远低于此数", by=ANALYST,
            expected_version=incident.version, now=NOW,
        )  # fmt: skip
    with either_state.transaction() as session:
        decide_downgrade(session, PLAN, change.id, approve=True, by=LEAD, now=NOW)
    assert the(either_state, Incident, incident.id).level == 4
    assert _raise(either_state, incident.id, 3).level == 3
    assert told(either_state, incident.id, {"people_affected": 1}).level == 3


def test_the_desk_is_told_of_a_level_that_must_be_reported(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_contact(session, "值班席", role="desk", mail="desk@city.example")
    incident = opened(either_state)
    _raise(either_state, incident.id, 2)
    occasions = {(row.object_id, row.occasion) for row in every(either_state, Delivery)}
    assert (incident.id, "level_2") in occasions


def test_a_response_that_runs_gets_the_tasks_of_the_new_level(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    led(either_state, incident.id, "respond")
    before = {task.id for task in tasks(either_state, "response")}
    _raise(either_state, incident.id, 2)
    assert {task.id for task in tasks(either_state, "response")} - before


def test_taking_back_is_a_task_and_the_level_stays_until_two_people_lower_it(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    said: dict[str, object] = {"level": 3, "reason": REASON}
    outcome = done(either_state, "raise_grade", said, incident.id)
    undone(either_state, "raise_grade", outcome, incident.id)
    undone(either_state, "raise_grade", outcome, incident.id)
    (task,) = tasks(either_state, "playbook_step")
    assert "Ⅳ级" in task.title_zh
    raised = the(either_state, Incident, incident.id)
    assert raised.level == 3
    with either_state.transaction() as session:
        change = ask_downgrade(
            session, PLAN, incident.id, level=4, reason="预案撤销，升级的证据不足", by=LEAD,
            expected_version=raised.version, now=NOW,
        )  # fmt: skip
    with either_state.transaction() as session:
        decide_downgrade(session, PLAN, change.id, approve=True, by=SECOND, now=NOW)
    assert the(either_state, Incident, incident.id).level == 4


def test_nothing_is_taken_back_of_a_level_that_changed_since(either_state: StateStore) -> None:
    incident = opened(either_state)
    outcome = done(either_state, "raise_grade", {"level": 3, "reason": REASON}, incident.id)
    _raise(either_state, incident.id, 2)
    assert "changed" in undone(either_state, "raise_grade", outcome, incident.id).told.en
    assert tasks(either_state, "playbook_step") == []


def test_a_closed_incident_is_not_raised(either_state: StateStore) -> None:
    incident = opened(either_state)
    led(either_state, incident.id, "withdraw", reason="误报误报误报误报误报")
    said: dict[str, object] = {"level": 3, "reason": REASON}
    assert "would be refused" in intended(either_state, "raise_grade", said, incident.id).what.en
    with pytest.raises(Refused):
        done(either_state, "raise_grade", said, incident.id)
    with pytest.raises(Refused, match="no incident"):
        done(either_state, "raise_grade", said)


@pytest.mark.parametrize("level", [0, 4, "2", True])
def test_a_level_that_is_none_or_the_mildest_is_refused(level: object) -> None:
    with pytest.raises(ValidationError):
        given("raise_grade", level=level, reason=REASON)
