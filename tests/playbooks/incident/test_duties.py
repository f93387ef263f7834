"""Reports of progress: one after the other, as often as the level asks, until the end."""

import datetime as dt

from playbooks.incident.duties import PROGRESS, sweep_progress
from playbooks.incident.tasks import finish_task
from situation.state.store import StateStore
from tests.playbooks.incident.case import (
    HOUR,
    LEAD,
    LEVEL_2,
    LEVEL_3,
    PLAN,
    graded,
    led,
    tasks,
    told,
)
from tests.playbooks.incident.test_reports import drafted, edited, sent
from tests.playbooks.intrusion import NOW

CADENCE = 4 * HOUR


def swept(state: StateStore, now: dt.datetime) -> list[dt.datetime | None]:
    """Sweep and return when the open reports of progress are due."""
    with state.transaction() as session:
        sweep_progress(session, PLAN, now)
    return [task.due_at for task in tasks(state, PROGRESS)]


def test_the_response_asks_for_progress_as_often_as_its_level_says(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    assert swept(either_state, NOW) == []
    led(either_state, incident.id, "respond")
    (task,) = tasks(either_state, PROGRESS)
    assert (task.due_at, task.object_id) == (NOW + CADENCE, incident.id)


def test_the_next_is_asked_for_when_one_is_done_and_never_two(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    led(either_state, incident.id, "respond")
    late = NOW + 9 * HOUR
    assert swept(either_state, late) == [NOW + CADENCE]
    with either_state.transaction() as session:
        finish_task(session, tasks(either_state, PROGRESS)[0].id, by=LEAD, now=late)
    assert swept(either_state, late) == [late + CADENCE]
    assert swept(either_state, late) == [late + CADENCE]


def test_a_follow_up_report_is_a_report_of_progress(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    led(either_state, incident.id, "respond")
    report = drafted(either_state, incident.id, "follow_up")
    edited(either_state, report, {str(key): "已查明" for key in report.missing})
    sent(either_state, report)
    assert tasks(either_state, PROGRESS) == []


def test_with_the_end_of_the_response_nothing_is_asked_for(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    led(either_state, incident.id, "respond", "contain", "assess")
    assert swept(either_state, NOW + HOUR) == []
    assert len(tasks(either_state, PROGRESS, "dropped")) == 1


def test_a_level_that_reports_in_time_has_no_interval(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    told(either_state, incident.id, LEVEL_2)
    led(either_state, incident.id, "respond")
    assert swept(either_state, NOW + 9 * HOUR) == []
