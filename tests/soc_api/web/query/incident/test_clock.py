import datetime as dt

import pytest

from situation.state.store import StateStore
from situation.state.tables import Incident, RunningClock
from soc_api.web.query.incident.clock import ClockCard, clock_cards, next_dues, pauses_of
from tests.soc_api.web.busy_incident import work_on
from tests.soc_api.web.city import INCIDENT, NOW, SMALL_INCIDENT, add_incidents, plan

HOUR = dt.timedelta(hours=1)


def _card(**values: object) -> ClockCard:
    row = RunningClock(clock="T-OTH-1", addressee="省级网信部门", addressee_en="province", **values)
    return ClockCard(row=row, due=None)


@pytest.mark.parametrize(
    ("met", "margin"), [(NOW, 3600), (NOW + HOUR, 0), (NOW + 2 * HOUR, -3600), (None, None)]
)
def test_the_margin_is_what_was_left_when_a_clock_was_met(
    met: dt.datetime | None, margin: float | None
) -> None:
    assert _card(due_at=NOW + HOUR, met_at=met, state="met").margin == margin


def test_a_paused_clock_keeps_what_was_left() -> None:
    paused = _card(due_at=NOW + HOUR, paused_at=NOW, state="paused")
    running = _card(due_at=NOW + HOUR, paused_at=None, state="running")
    assert paused.rest == 3600
    assert running.rest is None


@pytest.mark.parametrize(
    ("state", "open_"),
    [("running", True), ("missed", True), ("paused", True), ("waiting", False), ("met", False)],
)
def test_somebody_still_answers_for_an_open_clock(state: str, open_: bool) -> None:  # noqa: FBT001 - a row of the table
    assert _card(state=state, met_at=None).open is open_


def test_what_is_due_stands_first_and_what_is_over_last(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_incidents(session)
        work_on(session)
        cards = clock_cards(session, session.get_one(Incident, INCIDENT), NOW)
    assert [card.row.state for card in cards] == [
        *("missed", "running", "running"),
        *("paused", "waiting", "waiting", "met"),
    ]
    assert cards[0].tone == "late"
    assert {card.tone for card in cards[3:6]} == {""}


def test_each_incident_has_its_next_due_in_one_query(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_incidents(session)
        work_on(session)
        rows = [session.get_one(Incident, each) for each in (INCIDENT, SMALL_INCIDENT)]
        dues = next_dues(session, rows, NOW)
    assert list(dues) == [INCIDENT]
    assert dues[INCIDENT].seconds_left == -1200


def test_only_reasons_of_the_plan_pause_a_clock() -> None:
    assert pauses_of(plan(), [_card(state="running", met_at=None)]) == {}
