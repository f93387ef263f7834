"""What a detector is: a pure function from columns of the past to claims."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from situation.assets import Assets
from situation.claim import Claim
from situation.events.filter import Filter

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

Found = dict[str, Any]
"""A row of what a detector found, by column; it lives only until its claim is written."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows to judge: their starts (ascending, aligned to the epoch) and their length."""

    starts: tuple[dt.datetime, ...]
    length: dt.timedelta

    @property
    def until(self) -> dt.datetime:
        """Return the end of the last window."""
        return self.starts[-1] + self.length

    def of(self, time: str = "@timestamp") -> pl.Expr:
        """Return the start of the window that the column `time` falls into."""
        return pl.col(time).dt.truncate(f"{int(self.length.total_seconds())}s")

    def judged(self, window: str = "window") -> pl.Expr:
        """Tell whether the column `window` is one of those to judge; the rest is look-back."""
        starts = pl.Series(self.starts, dtype=pl.Datetime("ns", "UTC"))
        return pl.col(window).is_in(starts.implode())


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an inspection gave: the claims, ordered by window, then subject.

    `cold` counts judged windows about which nothing could be said for want of history.
    """

    claims: tuple[Claim, ...] = ()
    cold: int = 0


class Detector(Protocol):
    """A detector over one dataset (`flow`, `dns` or `log`).

    `inspect` is given the columns `columns` of the documents that match `where`, from `lookback`
    before the first window to the end of the last one, in any order. It claims for the judged
    windows only, at most one claim per subject and window, and says the same for the same rows.
    Later records of a flow hold only what was added, under the same `citywatch.flow.id`.
    """

    @property
    def name(self) -> str:
        """Name of the detector, the `rule.name` of its alerts."""
        ...

    @property
    def version(self) -> int:
        """Version; a change of what is claimed raises it."""
        ...

    @property
    def dataset(self) -> str:
        """Dataset that it reads: `flow`, `dns` or `log`."""
        ...

    @property
    def window(self) -> dt.timedelta:
        """Length of its windows."""
        ...

    @property
    def lookback(self) -> dt.timedelta:
        """How far before a window it reads for what is usual."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that it needs."""
        ...

    @property
    def where(self) -> Filter | None:
        """Filter of the rows that it needs, None for all."""
        ...

    def inspect(self, frame: pl.DataFrame, windows: Windows, assets: Assets) -> Inspection:
        """Return the claims of the judged windows."""
        ...
