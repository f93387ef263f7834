"""How regular a series of contacts is: intervals against Poisson arrivals.

The statistic is Moran's for exponential intervals (J. R. Statist. Soc. B 13, 1951), the same as
Bartlett's test of equal variances: the logarithm of the mean interval less the mean of the
logarithms, 0 for a perfect clock, 0.577 for Poisson arrivals. With Bartlett's correction it has a
chi-square law under Poisson arrivals, whatever their rate; its left tail says how likely arrivals
by chance would look as even. Jitter widens it slowly, hence it does not need equal intervals.
"""

import math

import polars as pl

from detect.thresholds import Beacon

_FLOOR = 0.001
"""Least interval as a share of the mean; below it a logarithm says nothing more."""


def regularity(contacts: pl.DataFrame, keys: list[str], bar: Beacon) -> pl.DataFrame:
    """Return one row a series with its timing.

    `contacts` has the columns `keys` and `event.start`. The result has `beats`, `period` (median
    interval in seconds), `period_low` and `period_high` (P5, P95), `unevenness` and `p_value`.
    """
    gaps = _beats(contacts, keys, bar)
    steady = gaps.filter(pl.col("gap") <= bar.outage * pl.col("gap").median().over(keys))
    gap = pl.col("gap")
    logs = pl.max_horizontal(gap, _FLOOR * gap.mean().over(keys)).log()
    counted = (
        steady.with_columns(logs.alias("log"))
        .group_by(keys)
        .agg(
            pl.len().alias("beats"),
            gap.median().alias("period"),
            gap.quantile(0.05, "linear").alias("period_low"),
            gap.quantile(0.95, "linear").alias("period_high"),
            (gap.mean().log() - pl.col("log").mean()).alias("unevenness"),
        )
    )
    return _with_p_value(counted).sort(keys)


def _beats(contacts: pl.DataFrame, keys: list[str], bar: Beacon) -> pl.DataFrame:
    """Return the intervals between beats; contacts of one burst are one beat."""
    seconds = pl.col("event.start").diff().over(keys).dt.total_nanoseconds() / 1e9
    ordered = contacts.select(*keys, "event.start").sort(*keys, "event.start")
    firsts = ordered.filter((seconds >= bar.burst_seconds) | seconds.is_null())
    return firsts.with_columns(seconds.alias("gap")).filter(pl.col("gap").is_not_null())


def _with_p_value(counted: pl.DataFrame) -> pl.DataFrame:
    """Add the left tail of chi-square by the cube-root approximation of Wilson and Hilferty."""
    counted = counted.filter(pl.col("beats") >= 2)  # noqa: PLR2004 - one interval has no spread
    beats = pl.col("beats").cast(pl.Float64)
    freedom = beats - 1
    statistic = 2 * beats * pl.col("unevenness") / (1 + (beats + 1) / (6 * beats))
    width = 2 / (9 * freedom)
    normal = ((statistic.clip(lower_bound=0) / freedom).cbrt() - (1 - width)) / width.sqrt()
    scored = counted.with_columns(normal.alias("normal"))
    tail = [0.5 * math.erfc(-value / math.sqrt(2)) for value in scored["normal"]]
    return scored.drop("normal").with_columns(pl.Series("p_value", tail, dtype=pl.Float64))
