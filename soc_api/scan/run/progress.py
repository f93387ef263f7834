"""How far a scan is: share, rate and the time that it still takes."""

import datetime as dt
from dataclasses import dataclass

from situation.state.tables import ScanRun

_SETTLED_SECONDS = 5.0
"""Before this the rate says nothing."""


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """`share` is 0 to 1, None while the resources are counted. `remaining` is an estimate."""

    seen: int
    total: int | None
    share: float | None
    octets: int
    resources_per_second: float
    octets_per_second: float
    remaining: dt.timedelta | None


def progress_of(run: ScanRun, now: dt.datetime) -> ScanProgress:
    """Return how far a run is at `now`; of one that is over, how it was."""
    end = run.ended_at or now
    elapsed = (end - run.started_at).total_seconds() if run.started_at else 0.0
    rate = run.seen / elapsed if elapsed > 0 else 0.0
    share = None if run.total is None else min(1.0, run.seen / max(run.total, 1))
    left = max(0, (run.total or 0) - run.seen)
    is_known = run.total is not None and rate > 0 and elapsed >= _SETTLED_SECONDS
    remaining = dt.timedelta(seconds=left / rate) if is_known and run.ended_at is None else None
    return ScanProgress(
        seen=run.seen,
        total=run.total,
        share=1.0 if run.state == "done" else share,
        octets=run.octets,
        resources_per_second=rate,
        octets_per_second=run.octets / elapsed if elapsed > 0 else 0.0,
        remaining=remaining,
    )
