"""Asking for scans: a row that the scanner takes. One run of a target at a time."""

import datetime as dt
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.revision import as_seen
from situation.state.store import audit
from situation.state.tables import ScanRun
from soc_api.scan.target import Target

OPEN = ("waiting", "running", "resting")
"""States of a run that is not over."""

CLOCK = "clock"


def ask_scan(
    session: Session, target: Target, *, by: Person | None, now: dt.datetime, audited: bool = True
) -> ScanRun:
    """Ask for a scan of a target; `by` None is the clock.

    Raises `Refusal` with code `scan_open` while one of the same target is not over.
    """
    if running_scan(session, target.name) is not None:
        raise Refusal("scan_open", "a scan of it is under way already", where=target.name)
    run = ScanRun(
        id=secrets.token_hex(8),
        target=target.name,
        location=target.location,
        department=target.settings.department,
        zone=target.settings.zone,
        asked_by=by.name if by else CLOCK,
        asked_at=now,
        counts={},
    )
    session.add(run)
    if audited:
        _say(session, run, "scan.ask", by.name if by else CLOCK, now)
    return run


def stop_scan(
    session: Session, run_id: str, *, by: Person, expected_version: int, now: dt.datetime
) -> ScanRun:
    """Have a scan stop; the scanner ends it after the resource that it is at.

    Raises `Refusal` with code `scan_over` where it is over already.
    """
    run = as_seen(session, ScanRun, run_id, expected_version)
    if run.state not in OPEN:
        raise Refusal("scan_over", "it is over already", where=run_id)
    run.stop_asked = True
    if run.state != "running":
        run.state, run.ended_at = "stopped", now
    _say(session, run, "scan.stop", by.name, now)
    return run


def running_scan(session: Session, target: str) -> ScanRun | None:
    """Return the run of a target that is not over; None where there is none."""
    wanted = sa.select(ScanRun).where(ScanRun.target == target, ScanRun.state.in_(OPEN))
    return session.scalars(wanted.limit(1)).first()


def _say(session: Session, run: ScanRun, action: str, who: str, now: dt.datetime) -> None:
    audit(
        session,
        now,
        who,
        action,
        kind="scan",
        object_id=run.id,
        target=run.target,
        location=run.location,
        department=run.department,
    )
