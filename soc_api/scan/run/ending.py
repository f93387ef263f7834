"""How a run ends or pauses: done, stopped, resting outside of its hours, away, failed."""

import datetime as dt

from sqlalchemy.orm import Session

from situation.faults import Fault
from situation.state.store import audit
from situation.state.tables import ScanRun

AWAY_WAIT = dt.timedelta(minutes=1)
MOST_AWAY = 60
"""Times that a source may be away before its run fails."""

AWAY = "source away"
"""What the times are counted as, until something is read again."""


def end(session: Session, run: ScanRun, now: dt.datetime) -> str:
    """End a run whose walk is whole."""
    run.total = run.seen
    return _over(session, run, "done", "scan.done", now)


def rest(session: Session, run: ScanRun, *, stopped: bool, now: dt.datetime) -> str:
    """Pause a run that may not read now; end one that somebody stopped."""
    if stopped:
        return _over(session, run, "stopped", "scan.stopped", now)
    run.state, run.owner, run.lease_until = "resting", None, None
    return run.state


def away(session: Session, run: ScanRun, fault: Fault, now: dt.datetime) -> str:
    """Let a run wait whose source is away; it fails when that lasts."""
    times = int(str(run.counts.get(AWAY, 0))) + 1
    run.counts, run.error = {**run.counts, AWAY: times}, str(fault)
    if times > MOST_AWAY:
        return fail(session, run, fault, now)
    run.state, run.owner, run.lease_until = "resting", None, now + AWAY_WAIT
    return run.state


def fail(session: Session, run: ScanRun, fault: Fault, now: dt.datetime) -> str:
    """End a run that cannot go on until somebody mends something."""
    run.error = str(fault)
    return _over(session, run, "failed", "scan.fail", now)


def _over(session: Session, run: ScanRun, state: str, action: str, now: dt.datetime) -> str:
    run.state, run.ended_at, run.owner, run.lease_until = state, now, None, None
    audit(
        session,
        now,
        "system",
        action,
        kind="scan",
        object_id=run.id,
        target=run.target,
        counts={**run.counts, "seen": run.seen, "untouched": run.untouched},
        error=run.error,
    )
    return state
