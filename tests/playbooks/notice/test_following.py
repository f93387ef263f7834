"""Drafts of the platform when people change their incident."""

import pytest
import sqlalchemy as sa

from playbooks.incident.regrading import ask_downgrade, decide_downgrade
from playbooks.machine import Refusal
from playbooks.notice.form import text_of
from playbooks.service import fold
from situation.clock import SetClock
from situation.state.store import StateStore
from situation.state.tables import Incident, Notice
from tests.playbooks.incident.case import LEVEL_2, SECOND, led, the, told
from tests.playbooks.intrusion import ASSETS, NOW, alert, put
from tests.playbooks.notice.desk import ANALYST, DEPARTMENT, LEAD, PLAN, Course, hand_drafted


def drafted(state: StateStore) -> tuple[str, Course]:
    """Fold an intrusion of level 4; return its incident and the course of its notice."""
    put(state, [alert("guessing_success", 0, severity=4, cii=False, protection_level=2)])
    folded = fold(state, PLAN, ASSETS, SetClock(NOW), drill_id=None)
    return folded.incidents[0], Course(state, folded.notices[0])


def test_a_level_that_people_raise_reaches_the_draft(either_state: StateStore) -> None:
    incident_id, course = drafted(either_state)
    before = course.notice
    told(either_state, incident_id, LEVEL_2)
    after = course.notice
    assert (before.level, after.level) == (4, 2)
    assert after.receipt_due < before.receipt_due
    assert text_of(after.fields["request"]).startswith("紧急：")
    assert text_of(after.fields["level"]) == PLAN.scale_value("level", "2").zh
    assert course.actions()[-1] == "notice.update"


def test_a_level_that_two_people_lower_reaches_the_draft(either_state: StateStore) -> None:
    incident_id, course = drafted(either_state)
    told(either_state, incident_id, LEVEL_2)
    with either_state.transaction() as session:
        change = ask_downgrade(
            session,
            PLAN,
            incident_id,
            level=4,
            reason="核实后损失远低于申报",
            by=LEAD,
            expected_version=the(either_state, Incident, incident_id).version,
            now=NOW,
        )
    with either_state.transaction() as session:
        decide_downgrade(session, PLAN, change.id, approve=True, by=SECOND, now=NOW)
    assert course.notice.level == 4


def test_a_level_that_a_person_set_stays(either_state: StateStore) -> None:
    incident_id, course = drafted(either_state)
    course.act("send_back", LEAD, reason="级别偏低")
    course.act("submit", ANALYST)
    course.act("judge", LEAD, level=3, hazard_level=None)
    told(either_state, incident_id, LEVEL_2)
    assert course.notice.level == 3


def test_a_notice_that_was_issued_stays_as_it_is(either_state: StateStore) -> None:
    incident_id, course = drafted(either_state)
    course.act("issue", LEAD)
    version = course.notice.version
    told(either_state, incident_id, LEVEL_2)
    assert (course.notice.level, course.notice.version) == (4, version)


def test_drafts_of_a_withdrawn_incident_cannot_be_issued(either_state: StateStore) -> None:
    incident_id, course = drafted(either_state)
    led(either_state, incident_id, "withdraw", reason="例行测试")
    assert (course.notice.status, course.notice.close_reason) == ("dismissed", "例行测试")
    with pytest.raises(Refusal):
        course.act("issue", LEAD)


def test_what_a_person_drafted_is_left_to_people(either_state: StateStore) -> None:
    incident_id, _ = drafted(either_state)
    with either_state.transaction() as session:
        mine = hand_drafted(session, incident_id=incident_id, department=DEPARTMENT)
    led(either_state, incident_id, "withdraw", reason="例行测试")
    with either_state.reading() as session:
        assert session.get_one(Notice, mine.id).status == "draft"
        assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 2
