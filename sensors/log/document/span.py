"""Seconds with a fraction become nanoseconds, as spans and as times."""

import polars as pl

from sensors.log.timestamp import TIME

_FARTHEST_SECONDS = 9_000_000_000
"""Seconds from 1970, either way, that nanoseconds in 64 bits still hold (to the year 2255)."""
_MILLISECONDS_FROM = 100_000_000_000
"""A count from here on is of milliseconds: as seconds it would lie beyond the year 5138."""


def since_1970(counted: pl.Series) -> pl.Series:
    """Return times of counts since 1970: seconds, or milliseconds where they are that many."""
    value = pl.col("value")
    scaled = pl.when(value.abs() >= _MILLISECONDS_FROM).then(value / 1000).otherwise(value)
    return _table(counted).select(_nanoseconds(scaled).cast(TIME)).to_series()


def nanoseconds(seconds: pl.Series) -> pl.Series:
    """Return spans of seconds in nanoseconds; null where 64 bits do not hold them."""
    return _table(seconds).select(_nanoseconds(pl.col("value"))).to_series()


def _table(numbers: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"value": numbers.cast(pl.Float64)})


def _nanoseconds(seconds: pl.Expr) -> pl.Expr:
    """Round to microseconds: a double holds no more of the seconds since 1970."""
    held = pl.when(seconds.abs() < _FARTHEST_SECONDS).then(seconds)
    return (held * 1_000_000).round().cast(pl.Int64) * 1000
