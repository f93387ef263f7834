"""Many paths that are not there."""

import pytest

from detect.rules.log.forced_browsing import ForcedBrowsingDetector
from situation.assets import Assets
from situation.claim import Claim
from tests.detect.frames import OUTSIDER, WEB_SERVER, Row, asset, city, inspect, logs, request

DETECTOR = ForcedBrowsingDetector()
CRAWLER = "198.51.100.200"


def _claims(rows: list[Row], assets: Assets | None = None) -> tuple[Claim, ...]:
    return inspect(DETECTOR, logs(rows), assets or city()).claims


def _tries(
    count: int, *, gap: float = 1, start: float = 0, source: str = OUTSIDER, status: int = 404
) -> list[Row]:
    return [
        request(start + gap * n, source, f"/try-{start:.0f}-{n}?x=1", status=status)
        for n in range(count)
    ]


@pytest.mark.parametrize("status", [403, 404])
def test_twenty_paths_in_vain_within_a_minute_are_forced_browsing(status: int) -> None:
    (claim,) = _claims(_tries(20, status=status))
    assert (claim.category, claim.technique, claim.severity) == ("web_scan", "T1595.003", 2)
    assert (claim.subject, claim.host_ip) == (f"{OUTSIDER}>{WEB_SERVER}", WEB_SERVER)
    assert claim.reasons[1].observed == 20
    assert not _claims(_tries(19, status=status))


def test_sixty_paths_within_an_hour_are_forced_browsing() -> None:
    assert len(_claims(_tries(60, gap=55))) == 1
    assert not _claims(_tries(59, gap=55))


def test_the_same_path_again_and_again_is_no_browsing() -> None:
    rows = [request(float(n), OUTSIDER, f"/heartbeat?n={n}", status=404) for n in range(300)]
    assert not _claims(rows)


def test_pictures_that_a_broken_page_names_are_asked_for_by_many_and_silent() -> None:
    rows = [
        request(30.0 * visitor + n / 10, f"198.51.100.{150 + visitor}", f"/p{n}.png", status=404)
        for visitor in range(10)
        for n in range(40)
    ]
    assert not _claims(rows)


def test_a_crawler_that_follows_stale_links_slowly_is_silent() -> None:
    assert not _claims(_tries(40, gap=80, source=CRAWLER))


def test_a_crawler_that_does_so_every_hour_is_told_once() -> None:
    rows = [row for hour in range(6) for row in _tries(70, gap=50, start=3600 * hour)]
    assert len(_claims(rows)) == 1


def test_the_citys_scanner_may_try() -> None:
    assert not _claims(_tries(60), Assets([asset(f"{OUTSIDER}/32", "scanner")]))
