"""Whatever people do in whatever order, an incident tells the truth about itself."""

import contextlib
import datetime as dt
import pathlib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from playbooks.flag import REPORTED_LEVEL
from playbooks.incident.clocks import sweep_clocks
from playbooks.incident.machine import INCIDENT
from playbooks.incident.regrading import ask_downgrade, decide_downgrade
from playbooks.incident.reports import draft_report, send_report
from playbooks.machine import Refusal
from situation.faults import Malformed
from situation.state.store import StateStore
from situation.state.tables import AuditLine, GradeChange, Incident, Report, RunningClock, Task
from tests.empty import open_empty
from tests.playbooks.incident.case import (
    ANALYST,
    LEAD,
    LEVEL_3,
    PLAN,
    PROVINCE,
    SECOND,
    every,
    led,
    opened,
    the,
    told,
)
from tests.playbooks.intrusion import NOW, alert

REASON = "经核实损失为另一系统所致，重复计算"
LOSSES = (1, 5_000_000, 20_000_000, 100_000_000)

STEPS = st.one_of(
    st.tuples(st.just("lead"), st.sampled_from([row.act for row in INCIDENT.transitions])),
    st.tuples(st.just("tell"), st.sampled_from(LOSSES)),
    st.tuples(st.just("ask"), st.integers(min_value=1, max_value=5)),
    st.tuples(st.just("decide"), st.booleans()),
    st.tuples(st.just("report"), st.sampled_from(["first", "follow_up", "closing"])),
    st.tuples(st.just("sweep"), st.none()),
)


@pytest.fixture
def one_state(tmp_path: pathlib.Path) -> Iterator[StateStore]:
    state = open_empty(tmp_path)
    yield state
    state.close()


# A history is short enough to be read as it is; to shrink it would take minutes.
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=50,
    phases=[Phase.reuse, Phase.generate],
)
@given(st.lists(st.tuples(STEPS, st.integers(min_value=0, max_value=300)), max_size=12))
def test_no_history_of_an_incident_breaks_its_promises(
    one_state: StateStore, steps: list[tuple[tuple[str, object], int]]
) -> None:
    incident_id, now = _another(one_state).id, NOW
    for (step, detail), minutes in steps:
        now += dt.timedelta(minutes=minutes)
        before, lines = the(one_state, Incident, incident_id), len(every(one_state, AuditLine))
        with contextlib.suppress(Refusal, Malformed):
            _do(one_state, incident_id, step, detail, now)
        after = the(one_state, Incident, incident_id)
        _check_change(one_state, before, after, lines)
        _check_clocks(one_state, after, now)


def _another(state: StateStore) -> Incident:
    number = len(every(state, Incident))
    grave = alert("guessing_success", number, severity=4, host_ip="10.20.2.11")
    return told(state, opened(state, [grave]).id, LEVEL_3)


def _do(state: StateStore, incident_id: str, step: str, detail: object, now: dt.datetime) -> None:
    if step == "lead":
        led(state, incident_id, str(detail), reason="处置完毕", now=now)
    elif step == "tell":
        told(state, incident_id, {"loss_rmb": detail}, now)
    elif step == "report":
        _report(state, incident_id, str(detail), now)
    elif step == "sweep":
        with state.transaction() as session:
            sweep_clocks(session, now)
    else:
        _lower(state, incident_id, step, detail, now)


def _lower(
    state: StateStore, incident_id: str, step: str, detail: object, now: dt.datetime
) -> None:
    pending = [row for row in _changes(state, incident_id) if row.state == "pending"]
    with state.transaction() as session:
        if step == "ask":
            ask_downgrade(
                session,
                PLAN,
                incident_id,
                level=int(str(detail)),
                reason=REASON,
                by=LEAD,
                expected_version=the(state, Incident, incident_id).version,
                now=now,
            )
        for change in pending if step == "decide" else ():
            decide_downgrade(session, PLAN, change.id, approve=bool(detail), by=SECOND, now=now)


def _report(state: StateStore, incident_id: str, kind: str, now: dt.datetime) -> None:
    with state.transaction() as session:
        report = draft_report(
            session, PLAN, incident_id, kind=kind, addressee=PROVINCE, by=ANALYST, now=now
        )
        report.items = {key: text or "已说明" for key, text in report.items.items()}
        session.flush()
        send_report(
            session,
            PLAN,
            report.id,
            channel="web",
            by=ANALYST,
            expected_version=report.version,
            now=now,
        )


def _changes(state: StateStore, incident_id: str) -> list[GradeChange]:
    return [row for row in every(state, GradeChange) if row.incident_id == incident_id]


def _check_change(state: StateStore, before: Incident, after: Incident, lines: int) -> None:
    assert after.stage == before.stage or after.stage in {
        INCIDENT.after(before.stage, act) for act in INCIDENT.acts(before.stage)
    }
    assert (after.status == "closed") == (after.stage in INCIDENT.terminal)
    changes = _changes(state, after.id)
    if after.level != before.level:
        last = [row for row in changes if row.state in ("applied", "approved")]
        newest = max(last, key=lambda row: (row.decided_at or row.asked_at, row.id))
        assert (newest.before, newest.after) == (before.level, after.level)
        fell = after.level > before.level
        assert (newest.state == "approved") == fell
        assert not fell or newest.asked_by != newest.decided_by
    if after.version != before.version:
        assert len(every(state, AuditLine)) > lines
    if after.stage == "archived" and after.level <= REPORTED_LEVEL:
        sent = [row for row in every(state, Report) if row.incident_id == after.id]
        assert any(row.kind == "closing" and row.state == "sent" for row in sent)


def _check_clocks(state: StateStore, incident: Incident, now: dt.datetime) -> None:
    clocks = [row for row in every(state, RunningClock) if row.incident_id == incident.id]
    held = [(row.clock, row.addressee) for row in clocks if row.state != "withdrawn"]
    assert len(held) == len(set(held))
    if incident.stage == "withdrawn":
        assert {row.state for row in clocks} <= {"withdrawn", "met", "missed"}
        open_tasks = {(row.object_id, row.state) for row in every(state, Task)}
        assert (incident.id, "open") not in open_tasks
    elif incident.level <= REPORTED_LEVEL:
        assert {"T-OTH-1", "T-FIN"} <= {clock for clock, _ in held}
    for row in clocks:
        assert (row.started_at is None) == (row.due_at is None)
        assert (row.met_at is None) == (row.state != "met")
        assert row.missed_at is None or row.missed_at < now
        assert row.history
