"""What every detector of the catalogue has to keep."""

import datetime as dt
import functools
import math
import re

import polars as pl
import pytest

from detect.catalogue import DETECTORS
from detect.detector import HOUR, Detector
from situation.claim import Claim
from situation.events.filter import check
from situation.fields import BY_NAME, frame_schema
from tests.detect.frames import MORNING, city, inspect, named, scenario, shuffled

SCENARIOS = ("quiet-day", "intrusion", "iot-botnet")
CHINESE = re.compile(r"[一-鿿]")
SOURCES = ("Elastic", "Zeek", "Slips", "RITA", "Liu et al.", "Wazuh", "Maltrail", "Sigma")
UNITS = {"count", "octets", "seconds", "per_minute", "share", "score"}

every_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.name)


@functools.cache
def _claims(detector_name: str, *scenarios: str) -> tuple[Claim, ...]:
    detector = named(detector_name)
    frames = (scenario(name, detector.dataset) for name in scenarios)
    return tuple(claim for frame in frames for claim in inspect(detector, frame, city()).claims)


def test_names_are_unique() -> None:
    assert len({detector.name for detector in DETECTORS}) == len(DETECTORS)


@every_detector
def test_a_detector_declares_what_it_reads(detector: Detector) -> None:
    assert detector.dataset in {"flow", "dns", "log"}
    assert set(detector.columns) <= set(BY_NAME)
    assert "@timestamp" in detector.columns
    assert detector.window % HOUR == dt.timedelta(0)
    if detector.where is not None:
        check(detector.where)


@every_detector
def test_a_detector_names_its_technique_and_its_source(detector: Detector) -> None:
    text = type(detector).__doc__ or ""
    assert re.search(r"ATT&CK T\d{4}", text)
    assert any(source in text for source in SOURCES)


@every_detector
def test_a_detector_is_silent_where_there_is_nothing(detector: Detector) -> None:
    empty = pl.DataFrame(schema=frame_schema(tuple(dict.fromkeys(detector.columns))))
    assert inspect(detector, empty, city(), judged=[MORNING.replace(hour=0)]).claims == ()


@every_detector
def test_a_detector_says_the_same_for_the_same_rows_in_any_order(detector: Detector) -> None:
    frame = scenario("intrusion", detector.dataset)
    claims = inspect(detector, shuffled(frame, 1), city()).claims
    assert claims == _claims(detector.name, "intrusion")


@every_detector
def test_a_detector_claims_for_the_judged_windows_only(detector: Detector) -> None:
    frame = scenario("intrusion", detector.dataset)
    claims = _claims(detector.name, "intrusion")
    for start in {claim.window_start for claim in claims}:
        judged = inspect(detector, frame, city(), judged=[start]).claims
        assert judged == tuple(claim for claim in claims if claim.window_start == start)


@every_detector
def test_a_detector_claims_once_for_a_subject_and_window(detector: Detector) -> None:
    ids = [claim.alert_id(None) for claim in _claims(detector.name, "intrusion")]
    assert len(ids) == len(set(ids))


@every_detector
def test_a_claim_is_complete_and_short_enough_for_the_desk(detector: Detector) -> None:
    for claim in _claims(detector.name, *SCENARIOS):
        assert len(CHINESE.findall(claim.sentence_zh)) <= 30
        assert 1 <= len(claim.reasons) <= 3
        assert 1 <= len(claim.evidence) <= 50
        assert len(set(claim.evidence)) == len(claim.evidence) <= claim.event_count
        assert claim.window_start <= claim.last_seen
        assert claim.first_seen <= claim.last_seen
        assert 1 <= claim.severity <= 4
        assert 0 <= claim.score <= 1
        assert claim.host_ip
        assert city().of(claim.host_ip) is not None
        for reason in claim.reasons:
            assert reason.unit in UNITS
            assert reason.zh
            assert reason.en
            figures = (reason.observed, reason.usual, reason.usual_low, reason.peers)
            assert all(figure is None or not math.isnan(figure) for figure in figures)


@every_detector
def test_evidence_points_to_rows_of_the_dataset(detector: Detector) -> None:
    known = set(scenario("intrusion", detector.dataset)["event.id"])
    for claim in _claims(detector.name, "intrusion"):
        assert set(claim.evidence) <= known
        assert claim.evidence_dataset == detector.dataset
