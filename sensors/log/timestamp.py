"""Times as sources write them: by a list of formats, with the zone and year of the source.

A format is written as chrono does (`%Y-%m-%d %H:%M:%S%.f`), or is one of the names `iso`
(ISO 8601 and RFC 3339 in their usual forms) and `epoch`, `epoch_ms`, `epoch_us`, `epoch_ns`.
"""

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from typing import Literal

import polars as pl

from sensors.log.kind import SourceRules
from situation.events.instant import nanoseconds

TIME = pl.Datetime("ns", "UTC")
Unit = Literal["ns", "us"]

EARLIEST, LATEST = -1, 2**63 - 1
"""Nanoseconds that stand for all times before 1970 and for all that no column can hold."""

_ISO = (
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M%z",
    "%Y-%m-%dT%H:%M",
)
_EPOCHS = {"epoch": 10**9, "epoch_ms": 10**6, "epoch_us": 10**3, "epoch_ns": 1}
NAMED = ("iso", *_EPOCHS)
_DAY = dt.timedelta(days=1)
_YEARS_BACK = 9
"""Years that are tried for a time without one: enough to meet a leap year."""
_SECONDS_LIMIT = 10**11
"""Seconds since 1970 beyond which a number is no time (the year 5138)."""


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """Return a time zone that columns know as well; raise ValueError for another name."""
    try:
        zone = zoneinfo.ZoneInfo(name)
        pl.Series([0]).cast(pl.Datetime("us")).dt.replace_time_zone(name)
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise ValueError(f"{name} is no time zone") from error
    return zone


def parsed_times(
    texts: pl.Series, formats: Sequence[str], rules: SourceRules, received: dt.datetime
) -> pl.Series:
    """Return the times of `texts` in UTC, null where no format fits.

    Times that a column of nanoseconds cannot hold become `EARLIEST` or `LATEST`.
    """
    found = pl.Series([], dtype=TIME).extend_constant(None, len(texts))
    for name in formats:
        open_rows = found.is_null() & texts.is_not_null()
        if not open_rows.any():
            break
        if open_rows.all():
            found = _by_format(texts, name, rules, received)
            continue
        rows = open_rows.arg_true()
        found = found.scatter(rows, _by_format(texts.gather(rows), name, rules, received))
    return found


def held_times(times: pl.Series) -> pl.Series:
    """Return times of any unit as `TIME`; what that cannot hold becomes `EARLIEST` or `LATEST`."""
    nanos = times.cast(TIME, strict=False)
    early = (times.to_physical() < 0).fill_null(value=False)
    if nanos.null_count() == times.null_count() and not early.any():
        return nanos
    beyond = nanos.is_null() & times.is_not_null()
    return nanos.to_physical().set(beyond, LATEST).set(early, EARLIEST).cast(TIME)


def _by_format(texts: pl.Series, name: str, rules: SourceRules, received: dt.datetime) -> pl.Series:
    if name == "iso":
        text = texts.str.strip_chars().str.replace(",", ".", literal=True)
        text = text.str.replace(r"[Zz]$", "+00:00").str.replace(r"^(\d{4}-\d\d-\d\d) ", "${1}T")
        return parsed_times(text.str.replace(r" ([+-])", "$1"), _ISO, rules, received)
    if name in _EPOCHS:
        return _since_epoch(texts, _EPOCHS[name])
    if "%Y" not in name and "%y" not in name:
        return _without_year(texts, name, rules, received)
    return _in_utc(texts, name, rules)


def _since_epoch(texts: pl.Series, nanos: int) -> pl.Series:
    """Return times from numbers of `nanos` nanoseconds, with a fraction or without."""
    parts = texts.str.extract_groups(r"^\s*(\d{1,20})(?:\.(\d{1,9})\d*)?\s*$").struct.unnest()
    whole = parts.to_series(0).cast(pl.Float64)
    scale = 10**9 // nanos
    digits = parts.to_series(0).cast(pl.Int64, strict=False)
    fits = whole / scale < LATEST / 10**9
    fraction = parts.to_series(1).fill_null("").str.pad_end(9, "0").cast(pl.Int64, strict=False)
    exact = digits * nanos + (fraction.fill_null(0) * nanos) // 10**9
    beyond = pl.Series([LATEST], dtype=pl.Int64)
    numbers = exact.zip_with(fits.fill_null(value=True), beyond.new_from_index(0, len(exact)))
    return numbers.set(whole / scale >= _SECONDS_LIMIT, None).cast(TIME)


def _without_year(
    texts: pl.Series, name: str, rules: SourceRules, received: dt.datetime
) -> pl.Series:
    """Return times with the year of the rules, or the latest at most a day after `received`."""
    if rules.year is not None:
        return _in_year(texts, name, rules, rules.year)
    latest = received + _DAY
    first = latest.astimezone(rules.zone).year
    found = _latest_in(texts, name, rules, (first, latest))
    texts = _fitting(texts.set(found.is_not_null(), None), name)
    for year in range(first - 1, first - _YEARS_BACK, -1):
        rows = (found.is_null() & texts.is_not_null()).arg_true()
        if rows.is_empty():
            break
        found = found.scatter(rows, _latest_in(texts.gather(rows), name, rules, (year, latest)))
    return found


def _fitting(texts: pl.Series, name: str) -> pl.Series:
    """Return the texts that fit the format in some year, null for the others."""
    if texts.null_count() == len(texts):
        return texts
    leap = ("2000 " + texts).str.to_datetime(f"%Y {name}", strict=False, time_unit="us")
    return texts.set(leap.is_null(), None)


def _latest_in(
    texts: pl.Series, name: str, rules: SourceRules, bound: tuple[int, dt.datetime]
) -> pl.Series:
    """Return the times in the year of `bound`, null where they are after its instant."""
    year, latest = bound
    tried = _in_year(texts, name, rules, year)
    return tried.set(tried.to_physical() > nanoseconds(latest), None)


def _in_year(texts: pl.Series, name: str, rules: SourceRules, year: int) -> pl.Series:
    return _in_utc(f"{year:04d} " + texts, f"%Y {name}", rules)


def _in_utc(texts: pl.Series, name: str, rules: SourceRules) -> pl.Series:
    coarse = _instants(texts, name, rules, "us")
    if "%.f" not in name:
        return held_times(coarse)
    held = coarse.cast(TIME, strict=False).is_not_null()
    fine = _instants(texts, name, rules, "ns")
    return fine.zip_with(held & (coarse.to_physical() >= 0), held_times(coarse))


def _instants(texts: pl.Series, name: str, rules: SourceRules, unit: Unit) -> pl.Series:
    parsed = texts.str.to_datetime(name, strict=False, time_unit=unit)
    if getattr(parsed.dtype, "time_zone", None) is None:
        parsed = parsed.dt.replace_time_zone(
            rules.zone.key, ambiguous="earliest", non_existent="null"
        )
    return parsed.dt.convert_time_zone("UTC")
