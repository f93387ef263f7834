"""Upload volume."""

import pytest

from detect.rules.flow.upload import UploadDetector
from situation.assets import Assets
from tests.detect.frames import INSIDER, MORNING, Row, asset, city, flow, flows, inspect

DETECTOR = UploadDetector()
DROP = "192.0.2.140"
MB = 1_000_000


def _ordinary(hours: int, *, octets: int = 2 * MB) -> list[Row]:
    return [
        flow(3600 * hour + 60 * n, f"10.20.10.{n + 20}", "198.51.100.80", 443, out=octets)
        for hour in range(hours)
        for n in range(5)
    ]


def _upload(at: float, octets: int) -> list[Row]:
    return [
        flow(at + 100 * n, INSIDER, DROP, 443, out=octets // 4, source_port=5000 + n)
        for n in range(4)
    ]


@pytest.mark.parametrize(("octets", "found"), [(180 * MB, 1), (60 * MB, 0)])
def test_a_large_upload_to_a_stranger_is_claimed(octets: int, found: int) -> None:
    rows = [*_ordinary(6), *_upload(5 * 3600, octets)]
    claims = inspect(DETECTOR, flows(rows), city()).claims
    assert len(claims) == found
    for claim in claims:
        assert claim.subject == f"{INSIDER}>{DROP}"
        assert claim.reasons[0].observed == octets
        assert claim.reasons[0].usual == 2 * MB
        assert claim.reasons[0].peers == 2 * MB
        assert claim.event_count == 4


def test_a_host_that_uploads_as_much_every_hour_is_silent() -> None:
    rows = [*_ordinary(8), *(row for hour in range(8) for row in _upload(3600 * hour, 150 * MB))]
    claims = inspect(DETECTOR, flows(rows), city()).claims
    assert {claim.window_start for claim in claims} <= {MORNING}


def test_an_hour_in_which_everybody_uploads_is_silent() -> None:
    rows = [*_ordinary(3), *_ordinary(1, octets=50 * MB), *_upload(0, 200 * MB)]
    assert not inspect(DETECTOR, flows(rows), city()).claims


def test_data_that_a_stranger_fetches_counts_as_sent() -> None:
    fetched = flow(0, DROP, "10.20.1.15", 22, out=5000, back=300 * MB)
    (claim,) = inspect(DETECTOR, flows([*_ordinary(1), fetched]), city()).claims
    assert (claim.subject, claim.host_ip) == (f"10.20.1.15>{DROP}", "10.20.1.15")
    assert claim.evidence == (fetched["event.id"],)


def test_answers_of_the_portal_and_trade_with_partners_are_no_upload() -> None:
    rows = [
        flow(0, DROP, "10.20.1.10", 443, out=5000, back=900 * MB),
        flow(10, "10.20.1.15", "198.51.100.10", 443, out=900 * MB),
        flow(20, "10.20.2.11", "10.20.0.200", 8443, out=900 * MB),
    ]
    assert not inspect(DETECTOR, flows(rows), city()).claims


def test_without_an_asset_table_private_addresses_are_inside() -> None:
    rows = [*_ordinary(1), *_upload(0, 500 * MB)]
    assert len(inspect(DETECTOR, flows(rows)).claims) == 1
    public_only = Assets([asset("192.0.2.0/24", "workstation")])
    assert not inspect(
        DETECTOR, flows([flow(0, DROP, "192.0.2.9", 443, out=900 * MB)]), public_only
    ).claims
