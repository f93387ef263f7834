"""What people type about an incident: each text is checked before it is kept."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from playbooks.incident.hand import TITLE_LIMIT, open_by_hand
from playbooks.incident.regrading import Entered, complete_facts
from playbooks.incident.reports import draft_report
from playbooks.incident.stage import advance
from playbooks.incident.tasks import drop_task, open_task
from situation.faults import Malformed
from situation.state.store import StateStore
from tests.playbooks.incident.case import LEAD, PLAN, actions, opened
from tests.playbooks.intrusion import NOW

Attempt = Callable[[Session, str, str], object]


def by_hand(session: Session, **more: str) -> object:
    texts = {"title_zh": "机房断电", "asset": "", "department": ""} | more
    return open_by_hand(
        session,
        PLAN,
        title_zh=texts["title_zh"],
        asset=texts["asset"],
        department=texts["department"],
        title_en="",
        category="equipment_failure/technical_fault",
        discovered_at=NOW - dt.timedelta(hours=1),
        drill_id=None,
        by=LEAD,
        now=NOW,
    )


def told(session: Session, incident_id: str, value: object, reason: str) -> object:
    entered = {"ransomware.method": Entered(value)}
    return complete_facts(
        session,
        PLAN,
        incident_id,
        entered=entered,
        reason=reason,
        by=LEAD,
        expected_version=1,
        now=NOW,
    )


def dropped(session: Session, incident_id: str, reason: str) -> object:
    task = open_task(
        session,
        kind="response",
        object_kind="incident",
        object_id=incident_id,
        title_zh="保存证据",
        title_en="Keep the evidence",
        due_at=None,
        drill_id=None,
        now=NOW,
    )
    return drop_task(session, task.id, by=LEAD, now=NOW, reason=reason)


ATTEMPTS: dict[str, Attempt] = {
    "title_zh": lambda session, _, text: by_hand(session, title_zh=text),
    "asset": lambda session, _, text: by_hand(session, asset=text),
    "department": lambda session, _, text: by_hand(session, department=text),
    "reason of facts": lambda session, key, text: told(session, key, "比特币", text),
    "ransomware.method": lambda session, key, text: told(session, key, text, "电话核实"),
    "reason of an act": lambda session, key, text: advance(
        session, PLAN, key, "respond", by=LEAD, reason=text, expected_version=1, now=NOW
    ),
    "addressee": lambda session, key, text: draft_report(
        session, PLAN, key, kind="first", addressee=text, by=LEAD, now=NOW
    ),
    "reason of a task": dropped,
}


@pytest.mark.parametrize("text", ["断电\x00", "\ud800", "甲\u202e乙", "长" * 20_000])
@pytest.mark.parametrize("what", ATTEMPTS)
def test_a_text_that_no_form_has_is_refused_by_the_name_of_its_field(
    either_state: StateStore, what: str, text: str
) -> None:
    incident = opened(either_state)
    before = actions(either_state)
    with pytest.raises(Malformed) as fault, either_state.transaction() as session:
        ATTEMPTS[what](session, incident.id, text)
    assert fault.value.where == what.partition(" ")[0]
    assert actions(either_state) == before


def test_a_title_may_have_emoji_and_is_of_limited_length(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        by_hand(session, title_zh="机房断电 🔥")
    with pytest.raises(Malformed), either_state.transaction() as session:
        by_hand(session, title_zh="长" * (TITLE_LIMIT + 1))
