"""Clocks as rows: they wait, run, pause, are met or missed, and no restart loses one."""

import concurrent.futures
import contextlib
import datetime as dt
import pathlib
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from playbooks.facts import parse_facts
from playbooks.grading import grade
from playbooks.incident.clocks import (
    begin_clocks,
    meet_clock,
    pause_clock,
    resume_clock,
    start_waiting,
    sweep_clocks,
)
from playbooks.incident.reports import draft_report, record_receipt, send_report
from playbooks.machine import Refusal
from situation.faults import Conflict
from situation.state.store import StateStore, open_state_store
from situation.state.tables import AuditLine, Incident, Report, RunningClock, Task
from tests.empty import open_empty
from tests.playbooks.incident.case import (
    ANALYST,
    HOUR,
    LEAD,
    LEVEL_2,
    LEVEL_3,
    PLAN,
    PROVINCE,
    clock,
    every,
    graded,
    led,
    reopened,
    the,
    told,
)
from tests.playbooks.intrusion import MINUTE, NOW

INSTANT = dt.timedelta(microseconds=1)
WRITTEN = "市委网信办（书面）"


def swept(state: StateStore, now: dt.datetime) -> int:
    with state.transaction() as session:
        return sweep_clocks(session, now)


def met(state: StateStore, clock_id: int, now: dt.datetime) -> RunningClock:
    with state.transaction() as session:
        return meet_clock(session, clock_id, by=ANALYST, now=now)


def paused(state: StateStore, clock_id: int, reason: str, now: dt.datetime) -> RunningClock:
    with state.transaction() as session:
        return pause_clock(session, PLAN, clock_id, reason=reason, by=LEAD, now=now)


def received(state: StateStore, incident: Incident, at: dt.datetime) -> Report:
    """Send a first report to the province half an hour before it says that it has it."""
    with state.transaction() as session:
        report = draft_report(
            session, PLAN, incident.id, kind="first", addressee=PROVINCE, by=ANALYST, now=NOW
        )
    with state.transaction() as session:
        send_report(
            session,
            PLAN,
            report.id,
            channel="web",
            by=ANALYST,
            expected_version=report.version,
            now=at - MINUTE * 30,
        )
    with state.transaction() as session:
        return record_receipt(
            session,
            PLAN,
            report.id,
            received_at=at,
            note="收文 12 号",
            by=ANALYST,
            expected_version=the(state, Report, report.id).version,
            now=at + 5 * MINUTE,
        )


def past(row: RunningClock) -> list[object]:
    return [entry["what"] for entry in row.history if isinstance(entry, dict)]


def test_the_clocks_of_a_level_run_from_discovery_and_the_others_wait(
    either_state: StateStore,
) -> None:
    graded(either_state, LEVEL_2)
    states = {row.clock: (row.state, row.start) for row in every(either_state, RunningClock)}
    assert states == {
        "T-OTH-1": ("running", "discovery"),
        "T-OTH-2": ("waiting", "receipt"),
        "T-CITY": ("running", "discovery"),
        "T-FIN": ("waiting", "response_end"),
        "T-INV": ("waiting", "response_end"),
    }
    assert clock(either_state, "T-OTH-1").due_at == NOW + 4 * HOUR


def test_the_last_instant_is_in_time_and_the_next_is_missed_once(
    either_state: StateStore,
) -> None:
    graded(either_state, LEVEL_3)
    assert swept(either_state, NOW + HOUR) == 0
    assert swept(either_state, NOW + HOUR + INSTANT) == 1
    row = clock(either_state, "T-CITY", "市委网信办（电话）")
    assert (row.state, row.missed_at) == ("missed", NOW + HOUR)
    lines = len(every(either_state, AuditLine))
    assert swept(either_state, NOW + HOUR + MINUTE) == 0
    assert len(every(either_state, AuditLine)) == lines
    assert the(either_state, RunningClock, row.id).version == row.version


def test_a_clock_that_is_met_late_stays_marked_as_missed(either_state: StateStore) -> None:
    graded(either_state, LEVEL_3)
    row = clock(either_state, "T-OTH-1")
    late = NOW + 5 * HOUR
    after = met(either_state, row.id, late)
    assert (after.state, after.met_at, after.met_by) == ("met", late, ANALYST.name)
    assert after.missed_at == NOW + 4 * HOUR
    assert past(after) == ["started", "missed", "met"]


def test_a_clock_that_is_met_in_time_is_never_missed(either_state: StateStore) -> None:
    graded(either_state, LEVEL_3)
    row = met(either_state, clock(either_state, "T-OTH-1").id, NOW + 4 * HOUR)
    swept(either_state, NOW + 100 * HOUR)
    kept = the(either_state, RunningClock, row.id)
    assert (kept.state, kept.missed_at) == ("met", None)
    with pytest.raises(Refusal) as twice:
        met(either_state, row.id, NOW + 4 * HOUR)
    assert twice.value.code == "illegal"


