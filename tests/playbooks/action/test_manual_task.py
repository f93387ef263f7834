"""manual_task: a person is given something to do, once, and the step waits for the task."""

import datetime as dt

import pytest
from pydantic import ValidationError

from playbooks.incident.tasks import drop_task, finish_task
from playbooks.machine import Refusal
from playbooks.person import Person
from situation.state.store import StateStore
from situation.state.tables import Task
from tests.playbooks.action.scene import RUN, done, given, intended
from tests.playbooks.incident.case import ANALYST, LEAD, actions, every, opened, the
from tests.playbooks.intrusion import NOW

HOUR = dt.timedelta(hours=1)
SAID: dict[str, object] = {
    "title_zh": "隔离受感染主机",
    "title_en": "Isolate the infected host",
    "role": "duty_lead",
    "within_minutes": 60,
}


def test_a_task_stands_at_the_incident_and_the_step_waits_for_it(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    outcome = done(either_state, "manual_task", SAID, incident.id)
    assert outcome.awaits is not None
    kind, task_id = outcome.awaits
    task = the(either_state, Task, task_id)
    assert kind == "task"
    assert (task.kind, task.object_kind, task.object_id) == (
        "playbook_step",
        "incident",
        incident.id,
    )
    assert (task.title_zh, task.title_en) == ("隔离受感染主机", "Isolate the infected host")
    assert (task.role, task.due_at, task.clause) == ("duty_lead", NOW + HOUR, "国家预案 4.2")


def test_a_step_that_is_performed_again_finds_its_task(either_state: StateStore) -> None:
    incident = opened(either_state)
    first, second = (done(either_state, "manual_task", SAID, incident.id) for _ in range(2))
    assert first == second
    assert len(every(either_state, Task)) == actions(either_state).count("task.open")


def test_a_task_that_was_dropped_is_opened_again_by_a_step_that_is_tried_again(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    outcome = done(either_state, "manual_task", SAID, incident.id)
    assert outcome.awaits is not None
    with either_state.transaction() as session:
        drop_task(session, outcome.awaits[1], by=LEAD, now=NOW)
    assert done(either_state, "manual_task", SAID, incident.id) == outcome
    task = the(either_state, Task, outcome.awaits[1])
    assert (task.state, task.done_by, task.due_at) == ("open", None, NOW + HOUR)
    assert actions(either_state)[-1] == "task.reopen"


def test_a_run_about_nothing_keeps_its_task_itself(either_state: StateStore) -> None:
    outcome = done(either_state, "manual_task", {"title_zh": "核对值班表"})
    assert outcome.awaits is not None
    task = the(either_state, Task, outcome.awaits[1])
    assert (task.object_kind, task.object_id, task.title_en) == ("playbook_run", RUN, "核对值班表")


def test_a_task_of_the_duty_lead_is_not_done_by_an_analyst(either_state: StateStore) -> None:
    outcome = done(either_state, "manual_task", SAID, opened(either_state).id)
    assert outcome.awaits is not None
    with either_state.transaction() as session, pytest.raises(Refusal) as refused:
        finish_task(session, outcome.awaits[1], by=ANALYST, now=NOW)
    assert refused.value.code == "role"
    with either_state.transaction() as session:
        assert finish_task(session, outcome.awaits[1], by=LEAD, now=NOW).done_by == LEAD.name


@pytest.mark.parametrize(
    ("role", "by"),
    [
        ("", "viewer"),
        ("analyst", "analyst"),
        ("analyst", "duty_lead"),
        ("duty_lead", "administrator"),
        ("administrator", "administrator"),
    ],
)
def test_a_task_is_ended_by_its_role_or_who_leads_it(
    either_state: StateStore, role: str, by: str
) -> None:
    outcome = done(either_state, "manual_task", {"title_zh": "甲", "role": role})
    assert outcome.awaits is not None
    with either_state.transaction() as session:
        task = drop_task(session, outcome.awaits[1], by=Person("li", by), now=NOW)
    assert (task.state, task.done_by) == ("dropped", "li")


@pytest.mark.parametrize(
    ("role", "by"),
    [
        ("analyst", "data_officer"),
        ("data_officer", "analyst"),
        ("duty_lead", "analyst"),
        ("administrator", "duty_lead"),
        ("secrecy_officer", "administrator"),
    ],
)
def test_a_task_of_another_role_is_ended_by_nobody_else(
    either_state: StateStore, role: str, by: str
) -> None:
    outcome = done(either_state, "manual_task", {"title_zh": "甲", "role": role})
    assert outcome.awaits is not None
    with either_state.transaction() as session, pytest.raises(Refusal) as refused:
        drop_task(session, outcome.awaits[1], by=Person("li", by), now=NOW)
    assert refused.value.code == "role"


def test_an_intent_names_role_and_deadline_and_opens_nothing(either_state: StateStore) -> None:
    incident = opened(either_state)
    before = len(every(either_state, Task))
    intent = intended(either_state, "manual_task", SAID, incident.id)
    assert "2026-03-03 21:00" in intent.how_long.zh
    assert "值班长" in intent.touches.zh
    assert "the duty lead" in intent.touches.en
    assert len(every(either_state, Task)) == before


@pytest.mark.parametrize(
    "wrong", [{"within_minutes": 0}, {"within_minutes": "60"}, {"role": "viewer"}, {"title_zh": ""}]
)
def test_parameters_out_of_bounds_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as raised:
        given("manual_task", **(SAID | wrong))
    assert [error["loc"][0] for error in raised.value.errors()] == list(wrong)
