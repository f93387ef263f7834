"""The model over pair-hours: what it finds, what it says, and when it stays silent."""

import dataclasses
import datetime as dt
import random

import pytest

from detect.rules.flow.anomaly import AnomalyDetector
from detect.thresholds import PairHour
from situation.claim import Claim
from tests.detect.frames import INSIDER, MORNING, Row, flow, flows, inspect

DETECTOR = AnomalyDetector()
HOURS = 12
STRANGE = f"{INSIDER}>198.51.100.201"


def _day(seed: int, hours: int = HOURS) -> list[Row]:
    """Return hours of ordinary calls: forty hosts, twenty sites, sizes by chance."""
    dice = random.Random(seed)  # noqa: S311 - seeded traffic
    return [
        flow(
            3600 * hour + dice.uniform(0, 3500),
            f"10.20.10.{host + 20}",
            f"198.51.100.{dice.randrange(1, 20)}",
            443,
            out=int(dice.lognormvariate(7, 0.7)),
            back=int(dice.lognormvariate(9, 0.8)),
            seconds=dice.lognormvariate(0, 0.6),
            source_port=dice.randrange(1024, 65_000),
        )
        for hour in range(hours)
        for host in range(40)
        for _ in range(6)
    ]


def _last(*rows: Row) -> tuple[Claim, ...]:
    """Return the claims of the last hour."""
    hour = MORNING + dt.timedelta(hours=HOURS - 1)
    return inspect(DETECTOR, flows(rows), judged=[hour]).claims


def _odd(
    hour: int = HOURS - 1, *, out: float = 1100, back: float = 8000, seconds: float = 1.0
) -> Row:
    return flow(
        3600 * hour + 10, INSIDER, "198.51.100.201", 443, out=int(out), back=int(back),
        seconds=seconds,
    )  # fmt: skip


ODDITIES = (
    ("octets_out", _odd(out=4e9, back=2e9)),
    ("seconds", _odd(seconds=50_000.0, out=3e8, back=3e4)),
    ("octets_in", _odd(back=9e9)),
)


@pytest.mark.parametrize(("metric", "odd"), ODDITIES)
def test_what_was_made_odd_is_found_and_stands_among_the_reasons(metric: str, odd: Row) -> None:
    claims = _last(*_day(1), odd)
    (claim,) = (claim for claim in claims if claim.subject == STRANGE)
    assert metric in [reason.metric for reason in claim.reasons]
    assert claim.p_value is not None
    assert all(reason.peers is not None for reason in claim.reasons)


def test_ordinary_days_stay_near_the_budget() -> None:
    seeds = range(2, 10)
    alarms = sum(len(_last(*_day(seed))) for seed in seeds)
    days = len(seeds) / 24
    assert alarms <= 2 * DETECTOR.bar.alarms_a_day * days + 1


def test_too_little_history_is_counted_and_nothing_is_said() -> None:
    inspection = inspect(DETECTOR, flows([*_day(1, 3), _odd(2, out=4e9)]))
    assert inspection.claims == ()
    assert inspection.cold == 3


def test_a_long_history_is_thinned_and_not_cut_to_its_last_hours() -> None:
    thin = AnomalyDetector(bar=dataclasses.replace(PairHour(), training_rows=500))
    hour = MORNING + dt.timedelta(hours=HOURS - 1)
    frame = flows([*_day(1), _odd(out=4e9, back=2e9)])
    inspection = inspect(thin, frame, judged=[hour])
    assert inspection.cold == 0
    assert STRANGE in {claim.subject for claim in inspection.claims}


def test_the_scored_hour_is_never_learned() -> None:
    """An hour says the same whether or not later hours are there."""
    rows = [*_day(1), _odd(8, out=4e9, back=2e9)]
    frame = flows(rows)
    until = flows([row for row in rows if str(row["@timestamp"]) < "2026-03-03 10"])
    ninth = sorted(frame["@timestamp"].dt.truncate("1h").unique())[8]
    alone = inspect(DETECTOR, until, judged=[ninth]).claims
    assert alone == inspect(DETECTOR, frame, judged=[ninth]).claims
    assert STRANGE in {claim.subject for claim in alone}


def test_one_percent_of_contaminated_history_does_not_hide_the_next() -> None:
    dice = random.Random(9)  # noqa: S311 - seeded traffic
    rows = _day(1)
    worse = [
        _odd(hour, out=dice.uniform(2e9, 6e9), back=2e9)
        | {"source.ip": f"10.20.11.{n}", "event.id": f"bad-{n}", "citywatch.flow.id": f"bad-{n}"}
        for n, hour in enumerate(list(range(5)) * 4)
    ]
    claims = _last(*rows, *worse, _odd(out=4e9, back=2e9))
    assert STRANGE in {claim.subject for claim in claims}


def test_a_host_has_at_most_one_alarm_an_hour() -> None:
    odd = [
        _odd(out=4e9 + n, back=2e9)
        | {
            "destination.ip": f"192.0.2.{n + 1}",
            "event.id": f"odd-{n}",
            "citywatch.flow.id": f"odd-{n}",
        }
        for n in range(5)
    ]
    claims = _last(*_day(1), *odd)
    assert sum(claim.source_ip == INSIDER for claim in claims) == 1


def test_a_smaller_budget_gives_fewer_alarms() -> None:
    strict = AnomalyDetector(bar=dataclasses.replace(PairHour(), alarms_a_day=0.1))
    loose = AnomalyDetector(bar=dataclasses.replace(PairHour(), alarms_a_day=200.0))
    frame = flows(_day(7))
    hour = [MORNING + dt.timedelta(hours=HOURS - 1)]
    few = inspect(strict, frame, judged=hour).claims
    many = inspect(loose, frame, judged=hour).claims
    assert len(few) < len(many)
