"""Beacons: the matrix of period and jitter, chance, and those who may be regular."""

import itertools
import random

import pytest

from detect.rules.flow.beacon import BeaconDetector
from situation.assets import Assets
from tests.detect.frames import INSIDER, Row, asset, flow, flows, inspect

DETECTOR = BeaconDetector()
DAY_SECONDS = 23 * 3600.0 - 3600
"""From 01:00 to 23:00 UTC: a day's window."""


def _hosts(number: int) -> tuple[str, str]:
    return f"10.{number // 250}.7.{number % 250 + 1}", f"198.{number // 250}.100.{number % 250 + 1}"


def _beacon(dice: random.Random, hosts: tuple[str, str], period: float, jitter: float) -> list[Row]:
    rows, at = [], dice.uniform(0, period)
    while at < DAY_SECONDS:
        out = int(dice.lognormvariate(7, 1))
        rows.append(flow(at, *hosts, 443, out=out, source_port=dice.randrange(1024, 65_536)))
        at += period * (1 + dice.uniform(-jitter, jitter))
    return rows


def _by_chance(dice: random.Random, hosts: tuple[str, str], mean: float) -> list[Row]:
    times = itertools.accumulate(dice.expovariate(1 / mean) for _ in range(int(DAY_SECONDS / mean)))
    return [
        flow(at, *hosts, 443, out=int(dice.lognormvariate(7, 1)), source_port=1024 + number)
        for number, at in enumerate(times)
        if at < DAY_SECONDS
    ]


@pytest.mark.parametrize("period", [60, 300, 900, 3600])
@pytest.mark.parametrize("jitter", [0.0, 0.1, 0.3, 0.5, 0.8])
def test_beacons_with_log_normal_sizes_are_found(period: int, jitter: float) -> None:
    dice = random.Random(f"{period}-{jitter}")  # noqa: S311 - seeded arrivals
    runs = 10 if period == 60 else 40
    rows = [row for n in range(runs) for row in _beacon(dice, _hosts(n), period, jitter)]
    found = len(inspect(DETECTOR, flows(rows)).claims)
    assert found >= 0.95 * runs, f"{found} of {runs}"


def test_at_most_one_percent_of_poisson_pairs_are_claimed() -> None:
    dice = random.Random(11)  # noqa: S311 - seeded arrivals
    means = (120, 300, 600, 1800, 3600)
    rows = [row for n in range(600) for row in _by_chance(dice, _hosts(n), means[n % len(means)])]
    assert len(inspect(DETECTOR, flows(rows)).claims) <= 6


def test_a_beacon_that_misses_a_tenth_of_its_beats_is_found() -> None:
    dice = random.Random(3)  # noqa: S311 - seeded arrivals
    rows = [
        row for n in range(40) for row in _beacon(dice, _hosts(n), 600, 0.5) if dice.random() > 0.1
    ]
    assert len(inspect(DETECTOR, flows(rows)).claims) >= 38


def _clock(source: str, destination: str, *, start: float = 0) -> list[Row]:
    return [
        flow(start + 300 * n, source, destination, 443, source_port=2000 + n) for n in range(60)
    ]


def test_a_server_that_many_hosts_have_long_called_is_no_beacon() -> None:
    rows = [row for n in range(12) for row in _clock(f"10.20.10.{n + 1}", "198.51.100.80")]
    assert not inspect(DETECTOR, flows(rows)).claims


def test_a_new_destination_that_many_hosts_call_is_claimed_for_each() -> None:
    old = _clock("10.20.10.1", "198.51.100.1")
    rows = [
        row
        for n in range(12)
        for row in _clock(f"10.20.10.{n + 1}", "198.51.100.80", start=2 * 3600)
    ]
    claims = inspect(DETECTOR, flows([*old, *rows])).claims
    assert sum(claim.destination_ip == "198.51.100.80" for claim in claims) == 12


def test_partners_and_hosts_of_ours_are_no_strangers() -> None:
    partner = Assets([asset("198.51.100.10/32", "partner"), asset("10.20.0.0/16", "workstation")])
    assert not inspect(DETECTOR, flows(_clock(INSIDER, "198.51.100.10")), partner).claims
    assert not inspect(DETECTOR, flows(_clock(INSIDER, "10.20.0.161"))).claims
    assert not inspect(DETECTOR, flows(_clock("198.51.100.77", INSIDER))).claims
    assert len(inspect(DETECTOR, flows(_clock(INSIDER, "198.51.100.77")), partner).claims) == 1


def test_timing_and_size_are_reported_apart() -> None:
    (claim,) = inspect(DETECTOR, flows(_clock(INSIDER, "198.51.100.77"))).claims
    metrics = {reason.metric: reason.observed for reason in claim.reasons}
    assert metrics["unevenness"] == 0
    assert metrics["size_spread"] == 0
    assert claim.p_value is not None
    assert claim.p_value < 1e-9
    assert "5 分钟" in claim.sentence_zh


def test_a_dozen_contacts_within_half_an_hour_are_too_little() -> None:
    rows = [flow(120 * n, INSIDER, "198.51.100.77", 443, source_port=2000 + n) for n in range(14)]
    assert not inspect(DETECTOR, flows(rows)).claims


def test_a_beacon_across_midnight_is_claimed_for_both_days() -> None:
    rows = [
        flow(20 * 3600 + 300 * n, INSIDER, "198.51.100.77", 443, source_port=2000 + n)
        for n in range(60)
    ]
    claims = inspect(DETECTOR, flows(rows)).claims
    assert [claim.window_start.day for claim in claims] == [3, 4]
    assert claims[1].event_count == 60
