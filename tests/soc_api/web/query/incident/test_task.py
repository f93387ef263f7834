import datetime as dt

import pytest

from playbooks.incident.tasks import open_task
from situation.state.store import StateStore
from situation.state.tables import Task
from soc_api.web.query.incident.task import TaskLine, open_count, open_tasks, tasks_of
from tests.soc_api.web.city import NOW


def _lines(state: StateStore, drill_id: str | None = None) -> list[TaskLine]:
    with state.reading() as session:
        return open_tasks(session, drill_id, NOW)


def _open(
    state: StateStore, object_id: str, minutes: int | None, drill_id: str | None = None
) -> str:
    with state.transaction() as session:
        return open_task(
            session,
            kind="confirm_facts",
            object_kind="incident",
            object_id=object_id,
            title_zh=f"核实 {object_id}",
            title_en=f"Confirm {object_id}",
            due_at=NOW + dt.timedelta(minutes=minutes) if minutes is not None else None,
            drill_id=drill_id,
            now=NOW - dt.timedelta(hours=1),
        ).id


def test_tasks_stand_by_what_is_left_and_those_without_a_time_last(
    either_state: StateStore,
) -> None:
    for object_id, minutes in (("a", None), ("b", 30), ("c", -5)):
        _open(either_state, object_id, minutes)
    _open(either_state, "d", 1, drill_id="drill-1")
    lines = _lines(either_state)
    assert [line.row.object_id for line in lines] == ["c", "b", "a"]
    assert [line.due.tone if line.due else None for line in lines] == ["late", "", None]
    assert [line.row.object_id for line in _lines(either_state, "drill-1")] == ["d"]
    with either_state.reading() as session:
        assert open_count(session, None) == 3


def test_a_task_that_is_done_is_not_listed(either_state: StateStore) -> None:
    task_id = _open(either_state, "a", 5)
    with either_state.transaction() as session:
        session.get_one(Task, task_id).state = "done"
    assert _lines(either_state) == []


def test_the_tasks_of_an_object_are_its_own(either_state: StateStore) -> None:
    for object_id in ("a", "b"):
        _open(either_state, object_id, 5)
    with either_state.reading() as session:
        found = tasks_of(session, [("incident", "a"), ("notice", "b")], NOW)
    assert [line.row.object_id for line in found] == ["a"]


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        ("incident", "/incidents/x"),
        ("report", "/reports/x"),
        ("notice", "/notices/x"),
        ("warning", "/warnings/x"),
        ("delivery", ""),
    ],
)
def test_a_task_leads_to_the_page_of_its_object(kind: str, link: str) -> None:
    assert TaskLine(row=Task(object_kind=kind, object_id="x"), due=None).link == link
