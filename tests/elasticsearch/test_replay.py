"""The whole way on a real Elasticsearch leads to the same findings as on the embedded store."""

import datetime as dt
import pathlib

import pytest

from situation.events.store import Query
from situation.settings import read_settings
from situation.state.tables import Capture
from soc_api.drills.scenario import read_scenario
from soc_api.replay import replay
from soc_api.summary import summary
from soc_api.wiring import City, open_city
from tests.testdata import ROOT

pytestmark = [pytest.mark.elastic, pytest.mark.xdist_group("elastic")]

INTRUSION = read_scenario(ROOT / "pcaps", "intrusion")
DATASETS = ("flow", "dns", "protocol", "log")
TIMES = {"due", "receipt_due", "feedback_due", "seconds", "clocks"}
"""What follows from the hour of the discovery, not from the traffic."""


def _findings(folder: pathlib.Path, events: str, prefix: str) -> dict[str, object]:
    store = {"folder": folder, "events": events, "index_prefix": prefix}
    with open_city(read_settings(None, {"store": store})) as city:
        first = replay(city, [INTRUSION.capture], logs=INTRUSION.logs)
        again = replay(city, [INTRUSION.capture], logs=INTRUSION.logs)
        assert (first.kept, again.kept) == (False, True)
        found = summary(city.state, again.capture, 0.0)
        assert _stored(city, first.capture) == first.capture.counters["stored"]
        for dataset in (*DATASETS, "alert"):
            city.events.drop_before(dataset, first.capture.replayed_at.date())
    return found


def _stored(city: City, capture: Capture) -> int:
    assert capture.first_packet is not None
    assert capture.last_packet is not None
    minute = dt.timedelta(minutes=1)
    since, until = capture.first_packet - minute, capture.last_packet + minute
    queries = [Query(dataset, since, until) for dataset in DATASETS]
    return sum(city.events.count(query) for query in queries)


def _timeless(value: object) -> object:
    if isinstance(value, dict):
        return {key: _timeless(one) for key, one in value.items() if key not in TIMES}
    if isinstance(value, list):
        return [_timeless(one) for one in value]
    return value


def test_alerts_incident_and_notice_are_the_same_on_both_stores(
    elasticsearch_url: str, tmp_path: pathlib.Path
) -> None:
    embedded = _findings(tmp_path / "embedded", "", "citywatch")
    served = _findings(tmp_path / "served", elasticsearch_url, "replay")
    assert embedded["alerts"]
    assert embedded["incidents"]
    assert embedded["notices"]
    assert _timeless(served) == _timeless(embedded)
