"""Guessing and the login after it."""

import datetime as dt

import pytest

from detect.rules.flow.guessing import GuessingDetector
from situation.assets import Assets
from tests.detect.frames import (
    INSIDER,
    MORNING,
    OUTSIDER,
    Row,
    asset,
    city,
    flow,
    flows,
    inspect,
)

DETECTOR = GuessingDetector()
VICTIM = "10.20.1.15"


def _tries(count: int, *, start: float = 0, port: int = 22, source: str = OUTSIDER) -> list[Row]:
    return [
        flow(
            start + 9 * n, source, VICTIM, port, seconds=2.2, out=1400 + n % 7, back=1150,
            source_port=40_000 + n,
        )
        for n in range(count)
    ]  # fmt: skip


def _login(at: float, *, seconds: float = 300, octets: int = 80_000) -> Row:
    return flow(
        at, OUTSIDER, VICTIM, 22, seconds=seconds, out=5000, back=octets, source_port=61_000
    )


@pytest.mark.parametrize("port", [22, 23, 3389])
def test_twenty_short_alike_sessions_are_guessing(port: int) -> None:
    rows = [row | {"citywatch.flow.forward.payload_bytes": 300} for row in _tries(20, port=port)]
    (claim,) = inspect(DETECTOR, flows(rows), city()).claims
    assert (claim.category, claim.host_ip, claim.severity) == ("guessing", VICTIM, 2)
    assert not inspect(DETECTOR, flows(rows[:19]), city()).claims


def test_a_longer_and_larger_session_after_the_tries_is_a_success() -> None:
    (claim,) = inspect(DETECTOR, flows([*_tries(60), _login(560)]), city()).claims
    assert (claim.category, claim.severity) == ("guessing_success", 3)
    assert [reason.metric for reason in claim.reasons] == [
        "tries_an_hour",
        "login_seconds",
        "login_octets",
    ]
    assert claim.reasons[1].observed == 300
    assert claim.last_seen == MORNING + dt.timedelta(seconds=860)


def test_the_login_is_the_first_evidence() -> None:
    login = _login(560)
    (claim,) = inspect(DETECTOR, flows([*_tries(60), login]), city()).claims
    assert claim.evidence[0] == login["event.id"]


def test_a_login_in_the_next_hour_is_tied_to_the_tries_of_the_last() -> None:
    rows = [*_tries(60, start=3000), _login(3650)]
    claims = inspect(DETECTOR, flows(rows), city()).claims
    assert [claim.category for claim in claims] == ["guessing", "guessing_success"]
    assert claims[1].window_start == MORNING + dt.timedelta(hours=1)


def test_a_long_login_that_is_cut_into_records_counts_once_with_its_sums() -> None:
    pieces = [
        flow(
            560 + 300 * n, OUTSIDER, VICTIM, 22, seconds=299, out=900, back=9000,
            flow_id="login", event_id=f"login-{n}",
        )
        for n in range(4)
    ]  # fmt: skip
    (claim,) = inspect(DETECTOR, flows([*_tries(60), *pieces]), city()).claims
    assert claim.category == "guessing_success"
    assert claim.reasons[2].observed == 4 * 9900


def test_a_login_before_any_try_or_long_after_is_no_success() -> None:
    before = inspect(DETECTOR, flows([_login(0), *_tries(60, start=400)]), city()).claims
    assert [claim.category for claim in before] == ["guessing"]
    after = inspect(DETECTOR, flows([*_tries(60), _login(6 * 3600)]), city()).claims
    assert [claim.category for claim in after] == ["guessing"]


def test_an_administrator_with_sessions_of_all_sizes_is_silent() -> None:
    rows = [
        flow(
            100 * n, INSIDER, VICTIM, 22, seconds=5 + 3 * n, out=900 + 700 * n, back=3000 * n + 500,
            source_port=40_000 + n,
        )
        for n in range(30)
    ]  # fmt: skip
    assert not inspect(DETECTOR, flows(rows), city()).claims


def test_a_program_of_ours_that_logs_in_all_day_is_silent_after_some_hours() -> None:
    rows = [row for hour in range(8) for row in _tries(30, start=3600 * hour, source=INSIDER)]
    claims = inspect(DETECTOR, flows(rows), city()).claims
    assert {claim.window_start for claim in claims} == {MORNING}


def test_the_citys_scanner_may_try() -> None:
    scanner = Assets([asset(f"{INSIDER}/32", "scanner")])
    assert not inspect(DETECTOR, flows(_tries(60, source=INSIDER)), scanner).claims


def test_an_infected_host_that_guesses_inside_owns_the_alert() -> None:
    (claim,) = inspect(DETECTOR, flows(_tries(60, source=INSIDER)), city()).claims
    assert (claim.host_ip, claim.severity) == (INSIDER, 3)
