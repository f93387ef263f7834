"""What the shelf does on a bad night: nobody answers, nobody knows whose host it is."""

import dataclasses
import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from situation.assets import UNKNOWN
from situation.state.store import StateStore
from situation.state.tables import Alert, Delivery, Incident, Measure, Task
from tests.playbooks.intrusion import ATTACKER, alert, opened
from tests.playbooks.library.scenario import FAR, SCENARIOS
from tests.playbooks.library.stage import Stage

STRANGE = "192.0.2.200"
"""A host that no asset table knows."""


@pytest.fixture
def state(tmp_path: pathlib.Path) -> StateStore:
    return opened(tmp_path)


@pytest.mark.parametrize("key", sorted(SCENARIOS))
def test_where_nobody_answers_nothing_is_blocked_and_every_task_still_stands(
    state: StateStore, tmp_path: pathlib.Path, key: str
) -> None:
    stage = Stage(state, tmp_path)
    runs = {stage.key_of(run): run for run in stage.play_alone(SCENARIOS[key])}
    # A mark that nobody looked at is no false alarm: its run ends badly, and the desk sees it.
    ends = "failed" if key == "secret-mark" else "succeeded"
    assert runs[key].state == ends, runs[key].outcome
    with state.reading() as session:
        assert session.scalars(sa.select(Measure.id)).all() == []
        mine = sa.select(Task.state).where(Task.kind == "playbook_step").distinct()
        assert set(session.scalars(mine)) <= {"open"}


@pytest.mark.parametrize("key", ["data-leak", "iot-botnet", "mining", "ransomware", "web-shell"])
def test_where_nobody_knows_whose_host_it_is_it_is_blocked_all_the_same(
    state: StateStore, tmp_path: pathlib.Path, key: str
) -> None:
    def alerts() -> tuple[Alert, ...]:
        found = SCENARIOS[key].alerts()
        for one in found:
            near = "destination_ip" if one.source_ip == ATTACKER else "source_ip"
            setattr(one, near, STRANGE)
            one.host_ip = STRANGE
            one.asset = one.department = one.district = one.role = UNKNOWN
            one.protection_level = one.cii = None
        return found

    stage = Stage(state, tmp_path)
    scenario = dataclasses.replace(SCENARIOS[key], alerts=alerts)
    runs = {stage.key_of(run): run for run in stage.play(scenario)}
    with state.reading() as session:
        assert session.scalars(sa.select(Incident.department)).all() == [UNKNOWN]
        titles = session.scalars(sa.select(Task.title_zh)).all()
    assert runs[key].state == "succeeded", runs[key].outcome
    assert stage.kept_out == SCENARIOS[key].kept_out
    assert any(title.startswith("通报未能自动起草") for title in titles)


def test_the_first_report_of_a_leak_is_asked_for_at_once_and_within_the_hour(
    state: StateStore, tmp_path: pathlib.Path
) -> None:
    stage = Stage(state, tmp_path)
    begun = stage.clock.now()
    stage.play_alone(SCENARIOS["data-leak"])
    with state.reading() as session:
        report = session.scalars(sa.select(Task).where(Task.title_zh.contains("首次报告"))).one()
    assert (report.opened_at, report.due_at) == (begun, begun + dt.timedelta(hours=1))


def test_scans_of_a_day_are_one_mail_whatever_the_incidents(
    state: StateStore, tmp_path: pathlib.Path
) -> None:
    first = alert("scan", 0, severity=3, detector="port_scan")
    other = {"source_ip": FAR, "host_ip": "10.20.2.11", "destination_ip": "10.20.2.11"}
    second = alert("scan", 300, severity=3, detector="port_scan", **other)
    scans = (first, second)
    stage = Stage(state, tmp_path)
    scenario = dataclasses.replace(SCENARIOS["port-scan-digest"], alerts=lambda: scans)
    (run,) = stage.play(scenario)
    assert run.state == "succeeded", run.outcome
    with state.reading() as session:
        assert len(session.scalars(sa.select(Incident.id)).all()) == 2
        mails = session.scalars(sa.select(Delivery).where(Delivery.object_id == run.id)).all()
    assert len(mails) == 1
