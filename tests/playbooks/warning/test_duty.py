"""The tasks of a colour, for days of heightened duty without a warning."""

import datetime as dt

import sqlalchemy as sa

from playbooks.person import SYSTEM
from playbooks.plan import load_plan
from playbooks.plan.document import Plan
from playbooks.plan.response import HeightenedPeriod
from playbooks.warning.duty import open_forced_duties
from situation.state.store import StateStore
from situation.state.tables import AuditLine, Task

NOW = dt.datetime(2026, 11, 15, 1, 0, tzinfo=dt.UTC)


def plan(forced: str) -> Plan:
    period = HeightenedPeriod(
        key="fair-2026",
        zh="高交会保障",
        en="High-Tech Fair",
        start=NOW - dt.timedelta(days=1),
        end=NOW + dt.timedelta(days=5),
        sla_factor=0.5,
        forced_warning=forced,
        instrument="city_plan",
        clause="重要时期",
        source="6.5",
        mark="project",
        verified=False,
    )
    return load_plan().model_copy(update={"heightened": (period,)})


def test_the_duties_of_the_forced_colour_are_opened_once(either_state: StateStore) -> None:
    red = plan("red")
    for hours in (0, 1):
        with either_state.transaction() as session:
            opened = open_forced_duties(session, red, NOW + dt.timedelta(hours=hours))
            assert len(opened) == len(red.colour_duties("red"))
    with either_state.reading() as session:
        tasks = session.scalars(sa.select(Task)).all()
        lines = session.scalars(sa.select(AuditLine)).all()
    assert {task.title_zh for task in tasks} == {duty.zh for duty in red.colour_duties("red")}
    assert {(task.object_kind, task.object_id) for task in tasks} == {("period", "fair-2026")}
    assert {line.actor for line in lines} == {SYSTEM.name}
    assert len(lines) == len(tasks)


def test_nothing_is_opened_without_a_forced_colour_or_beside_the_period(
    either_state: StateStore,
) -> None:
    with either_state.transaction() as session:
        assert open_forced_duties(session, plan(""), NOW) == []
        assert open_forced_duties(session, plan("red"), NOW + dt.timedelta(days=30)) == []
        assert session.scalars(sa.select(Task)).all() == []
