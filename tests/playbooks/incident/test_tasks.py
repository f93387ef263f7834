"""Tasks: opened once, done or dropped once, each with its audit line."""

import datetime as dt

import pytest

from playbooks.incident.tasks import drop_task, end_tasks, finish_task, open_task, task_id_of
from playbooks.machine import Refusal
from situation.faults import Conflict
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Task
from tests.playbooks.incident.case import ANALYST, LEAD, every, the
from tests.playbooks.intrusion import NOW

HOUR = dt.timedelta(hours=1)


def opened(state: StateStore, key: str = "", *, kind: str = "response") -> Task:
    with state.transaction() as session:
        return open_task(
            session,
            kind=kind,
            object_kind="incident",
            object_id="SJ-1",
            title_zh="保存证据",
            title_en="Keep the evidence",
            due_at=NOW + HOUR,
            drill_id=None,
            now=NOW,
            clause="4.1",
            key=key,
        )


def test_the_same_task_is_opened_once_and_another_key_is_another_task(
    either_state: StateStore,
) -> None:
    first, again, other = (opened(either_state, key) for key in ("a", "a", "b"))
    assert first.id == again.id == task_id_of("response", "incident", "SJ-1", "a")
    assert first.id != other.id
    assert [line.action for line in every(either_state, AuditLine)] == ["task.open"] * 2


def test_a_task_that_was_done_is_not_opened_again(either_state: StateStore) -> None:
    task = opened(either_state)
    with either_state.transaction() as session:
        finish_task(session, task.id, by=ANALYST, now=NOW + HOUR)
    after = opened(either_state)
    assert (after.state, after.done_by, after.done_at) == ("done", ANALYST.name, NOW + HOUR)


def test_a_task_ends_once_and_says_who_ended_it_and_why(either_state: StateStore) -> None:
    task = opened(either_state)
    with either_state.transaction() as session:
        drop_task(session, task.id, by=LEAD, now=NOW, reason="已由他人完成")
    assert the(either_state, Task, task.id).state == "dropped"
    line = every(either_state, AuditLine)[-1]
    assert (line.action, line.actor, line.object_id) == ("task.drop", LEAD.name, "SJ-1")
    assert line.detail["reason"] == "已由他人完成"
    for end in (finish_task, drop_task):
        with pytest.raises(Refusal), either_state.transaction() as session:
            end(session, task.id, by=LEAD, now=NOW)
    with pytest.raises(Conflict), either_state.transaction() as session:
        finish_task(session, "nowhere", by=LEAD, now=NOW)


def test_the_tasks_of_an_object_end_together_by_their_kind(either_state: StateStore) -> None:
    opened(either_state, "a")
    opened(either_state, "b")
    other = opened(either_state, kind="pi_notice")
    with either_state.transaction() as session:
        end_tasks(session, "drop", "SJ-1", ("response",), by=LEAD, now=NOW)
    states = {task.kind: task.state for task in every(either_state, Task)}
    assert states == {"response": "dropped", "pi_notice": "open"}
    with either_state.transaction() as session:
        end_tasks(session, "finish", "SJ-1", by=LEAD, now=NOW)
    assert the(either_state, Task, other.id).state == "done"
