"""Log events of which little is known: no detector fails on them or makes a claim of nothing."""

import pathlib

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.catalogue import DETECTORS
from detect.detector import Detector
from tests.detect.frames import LOG_COLUMNS, city, inspect, logged, shuffled

OF_LOGS = [detector for detector in DETECTORS if detector.dataset == "log"]
KEPT = ("@timestamp", "event.id")
OPTIONAL = [name for name in LOG_COLUMNS if name not in KEPT]
every_detector = pytest.mark.parametrize("detector", OF_LOGS, ids=lambda one: one.name)


def _without(names: set[str]) -> pl.DataFrame:
    frame = logged("intrusion").select(LOG_COLUMNS)
    return frame.with_columns(pl.lit(None, frame.schema[name]).alias(name) for name in names)


@every_detector
def test_events_with_a_time_and_nothing_else_are_silent(detector: Detector) -> None:
    assert not inspect(detector, _without(set(OPTIONAL)), city()).claims


@every_detector
@settings(max_examples=15, deadline=None)
@given(names=st.sets(st.sampled_from(OPTIONAL), max_size=8), seed=st.integers(0, 99))
def test_whatever_is_unknown_the_claims_are_whole_and_do_not_depend_on_order(
    detector: Detector, names: set[str], seed: int
) -> None:
    frame = _without(names)
    claims = inspect(detector, frame, city()).claims
    assert inspect(detector, shuffled(frame, seed), city()).claims == claims
    for claim in claims:
        assert claim.evidence
        assert len(claim.evidence) <= claim.event_count
        assert claim.first_seen <= claim.last_seen
        assert claim.subject


def test_the_rooms_of_the_rules_hold_all_detectors_of_the_list() -> None:
    folder = pathlib.Path(__file__).parents[4] / "detect" / "rules" / "log"
    modules = {type(detector).__module__.rsplit(".", 1)[-1] for detector in OF_LOGS}
    shared = {"__init__", "ends", "login", "request", "signature"}
    assert {path.stem for path in folder.glob("*.py")} == modules | shared
