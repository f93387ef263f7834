"""The stages of an incident: guards, what each starts, and what its end leaves alone."""

import datetime as dt

import pytest
import sqlalchemy as sa

from playbooks.incident.machine import INCIDENT
from playbooks.incident.stage import advance
from playbooks.incident.standing import INCIDENT_ENDED, PENDING, REFUSED
from playbooks.machine import Refusal
from situation.state.store import StateStore
from situation.state.tables import Alert, AuditLine, GradeChange, Incident
from tests.playbooks.incident.case import (
    HOUR,
    LEAD,
    LEVEL_2,
    LEVEL_3,
    PLAN,
    clock,
    every,
    graded,
    led,
    opened,
    tasks,
    the,
)
from tests.playbooks.intrusion import NOW, alert

RESPONDED = ("respond", "contain", "recover", "assess")


def refused(state: StateStore, incident_id: str, act: str, reason: str = "") -> str:
    before = the(state, Incident, incident_id)
    with pytest.raises(Refusal) as refusal:
        led(state, incident_id, act, reason=reason)
    after = the(state, Incident, incident_id)
    assert (after.stage, after.version) == (before.stage, before.version)
    return refusal.value.code


def test_an_incident_goes_from_graded_to_assessing_with_an_audit_line_each(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    assert (incident.stage, incident.status) == ("graded", "open")
    stages = [led(either_state, incident.id, act).stage for act in RESPONDED]
    assert stages == ["responding", "contained", "recovering", "assessing"]
    lines = [line for line in every(either_state, AuditLine) if "after" in line.detail]
    steps = {line.action: (line.detail["before"], line.actor) for line in lines}
    assert steps["incident.contain"] == ("responding", LEAD.name)


def test_a_person_may_begin_with_a_draft(either_state: StateStore) -> None:
    incident = opened(either_state)
    with either_state.transaction() as session:
        session.get_one(Incident, incident.id).stage = INCIDENT.initial
    assert led(either_state, incident.id, "submit", "grade").stage == "graded"


def test_no_stage_is_passed_over(either_state: StateStore) -> None:
    incident = opened(either_state)
    assert refused(either_state, incident.id, "recover") == "illegal"
    assert refused(either_state, incident.id, "explode") == "illegal"


def test_the_response_opens_the_tasks_of_its_level_with_their_due_times(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_2)
    led(either_state, incident.id, "respond", now=NOW + HOUR)
    due = {task.title_zh: task.due_at for task in tasks(either_state, "response")}
    assert due == {
        task.zh: NOW + HOUR + dt.timedelta(minutes=task.due_minutes) if task.due_minutes else None
        for task in PLAN.response(2).tasks
    }
    assert all(task.clause for task in tasks(either_state, "response"))


def test_an_attack_that_flares_up_again_is_responded_to_without_doubled_tasks(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    led(either_state, incident.id, "respond", "contain", "respond")
    assert len(tasks(either_state, "response")) == len(PLAN.response(3).tasks)


def test_the_end_of_the_response_starts_the_closing_clocks(either_state: StateStore) -> None:
    incident = graded(either_state, LEVEL_3)
    ended = NOW + 9 * HOUR
    after = led(either_state, incident.id, *RESPONDED, now=ended)
    assert after.response_ended_at == ended
    due = ended + dt.timedelta(days=30)
    assert clock(either_state, "T-FIN").due_at == due
    assert clock(either_state, "T-INV").due_at == due
    (task,) = tasks(either_state, "closing_report")
    assert (task.due_at, task.clause) == (due, "《国家网络安全事件报告管理办法》（2025）8")
    assert tasks(either_state, "response") == []


def test_the_end_of_a_general_incident_asks_for_no_closing_report(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    led(either_state, incident.id, *RESPONDED)
    assert tasks(either_state, "closing_report") == []


def test_to_withdraw_needs_a_reason(either_state: StateStore) -> None:
    incident = opened(either_state)
    assert refused(either_state, incident.id, "withdraw", "  ") == "reason"
    after = led(either_state, incident.id, "withdraw", reason="误报")
    assert (after.stage, after.status) == ("withdrawn", "closed")
    assert refused(either_state, incident.id, "respond") == "illegal"


def test_a_reported_incident_is_archived_only_after_its_closing_report(
    either_state: StateStore,
) -> None:
    incident = graded(either_state, LEVEL_3)
    assert refused(either_state, incident.id, "archive", "处置完毕") == "closing_report"
    led(either_state, incident.id, *RESPONDED)
    assert refused(either_state, incident.id, "archive", "处置完毕") == "closing_report"


def test_a_general_incident_is_archived_with_a_reason(either_state: StateStore) -> None:
    incident = opened(either_state)
    assert refused(either_state, incident.id, "archive") == "reason"
    after = led(either_state, incident.id, "archive", reason="单位已自处置")
    assert (after.stage, after.status) == ("archived", "closed")


def test_the_alerts_of_a_closed_incident_are_left_as_they_are(either_state: StateStore) -> None:
    incident = opened(either_state)
    led(either_state, incident.id, "archive", reason="单位已自处置")
    with either_state.reading() as session:
        found = session.execute(sa.select(Alert.status, Alert.incident_id)).all()
    assert [tuple(row) for row in found] == [("open", incident.id)]


def test_an_act_on_an_older_version_is_refused(either_state: StateStore) -> None:
    incident = opened(either_state)
    led(either_state, incident.id, "respond")
    with pytest.raises(Refusal) as refusal, either_state.transaction() as session:
        advance(
            session,
            PLAN,
            incident.id,
            "contain",
            by=LEAD,
            expected_version=incident.version,
            now=NOW,
        )
    assert refusal.value.code == "stale"


@pytest.mark.parametrize("act", ["withdraw", "archive"])
def test_a_request_to_lower_the_level_lapses_with_the_end(
    either_state: StateStore, act: str
) -> None:
    incident = opened(either_state, [alert("upload", 0, severity=4)])
    with either_state.transaction() as session:
        row = session.get_one(Incident, incident.id)
        change = GradeChange(
            incident_id=row.id,
            before=row.level,
            after=4,
            reason="核实后损失较小",
            asked_by="chen",
            asked_at=NOW,
            state=PENDING,
        )
        row.level = 4
        session.add(change)
    led(either_state, incident.id, act, reason="例行测试")
    after = the(either_state, GradeChange, change.id)
    assert (after.state, after.decided_by, after.remark) == (REFUSED, "system", INCIDENT_ENDED)
