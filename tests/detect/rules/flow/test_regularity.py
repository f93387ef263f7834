"""The test of intervals against Poisson arrivals."""

import datetime as dt
import itertools
import random

import polars as pl
import pytest

from detect.rules.flow.regularity import regularity
from detect.thresholds import Beacon
from tests.detect.frames import MORNING

BAR = Beacon()


def _series(series: dict[str, list[float]]) -> pl.DataFrame:
    rows = [
        (name, MORNING + dt.timedelta(seconds=at)) for name, times in series.items() for at in times
    ]
    schema = {"name": pl.String(), "event.start": pl.Datetime("ns", "UTC")}
    return regularity(pl.DataFrame(rows, schema=schema, orient="row"), ["name"], BAR)


def _arrivals(dice: random.Random, mean: float, count: int) -> list[float]:
    return list(itertools.accumulate(dice.expovariate(1 / mean) for _ in range(count)))


@pytest.mark.parametrize("count", [12, 24, 100, 300])
def test_chance_seldom_has_a_small_p_value(count: int) -> None:
    dice = random.Random(count)  # noqa: S311 - seeded arrivals
    found = _series({f"{n}": _arrivals(dice, 900, count) for n in range(800)})
    for share, most in ((0.01, 0.02), (0.05, 0.1)):
        assert (found["p_value"] <= share).sum() <= most * found.height


def test_a_perfect_clock_is_even_to_the_last() -> None:
    found = _series({"clock": [60.0 * n for n in range(50)]}).row(0, named=True)
    assert found["unevenness"] == pytest.approx(0, abs=1e-9)
    assert found["p_value"] < 1e-12
    assert found["period"] == pytest.approx(60)


def test_the_statistic_does_not_know_the_rate() -> None:
    dice = random.Random(5)  # noqa: S311 - seeded arrivals
    times = list(itertools.accumulate(dice.uniform(50, 400) for _ in range(60)))
    both = _series({"a": times, "b": [at * 30 for at in times]}).sort("name")
    assert both["unevenness"][0] == pytest.approx(both["unevenness"][1], rel=1e-6)


def test_a_burst_is_one_beat_and_a_night_is_no_interval() -> None:
    beats = [300.0 * n for n in range(40)] + [60_000 + 300.0 * n for n in range(40)]
    bursts = [beat + shift for beat in beats for shift in (0.0, 0.3, 0.9)]
    found = _series({"clock": bursts}).row(0, named=True)
    assert found["period"] == pytest.approx(300, abs=1)
    assert found["beats"] == 78
    assert found["p_value"] < 1e-9


def test_too_few_contacts_give_no_row() -> None:
    assert _series({"a": [0.0, 60.0]}).is_empty()
