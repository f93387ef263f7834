"""draft_notice: the notice lies before a second person, who alone issues it."""

import pytest
import sqlalchemy as sa

from playbooks.action.action import Refused
from playbooks.machine import Refusal
from playbooks.notice import acts
from playbooks.person import Person
from situation.state.store import StateStore
from situation.state.tables import Alert, Incident, Notice
from tests.playbooks.action.scene import PLAN, done, intended
from tests.playbooks.incident.case import LEAD, every, opened, the
from tests.playbooks.intrusion import NOW, alert


def _issue(state: StateStore, notice_id: str, by: Person) -> Notice:
    version = the(state, Notice, notice_id).version
    with state.transaction() as session:
        return acts.issue(session, PLAN, notice_id, by=by, expected_version=version, now=NOW)


def test_a_notice_is_drafted_for_a_second_person_and_the_step_waits(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    outcome = done(either_state, "draft_notice", {"until_issued": True}, incident.id)
    (notice,) = every(either_state, Notice)
    assert outcome.awaits == ("notice", notice.id)
    assert outcome.outputs == {"notice": notice.id, "number": notice.number, "state": "sign_off"}
    assert notice.department == incident.department
    with pytest.raises(Refusal):
        _issue(either_state, notice.id, Person("system", "system"))
    assert _issue(either_state, notice.id, LEAD).status == "issued"


def test_a_notice_that_was_issued_is_found_and_nothing_waits(either_state: StateStore) -> None:
    incident = opened(either_state)
    outcome = done(either_state, "draft_notice", {}, incident.id)
    assert outcome.awaits is None
    _issue(either_state, str(outcome.outputs["notice"]), LEAD)
    again = done(either_state, "draft_notice", {"until_issued": True}, incident.id)
    assert again.awaits is None
    assert again.outputs == {**outcome.outputs, "state": "issued"}
    assert len(every(either_state, Notice)) == 1


def test_who_waits_for_a_dismissed_notice_waits_in_vain(either_state: StateStore) -> None:
    incident = opened(either_state)
    outcome = done(either_state, "draft_notice", {}, incident.id)
    notice_id = str(outcome.outputs["notice"])
    with either_state.transaction() as session:
        acts.dismiss(
            session, PLAN, notice_id, reason="误报", by=LEAD,
            expected_version=the(either_state, Notice, notice_id).version, now=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match="was dismissed"):
        done(either_state, "draft_notice", {"until_issued": True}, incident.id)


@pytest.mark.parametrize("name", ["draft_notice", "open_rectification"])
def test_nobody_is_told_where_nobody_is_known(either_state: StateStore, name: str) -> None:
    said = {} if name == "draft_notice" else {"items": ["甲"], "reason": "乙"}
    stray = alert("scan", 0, host_ip="192.0.2.9", destination_ip="192.0.2.9")
    incident = opened(either_state, [stray])
    for incident_id, reason in ((incident.id, "department"), (None, "no incident")):
        assert reason in intended(either_state, name, dict(said), incident_id).what.en
        with pytest.raises(Refused, match=reason):
            done(either_state, name, dict(said), incident_id)
    assert every(either_state, Notice) == []


def test_an_incident_without_alerts_needs_a_person(either_state: StateStore) -> None:
    incident = opened(either_state)
    with either_state.transaction() as session:
        session.execute(sa.update(Alert).values(incident_id=None))
    with pytest.raises(Refused, match="no alerts"):
        done(either_state, "draft_notice", {}, incident.id)


def test_an_intent_names_the_notice_that_is_there_and_whom_it_reaches(
    either_state: StateStore,
) -> None:
    incident = opened(either_state)
    before = intended(either_state, "draft_notice", {}, incident.id)
    assert before.unknown == ("notice", "number", "state")
    assert incident.department in before.touches.zh
    assert every(either_state, Notice) == []
    outcome = done(either_state, "draft_notice", {}, incident.id)
    after = intended(either_state, "draft_notice", {"until_issued": True}, incident.id)
    assert str(outcome.outputs["number"]) in after.what.zh
    assert after.unknown == ("state",)
    assert "second person" in after.how_long.en


def test_a_drill_drafts_in_its_own_name(either_state: StateStore) -> None:
    incident = opened(either_state, drill_id="drill-1")
    outcome = done(either_state, "draft_notice", {}, incident.id)
    notice = the(either_state, Notice, str(outcome.outputs["notice"]))
    assert notice.drill_id == the(either_state, Incident, incident.id).drill_id == "drill-1"
    assert "演练" in notice.number
