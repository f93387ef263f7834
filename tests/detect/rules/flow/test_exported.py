"""Flows of exporters: what they do not know is null, and no detector makes a claim of it."""

import polars as pl
import pytest

from detect.catalogue import DETECTORS
from detect.detector import Detector
from detect.session import IN_PAYLOAD, OUT_PAYLOAD, SYN, merge
from situation.fields import FLOW_SCHEMA
from tests.detect.frames import INSIDER, OUTSIDER, Row, city, flow, flows, inspect, knock, scenario

OF_FLOWS = [detector for detector in DETECTORS if detector.dataset == "flow"]
every_detector = pytest.mark.parametrize("detector", OF_FLOWS, ids=lambda one: one.name)

UNKNOWN = (
    "destination.packets", "destination.bytes", OUT_PAYLOAD, IN_PAYLOAD,
    *(name for name in FLOW_SCHEMA if ".size." in name or ".iat." in name or ".backward." in name),
)  # fmt: skip
"""What a record of one direction does not tell."""
FLAGS = tuple(name for name in FLOW_SCHEMA if ".flags." in name)


def exported(frame: pl.DataFrame, *more: str) -> pl.DataFrame:
    """Return the flows as an exporter of one direction tells them; `more` is unknown, too."""
    names = [name for name in dict.fromkeys((*UNKNOWN, *more)) if name in frame.columns]
    return frame.with_columns(pl.lit(None, FLOW_SCHEMA[name]).alias(name) for name in names)


@every_detector
@pytest.mark.parametrize("more", [(), FLAGS, (*FLAGS, "source.packets", "source.bytes")])
def test_a_quiet_day_of_one_sided_flows_stays_quiet(
    detector: Detector, more: tuple[str, ...]
) -> None:
    assert not inspect(detector, exported(scenario("quiet-day", "flow"), *more), city()).claims


@every_detector
def test_records_that_know_next_to_nothing_break_no_detector(detector: Detector) -> None:
    kept = {"@timestamp", "event.id", "event.start", "event.end", "citywatch.flow.id"}
    frame = scenario("intrusion", "flow").head(2000)
    for known in (kept, kept | {"source.ip"}, kept | {"source.ip", "destination.ip"}):
        bare = frame.with_columns(
            pl.lit(None, kind).alias(name)
            for name, kind in FLOW_SCHEMA.items()
            if name not in known
        )
        assert not inspect(detector, bare, city()).claims


@every_detector
def test_whole_flows_are_judged_alike_beside_one_sided_ones(detector: Detector) -> None:
    whole = scenario("intrusion", "flow")
    more = exported(scenario("quiet-day", "flow"), *FLAGS).with_columns(
        pl.concat_str(pl.lit("x"), name).alias(name) for name in ("event.id", "citywatch.flow.id")
    )
    wanted = {(claim.category, claim.subject) for claim in inspect(detector, whole, city()).claims}
    found = inspect(detector, pl.concat([whole, more]), city()).claims
    assert {(claim.category, claim.subject) for claim in found} == wanted


def test_a_count_that_no_record_knows_stays_unknown_in_the_flow() -> None:
    rows = [flow(0, INSIDER, OUTSIDER, 443), flow(1, INSIDER, OUTSIDER, 443, flow_id="cut")]
    half = flow(2, INSIDER, OUTSIDER, 443, flow_id="cut") | {OUT_PAYLOAD: None}
    merged = merge(flows([rows[0] | {OUT_PAYLOAD: None}, rows[1], half]))
    assert merged[OUT_PAYLOAD].to_list() == [None, 500]


def _pieces() -> list[Row]:
    """Return one long connection, told every minute by an exporter."""
    return [
        flow(60.0 * n, INSIDER, OUTSIDER, 443, seconds=59.9)
        | {SYN: int(n == 0), OUT_PAYLOAD: None, IN_PAYLOAD: None, "destination.packets": None}
        for n in range(300)
    ]


def test_a_long_connection_that_is_told_every_minute_is_no_beacon() -> None:
    (beacon,) = [detector for detector in OF_FLOWS if detector.name == "beacon"]
    assert not inspect(beacon, flows(_pieces()), city()).claims
    calls = [row | {SYN: 1} for row in _pieces()]
    assert inspect(beacon, flows(calls), city()).claims


def test_a_scan_is_seen_where_the_exporter_knows_that_nothing_was_said() -> None:
    (scan,) = [detector for detector in OF_FLOWS if detector.name == "port_scan"]
    rows = [
        knock(n / 2, OUTSIDER, "10.20.1.15", 100 + n) | {"destination.packets": None}
        for n in range(40)
    ]
    (claim,) = inspect(scan, flows(rows), city()).claims
    assert claim.subject == OUTSIDER
    assert not inspect(scan, flows([row | {OUT_PAYLOAD: None} for row in rows]), city()).claims
