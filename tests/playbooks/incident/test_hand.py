"""An incident that came by phone: a draft without alerts, graded by a person."""

import datetime as dt

import pytest

from playbooks.incident.clocks import clocks_of
from playbooks.incident.hand import TITLE_LIMIT, open_by_hand
from playbooks.incident.regrading import Entered, ask_downgrade, preview
from playbooks.machine import Refusal
from playbooks.service import Folded, fold
from situation.clock import SetClock
from situation.faults import Malformed
from situation.state.store import StateStore
from situation.state.tables import GradeChange, Incident, RunningClock
from tests.playbooks.incident.case import (
    HOUR,
    LEAD,
    LEVEL_2,
    LEVEL_3,
    PLAN,
    actions,
    clock,
    codes,
    every,
    led,
    the,
    told,
)
from tests.playbooks.intrusion import ASSETS, NOW


def called(state: StateStore, **changed: object) -> Incident:
    wanted: dict[str, object] = {
        "title_zh": "市某局门户无法访问",
        "title_en": "",
        "category": "network_attack/denial_of_service",
        "department": "示例市交通局",
        "discovered_at": NOW - HOUR,
        "drill_id": None,
    }
    with state.transaction() as session:
        return open_by_hand(
            session,
            PLAN,
            by=LEAD,
            now=NOW,
            **wanted | changed,  # type: ignore[arg-type]
        )


def test_it_is_a_draft_without_clocks_until_it_is_graded(either_state: StateStore) -> None:
    incident = called(either_state)
    assert (incident.stage, incident.level, incident.title_en) == (
        "draft",
        4,
        "市某局门户无法访问",
    )
    told(either_state, incident.id, LEVEL_2)
    milder = told(either_state, incident.id, LEVEL_3)
    assert (milder.level, milder.facts_level) == (3, 3)
    assert every(either_state, RunningClock) == []
    assert every(either_state, GradeChange) == []


def test_its_grade_starts_the_clocks_from_when_it_was_discovered(
    either_state: StateStore,
) -> None:
    incident = called(either_state)
    told(either_state, incident.id, LEVEL_3)
    after = led(either_state, incident.id, "submit", "grade", now=NOW + HOUR)
    assert (after.stage, after.level) == ("graded", 3)
    assert clock(either_state, "T-OTH-1").due_at == NOW + 3 * HOUR
    (change,) = every(either_state, GradeChange)
    assert (change.after, change.asked_by) == (3, LEAD.name)
    assert actions(either_state).count("incident.grade") == 2


def test_a_preview_of_a_draft_tells_the_level_that_its_grade_would_have(
    either_state: StateStore,
) -> None:
    incident = told(either_state, called(either_state).id, LEVEL_2)
    with either_state.reading() as session:
        clocks = clocks_of(session, incident.id)
    seen = preview(PLAN, incident, clocks, {"loss_rmb": Entered(5_000_000)}, NOW)
    assert (seen.level_after, seen.facts_level) == (3, 3)


def test_what_was_not_graded_cannot_be_lowered_but_be_withdrawn(
    either_state: StateStore,
) -> None:
    incident = told(either_state, called(either_state).id, LEVEL_2)
    with pytest.raises(Refusal) as refusal, either_state.transaction() as session:
        ask_downgrade(
            session,
            PLAN,
            incident.id,
            level=3,
            reason="经核实损失为另一系统所致",
            by=LEAD,
            expected_version=incident.version,
            now=NOW,
        )
    assert refusal.value.code == "illegal"
    assert led(either_state, incident.id, "withdraw", reason="误报").status == "closed"


def test_the_fold_leaves_it_alone_and_a_drill_says_that_it_is_one(
    either_state: StateStore,
) -> None:
    incident = called(either_state, drill_id="drill-1")
    assert "exercise" in codes(incident)
    assert fold(either_state, PLAN, ASSETS, SetClock(NOW), drill_id="drill-1") == Folded()
    assert the(either_state, Incident, incident.id).version == incident.version


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"title_zh": " "}, "title_zh"),
        ({"title_en": "x" * (TITLE_LIMIT + 1)}, "title_en"),
        ({"category": "network_attack/gossip"}, "category"),
        ({"discovered_at": NOW + dt.timedelta(seconds=1)}, "discovered_at"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_by_its_field(
    either_state: StateStore, changed: dict[str, object], where: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        called(either_state, **changed)
    assert refusal.value.where == where
    assert every(either_state, Incident) == []