def test_a_clock_that_waits_cannot_be_met(either_state: StateStore) -> None:
    graded(either_state, LEVEL_2)
    with pytest.raises(Refusal):
        met(either_state, clock(either_state, "T-OTH-2").id, NOW)
    with pytest.raises(Conflict):
        met(either_state, 999, NOW)


def test_an_onward_clock_starts_when_the_report_before_it_was_received(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_2)
    received(either_state, incident, NOW + 90 * MINUTE)
    row = clock(either_state, "T-OTH-2")
    assert (row.state, row.started_at, row.due_at) == (
        "running",
        NOW + 90 * MINUTE,
        NOW + 150 * MINUTE,
    )
    assert past(row) == ["waiting", "started"]


def test_an_onward_clock_that_comes_after_the_receipt_counts_from_when_it_was_called_for(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    received(either_state, incident, NOW + HOUR)
    told(either_state, incident.id, LEVEL_2, NOW + 2 * HOUR)
    row = clock(either_state, "T-OTH-2")
    assert (row.started_at, row.due_at) == (NOW + 2 * HOUR, NOW + 3 * HOUR)


def test_a_receipt_by_somebody_else_starts_no_onward_clock(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_2)
    with either_state.transaction() as session:
        report = draft_report(
            session, PLAN, incident.id, kind="first", addressee="公安机关", by=LEAD, now=NOW
        )
        send_report(session, PLAN, report.id, channel="phone", by=LEAD, expected_version=1, now=NOW)
    with either_state.transaction() as session:
        record_receipt(
            session,
            PLAN,
            report.id,
            received_at=NOW,
            note="",
            by=LEAD,
            expected_version=the(either_state, Report, report.id).version,
            now=NOW,
        )
    assert clock(either_state, "T-OTH-2").state == "waiting"


def test_the_city_may_pause_its_own_clock_for_a_reason_of_the_plan(
    either_state: StateStore,
) -> None:
    graded(either_state, LEVEL_3)
    row = clock(either_state, "T-CITY", WRITTEN)
    after = paused(either_state, row.id, "owner_unclear", NOW + 30 * MINUTE)
    assert (after.state, after.pause_reason) == ("paused", "owner_unclear")
    assert swept(either_state, NOW + 3 * HOUR) == 1
    with either_state.transaction() as session:
        resume_clock(session, row.id, by=LEAD, now=NOW + 3 * HOUR)
    on = the(either_state, RunningClock, row.id)
    assert (on.state, on.paused_at) == ("running", None)
    assert on.due_at == NOW + 2 * HOUR + 150 * MINUTE
    assert past(on) == ["started", "paused", "resumed"]


@pytest.mark.parametrize("clock_id", ["T-OTH-1", "T-CITY"])
def test_no_other_reason_and_no_statutory_clock_pauses(
    either_state: StateStore, clock_id: str
) -> None:
    graded(either_state, LEVEL_3)
    row = clock(either_state, clock_id, PROVINCE if clock_id == "T-OTH-1" else WRITTEN)
    reason = "owner_unclear" if clock_id == "T-OTH-1" else "no time"
    with pytest.raises(Refusal) as refusal:
        paused(either_state, row.id, reason, NOW)
    assert refusal.value.code == "not_pausable"


def test_what_has_run_out_cannot_be_paused_nor_what_runs_be_resumed(
    either_state: StateStore,
) -> None:
    graded(either_state, LEVEL_3)
    row = clock(either_state, "T-CITY", WRITTEN)
    with pytest.raises(Refusal) as late:
        paused(either_state, row.id, "owner_unclear", NOW + 2 * HOUR + INSTANT)
    assert late.value.code == "missed"
    with pytest.raises(Refusal), either_state.transaction() as session:
        resume_clock(session, row.id, by=LEAD, now=NOW)


def test_a_clock_that_is_met_while_it_stands_still_is_in_time(either_state: StateStore) -> None:
    graded(either_state, LEVEL_3)
    row = clock(either_state, "T-CITY", WRITTEN)
    paused(either_state, row.id, "superior_reports", NOW + HOUR)
    after = met(either_state, row.id, NOW + 30 * HOUR)
    assert (after.state, after.missed_at, after.paused_at) == ("met", None, None)
    assert after.due_at == NOW + 31 * HOUR
    assert past(after) == ["started", "paused", "resumed", "met"]


def test_no_row_of_the_plan_lets_the_law_wait() -> None:
    assert not any(row.pause_reasons for row in PLAN.clocks if row.statutory)
    assert all(row.follows for row in PLAN.clocks if row.start == "receipt")


def test_an_incident_that_is_withdrawn_takes_its_clocks_and_tasks_along(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_2)
    met(either_state, clock(either_state, "T-OTH-1").id, NOW)
    led(either_state, incident.id, "respond")
    led(either_state, incident.id, "withdraw", reason="误报")
    states = {row.state for row in every(either_state, RunningClock)}
    assert states == {"withdrawn", "met"}
    assert {task.state for task in every(either_state, Task)} == {"dropped"}


def test_a_sweep_gives_way_to_who_meets_a_clock_just_now(either_state: StateStore) -> None:
    graded(either_state, LEVEL_3)
    row, late = clock(either_state, "T-OTH-1"), NOW + 5 * HOUR
    with concurrent.futures.ThreadPoolExecutor(1) as beside:
        with either_state.transaction() as session:
            meet_clock(session, row.id, by=ANALYST, now=late)
            session.flush()
            sweep = beside.submit(swept, either_state, late)
        assert sweep.result() == 2
    after = the(either_state, RunningClock, row.id)
    assert (after.state, after.met_by) == ("met", ANALYST.name)
    assert past(after) == ["started", "missed", "met"]


def test_what_waits_is_started_only_once(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    for at in (NOW, NOW + HOUR):
        with either_state.transaction() as session:
            held = session.get_one(Incident, incident.id)
            start_waiting(session, held, "response_end", at, by=LEAD)
    assert clock(either_state, "T-FIN").started_at == NOW


def test_a_restart_between_any_two_steps_loses_no_clock_and_no_task(
    either_state: StateStore,
) -> None:
    state = either_state
    incident = graded(state, LEVEL_2)
    steps = (
        lambda: led(state, incident.id, "respond"),
        lambda: received(state, incident, NOW + HOUR),
        lambda: swept(state, NOW + 90 * MINUTE),
        lambda: led(state, incident.id, "contain", "assess", now=NOW + 2 * HOUR),
    )
    try:
        for step in steps:
            step()
            before = _rows(state)
            state = reopened(state, open_state_store)
            assert _rows(state) == before
        assert clock(state, "T-OTH-2").due_at == NOW + 2 * HOUR
        assert clock(state, "T-FIN").started_at == NOW + 2 * HOUR
    finally:
        state.close()


ACTS = st.sampled_from(["meet", "pause", "resume", "sweep"])


# A history is short enough to be read as it is; to shrink it would take minutes.
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=60,
    phases=[Phase.reuse, Phase.generate],
)
@given(st.lists(st.tuples(ACTS, st.integers(min_value=0, max_value=90)), max_size=8))
def test_whatever_is_done_a_clock_tells_the_truth_about_its_time(
    one_state: StateStore, steps: list[tuple[str, int]]
) -> None:
    state, now = one_state, NOW
    row = _another(state)
    for act, minutes in steps:
        now += minutes * MINUTE
        with contextlib.suppress(Refusal):
            _done(state, row.id, act, now)
        row = the(state, RunningClock, row.id)
        assert row.due_at is not None
        assert (row.state == "met") == (row.met_at is not None)
        assert (row.state == "paused") == (row.paused_at is not None)
        late = row.met_at is not None and row.met_at > row.due_at
        assert (row.state == "missed" or late) == (row.missed_at is not None)
        assert row.missed_at in (None, row.due_at)
    swept(state, now)
    left = the(state, RunningClock, row.id)
    assert left.state != "running" or now <= (left.due_at or now)


@pytest.fixture
def one_state(tmp_path: pathlib.Path) -> Iterator[StateStore]:
    state = open_empty(tmp_path)
    graded(state, LEVEL_3)
    yield state
    state.close()


def _another(state: StateStore) -> RunningClock:
    (incident,) = every(state, Incident)
    called_for = grade(PLAN, parse_facts(LEVEL_3), NOW).clocks
    with state.transaction() as session:
        begin_clocks(
            session,
            session.get_one(Incident, incident.id),
            [each for each in called_for if each.addressee == WRITTEN],
            by=LEAD,
            now=NOW,
        )
    return clock(state, "T-CITY", WRITTEN)


def _done(state: StateStore, clock_id: int, act: str, now: dt.datetime) -> None:
    if act == "sweep":
        swept(state, now)
    elif act == "meet":
        met(state, clock_id, now)
    elif act == "pause":
        paused(state, clock_id, "owner_unclear", now)
    else:
        with state.transaction() as session:
            resume_clock(session, clock_id, by=LEAD, now=now)


def _rows(state: StateStore) -> list[dict[str, object]]:
    rows: Sequence[RunningClock | Task] = [*every(state, RunningClock), *every(state, Task)]
    return [_columns(row) for row in rows]


def _columns(row: RunningClock | Task) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
