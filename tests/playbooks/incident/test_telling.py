"""The city's duty desk is told of grave levels and of clocks that ran out, each once."""

import datetime as dt

import sqlalchemy as sa

from playbooks.incident.clocks import sweep_clocks
from situation.state.store import StateStore
from situation.state.tables import Contact, Delivery, Department
from tests.playbooks.incident.case import LEVEL_2, LEVEL_3, graded, opened, told
from tests.playbooks.intrusion import NOW

OFFICE = "示例市网络安全应急办"


def _desk(state: StateStore) -> None:
    with state.transaction() as session:
        session.add(Department(name=OFFICE, updated_at=NOW))
        session.flush()
        session.add(
            Contact(
                department=OFFICE,
                name="值班台",
                role="desk",
                mail="desk@example.org",
                addresses={},
                updated_at=NOW,
            )
        )


def _occasions(state: StateStore, incident_id: str) -> list[str]:
    with state.reading() as session:
        found = sa.select(Delivery.occasion).where(Delivery.object_id == incident_id)
        return sorted(session.scalars(found))


def test_a_level_that_must_be_reported_is_told_once_and_a_graver_one_again(
    either_state: StateStore,
) -> None:
    _desk(either_state)
    incident = graded(either_state, LEVEL_3)
    told(either_state, incident.id, {"people_affected": 100_000})
    assert _occasions(either_state, incident.id) == ["level_3"]
    told(either_state, incident.id, LEVEL_2)
    assert _occasions(either_state, incident.id) == ["level_2", "level_3"]


def test_a_mild_incident_wakes_nobody(either_state: StateStore) -> None:
    _desk(either_state)
    assert _occasions(either_state, opened(either_state).id) == []


def test_a_clock_that_ran_out_is_told_once(either_state: StateStore) -> None:
    _desk(either_state)
    incident = graded(either_state, LEVEL_3)
    for hours in (5, 6):
        with either_state.transaction() as session:
            sweep_clocks(session, NOW + dt.timedelta(hours=hours))
    missed = [each for each in _occasions(either_state, incident.id) if each != "level_3"]
    assert missed
    assert len(missed) == len(set(missed))
    assert all(each.startswith("missed_") for each in missed)


def test_a_drill_is_told_as_a_drill(either_state: StateStore) -> None:
    _desk(either_state)
    incident = graded(either_state, LEVEL_3, drill_id="drill-1")
    with either_state.reading() as session:
        row = session.scalars(sa.select(Delivery)).one()
    assert (row.object_id, row.drill_id, row.payload["drill"]) == (incident.id, "drill-1", True)
