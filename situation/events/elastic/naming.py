"""Names of the indices: `<prefix>-<dataset>-<YYYY.MM.DD>`."""

import datetime as dt
import re

import polars as pl

from situation.events.instant import DAY, day_of
from situation.events.intake import day_expression
from situation.events.store import Rejection

DAYS = 400
"""Days that the rows of one batch may have; a year's log and its late rows fit."""

_INDEX = re.compile(r"(?P<dataset>.+)-(?P<year>\d{4})\.(?P<month>\d\d)\.(?P<day>\d\d)")


def index_of(prefix: str, dataset: str, day: int) -> str:
    """Return the index of a day, given as its number since 1970."""
    return f"{prefix}-{dataset}-{day_of(day * DAY):%Y.%m.%d}"


def named(prefix: str, index: str) -> tuple[str, dt.date] | None:
    """Return dataset and day of an index, None for one that is not ours."""
    match = _INDEX.fullmatch(index.removeprefix(f"{prefix}-"))
    if match is None:
        return None
    try:
        return match["dataset"], dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def pattern(prefix: str, dataset: str) -> list[str]:
    """Return what stands for all indices of a dataset in a request."""
    # Days have no hyphen, so the exclusion keeps out datasets whose names begin alike.
    return [f"{prefix}-{dataset}-*", f"-{prefix}-{dataset}-*-*"]


def within_days(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Rejection]]:
    """Return the rows by their day, without those of too many days, and these refused."""
    numbered = frame.with_columns(day_expression().alias(_DAY)).sort(_DAY, maintain_order=True)
    sizes = numbered.group_by(_DAY).len()
    if sizes.height > DAYS:
        kept = sizes.sort("len", _DAY, descending=True).head(DAYS).select(_DAY)
        beyond = numbered.join(kept, on=_DAY, how="anti")
        numbered = numbered.join(kept, on=_DAY, how="semi", maintain_order="left")
    else:
        beyond = numbered.clear()
    why = f"the batch has more than {DAYS} days"
    return numbered.drop(_DAY), [Rejection(event_id, why) for event_id in beyond["event.id"]]


_DAY = "_day"
