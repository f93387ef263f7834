"""Bursts of errors of the server's own."""

from detect.rules.log.server_errors import ServerErrorsDetector
from situation.claim import Claim
from tests.detect.frames import OUTSIDER, WEB_SERVER, Row, city, inspect, logs, request

DETECTOR = ServerErrorsDetector()


def _claims(rows: list[Row]) -> tuple[Claim, ...]:
    return inspect(DETECTOR, logs(rows), city()).claims


def _errors(count: int, *, gap: float = 5, start: float = 0, clients: int = 1) -> list[Row]:
    sources = [OUTSIDER, *(f"198.51.100.{150 + n}" for n in range(clients - 1))]
    return [
        request(start + gap * n, sources[n % clients], f"/a?{n}", status=500 + n % 4)
        for n in range(count)
    ]


def test_fifty_errors_within_five_minutes_are_told_with_who_caused_them() -> None:
    (claim,) = _claims(_errors(50))
    assert (claim.category, claim.severity, claim.subject) == ("server_errors", 2, WEB_SERVER)
    assert claim.source_ip == OUTSIDER
    assert claim.indicators == {"address": OUTSIDER}
    assert not _claims(_errors(49))
    assert not _claims(_errors(50, gap=10))


def test_errors_that_all_clients_meet_are_an_outage_without_a_culprit() -> None:
    (claim,) = _claims(_errors(60, gap=2, clients=10))
    assert (claim.severity, claim.source_ip, claim.indicators) == (1, None, {})
    assert claim.reasons[2].observed == 0.1


def test_a_server_that_fails_every_hour_is_told_once() -> None:
    rows = [row for hour in range(5) for row in _errors(60, start=3600 * hour)]
    assert len(_claims(rows)) == 1


def test_a_burst_over_the_hour_is_counted_whole() -> None:
    (claim,) = _claims(_errors(60, gap=4, start=3600 - 40))
    assert claim.reasons[1].observed == 60
