import datetime as dt

import pytest

from situation.state.store import StateStore
from situation.state.tables import Alert
from soc_api.web.query.alert import AlertFilter
from soc_api.web.query.desk.tally import BINS, tally, timeline
from tests.soc_api.web.city import NOW
from tests.soc_api.web.worlds import filled

EVERYTHING = AlertFilter(status="all")


def _add(state: StateStore, number: int, at: dt.datetime = NOW, **given: object) -> None:
    values = {"status": "open", "severity": 3, "department": "水务", "drill_id": None} | given
    with state.transaction() as session:
        session.add(filled(Alert, f"a{number}", incident_id=None, last_seen=at, **values))


def test_alerts_are_counted_by_severity_state_and_department(either_state: StateStore) -> None:
    _add(either_state, 1)
    _add(either_state, 2, severity=4, department="交通")
    _add(either_state, 3, status="closed", department="交通")
    _add(either_state, 4, severity=1, drill_id="d")
    with either_state.reading() as session:
        found = tally(session, EVERYTHING)
    assert found.severities == {4: 1, 3: 2, 2: 0, 1: 0}
    assert found.open_severities == {4: 1, 3: 1, 2: 0, 1: 0}
    assert (found.all_alerts, found.open_alerts) == (3, 2)
    assert found.departments == [("交通", 2), ("水务", 1)]


def test_without_alerts_there_is_no_timeline(either_state: StateStore) -> None:
    with either_state.reading() as session:
        assert timeline(session, EVERYTHING) is None
        assert tally(session, EVERYTHING).all_alerts == 0


@pytest.mark.parametrize("span", [0, 1, 90, 3600, 86_400, 31_536_000])
def test_each_alert_lies_in_its_bin(either_state: StateStore, span: int) -> None:
    start = NOW.replace(microsecond=0)
    moments = [start, start + dt.timedelta(seconds=span / 2), start + dt.timedelta(seconds=span)]
    for number, at in enumerate(moments):
        _add(either_state, number, at, severity=4 if number else 2)
    with either_state.reading() as session:
        found = timeline(session, EVERYTHING)
    assert found is not None
    assert found.start == start
    assert (sum(found.all_alerts), sum(found.severe)) == (3, 2)
    assert found.bin_seconds >= 60
    width = dt.timedelta(seconds=found.bin_seconds)
    places = [min(int((at - start) / width), BINS - 1) for at in moments]
    assert [place for place, amount in enumerate(found.all_alerts) for _ in range(amount)] == places
