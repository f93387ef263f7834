"""Claiming runs: one scanner has a run under a lease, and another goes on once it has passed."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.faults import Conflict
from situation.settings import Settings
from situation.state.tables import ScanRun
from soc_api.scan.run.hours import may_read

LEASE = dt.timedelta(seconds=60)


def is_due(session: Session, owner: str, now: dt.datetime) -> bool:
    """Tell whether a scanner might find a run; reads alone."""
    return session.scalar(sa.select(sa.exists().where(_free(owner, now)))) is True


def claim_run(session: Session, settings: Settings, owner: str, now: dt.datetime) -> ScanRun | None:
    """Take the run that waits longest and may read now; None where there is none.

    `owner` is the same after a restart, so that what it held when it died it takes back at once.
    """
    wanted = sa.select(ScanRun).where(_free(owner, now)).order_by(ScanRun.asked_at)
    for run in session.scalars(wanted.with_for_update(skip_locked=True)):
        if may_read(hours_of(settings, run), now):
            run.state, run.owner, run.lease_until = "running", owner, now + LEASE
            run.started_at = run.started_at or now
            return run
    return None


def mine(session: Session, run_id: str, owner: str) -> ScanRun:
    """Return a run that is still held; raise `Conflict` if another scanner took it meanwhile."""
    run = session.get(ScanRun, run_id, with_for_update=True)
    if run is None or run.state != "running" or run.owner != owner:
        raise Conflict("the lease of the scan was lost", where=run_id)
    return run


def hours_of(settings: Settings, run: ScanRun) -> str:
    """Return the hours of a run's target; a scan by hand has none."""
    target = settings.scans.get(run.target)
    return target.hours if target else ""


def _free(owner: str, now: dt.datetime) -> "sa.ColumnElement[bool]":
    is_free = sa.or_(ScanRun.lease_until.is_(None), ScanRun.lease_until < now)
    is_lost = sa.or_(ScanRun.owner == owner, is_free)
    return sa.or_(
        sa.and_(ScanRun.state.in_(("waiting", "resting")), is_free),
        sa.and_(ScanRun.state == "running", is_lost),
    )
