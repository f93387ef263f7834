"""The evidence of an alert: events of the store, or findings of the scan, which are none."""

import pathlib

from situation.events.dataset import FINDING
from situation.events.opening import open_event_store
from soc_api.web.query.evidence import evidence_of
from tests.playbooks.intrusion import alert


def test_findings_of_a_scan_are_counted_and_not_missed_in_the_store(
    tmp_path: pathlib.Path,
) -> None:
    events = open_event_store(str(tmp_path / "events"))
    events.setup()
    row = alert("data_exposure", 0, evidence_dataset=FINDING, evidence=["f1", "f2"], event_count=70)
    shown = evidence_of(events, row)
    assert (shown.dataset, shown.total, shown.events, shown.gone) == (FINDING, 70, [], 0)
