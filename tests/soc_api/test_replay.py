"""A replay tells of everything that was counted on the way, failures included."""

import pathlib
from collections.abc import Iterator

import polars as pl
import pytest

from detect.rules.flow.beacon import BeaconDetector
from situation.assets import Assets
from situation.settings import read_settings
from soc_api.replay import replay
from soc_api.summary import losses
from soc_api.wiring import City, open_city
from tests.testdata import ROOT

INTRUSION = ROOT / "pcaps" / "intrusion" / "capture.pcap"


@pytest.fixture
def city(tmp_path: pathlib.Path) -> Iterator[City]:
    with open_city(read_settings(None, {"store": {"folder": tmp_path}})) as opened:
        yield opened


def test_rows_reconcile_and_what_was_judged_is_counted(city: City) -> None:
    counters = replay(city, [INTRUSION]).capture.counters
    assert losses(counters) == {}
    rows, messages, judged = (counters[name] for name in ("rows", "dns_messages", "judged"))
    events = counters["events"]
    assert isinstance(rows, int)
    assert isinstance(messages, int)
    assert isinstance(events, int)
    assert isinstance(judged, dict)
    assert counters["stored"] == rows + messages + events
    assert (judged["followed_flow"], judged["followed_dns"]) == (rows, messages)
    assert judged["made"] == judged["claims"] == 8


def test_a_detector_that_fails_is_told_as_a_loss(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: object, _frame: pl.DataFrame, _windows: object, _assets: Assets) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(BeaconDetector, "inspect", fail)
    counters = replay(city, [INTRUSION]).capture.counters
    assert losses(counters) == {"failed_beacon": 1}
