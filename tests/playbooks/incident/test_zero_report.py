"""A period of heightened duty asks for a report each day, even with nothing to report."""

import datetime as dt

import pytest

from playbooks.incident.tasks import finish_task
from playbooks.incident.zero_report import KIND, open_zero_report
from playbooks.plan import Plan, load_plan
from playbooks.plan.response import HeightenedPeriod
from situation.clock import CITY_ZONE
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Task
from tests.playbooks.incident.case import LEAD, every, tasks

START = dt.datetime(2026, 10, 1, tzinfo=CITY_ZONE)
END = dt.datetime(2026, 10, 4, 12, 0, tzinfo=CITY_ZONE)
DAY = dt.timedelta(days=1)


def guarded(report_time: dt.time | None = dt.time(17, 0)) -> Plan:
    period = HeightenedPeriod(
        key="national_day",
        zh="国庆重要保障期",
        en="heightened duty of the National Day",
        start=START,
        end=END,
        sla_factor=0.5,
        daily_report_time=report_time,
        instrument="practice",
        clause="重保",
        source="6.5",
        mark="project",
        verified=False,
    )
    return load_plan().model_copy(update={"heightened": (period,)})


def looked(state: StateStore, plan: Plan, now: dt.datetime) -> Task | None:
    with state.transaction() as session:
        return open_zero_report(session, plan, now)


def test_each_day_of_the_period_has_one_report_due_at_its_time(either_state: StateStore) -> None:
    plan = guarded()
    for hours in range(0, 96, 6):
        looked(either_state, plan, START + dt.timedelta(hours=hours))
    due = sorted(task.due_at for task in every(either_state, Task) if task.due_at)
    assert due == [START + day * DAY + dt.timedelta(hours=17) for day in range(3)]
    assert {task.kind for task in every(either_state, Task)} == {KIND}
    assert len(every(either_state, AuditLine)) == 3


def test_a_report_that_was_given_is_not_asked_for_again(either_state: StateStore) -> None:
    task = looked(either_state, guarded(), START)
    assert task is not None
    with either_state.transaction() as session:
        finish_task(session, task.id, by=LEAD, now=START)
    looked(either_state, guarded(), START + dt.timedelta(hours=1))
    assert tasks(either_state, KIND) == []


@pytest.mark.parametrize("now", [START - DAY, END, END + DAY])
def test_outside_of_the_period_nothing_is_due(either_state: StateStore, now: dt.datetime) -> None:
    assert looked(either_state, guarded(), now) is None
    assert every(either_state, Task) == []


def test_a_period_without_a_daily_time_asks_for_nothing(either_state: StateStore) -> None:
    assert looked(either_state, guarded(None), START) is None
    assert looked(either_state, load_plan(), START) is None
