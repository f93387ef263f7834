"""Whether the scans of the settings' targets keep going: what the desk and the health page ask."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan.document import Plan
from playbooks.schedule.job import JobRow
from playbooks.schedule.ledger import is_stale
from situation.state.tables import Job, ScanRun
from soc_api.jobs.catalogue import SCAN_PREFIX
from soc_api.scan.run.asking import OPEN

LOST = dt.timedelta(minutes=10)
"""How long a run may be left by a scanner that died before somebody has to look."""

ScanFault = Literal["", "failed", "away", "lost", "late"]
FAULTS: tuple[ScanFault, ...] = ("failed", "away", "lost", "late")
"""What is wrong: the last run failed, its source is away, nobody goes on with it, or no run was
whole for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanState:
    """How the scans of one target stand. `age` is the time since the last whole one ended."""

    target: str
    age: dt.timedelta | None
    fault: ScanFault
    since: dt.datetime | None
    run_id: str


def scan_states(
    session: Session,
    targets: Collection[str],
    jobs: Sequence[JobRow],
    plan: Plan,
    now: dt.datetime,
) -> list[ScanState]:
    """Return how each target stands, in the order of their names."""
    if not targets:
        return []
    newest = {run.target: run for run in _newest(session, targets)}
    whole = _whole(session, targets)
    late = dict(_late(session, jobs, whole, plan, now))
    return [
        _state(target, newest.get(target), whole.get(target), late, now)
        for target in sorted(targets)
    ]


def _state(
    target: str,
    run: ScanRun | None,
    success: dt.datetime | None,
    late: Mapping[str, dt.datetime | None],
    now: dt.datetime,
) -> ScanState:
    fault, since = ("", None) if run is None else _fault(run, now)
    is_under_way = run is not None and run.state in OPEN and run.seen > 0
    if not fault and target in late and not is_under_way:
        fault, since = "late", late[target]
    return ScanState(
        target=target,
        age=None if success is None else now - success,
        fault=fault,
        since=since,
        run_id="" if run is None else run.id,
    )


def _fault(run: ScanRun, now: dt.datetime) -> tuple[ScanFault, dt.datetime | None]:
    if run.state == "failed":
        return "failed", run.ended_at
    if run.state == "resting" and run.error:
        return "away", run.started_at
    if run.state == "running" and run.lease_until is not None and run.lease_until < now - LOST:
        return "lost", run.lease_until
    return "", None


def _newest(session: Session, targets: Collection[str]) -> Iterator[ScanRun]:
    last = (
        sa.select(ScanRun.target, sa.func.max(ScanRun.asked_at).label("asked_at"))
        .where(ScanRun.target.in_(targets))
        .group_by(ScanRun.target)
        .subquery()
    )
    same = sa.and_(ScanRun.target == last.c.target, ScanRun.asked_at == last.c.asked_at)
    yield from session.scalars(sa.select(ScanRun).join(last, same).order_by(ScanRun.id))


def _whole(session: Session, targets: Collection[str]) -> dict[str, dt.datetime]:
    wanted = (
        sa.select(ScanRun.target, sa.func.max(ScanRun.ended_at))
        .where(ScanRun.target.in_(targets), ScanRun.state == "done")
        .group_by(ScanRun.target)
    )
    return {row[0]: row[1] for row in session.execute(wanted) if row[1] is not None}


def _late(
    session: Session,
    jobs: Sequence[JobRow],
    whole: Mapping[str, dt.datetime],
    plan: Plan,
    now: dt.datetime,
) -> Iterator[tuple[str, dt.datetime | None]]:
    """Yield scheduled targets without a whole scan for two of their slots; paused ones not."""
    paused = set(session.scalars(sa.select(Job.name).where(Job.paused_at.is_not(None))))
    for job in jobs:
        if not job.name.startswith(SCAN_PREFIX) or job.name in paused:
            continue
        target = job.name.removeprefix(SCAN_PREFIX)
        if is_stale(session, job, whole.get(target), plan, now):
            yield target, whole.get(target)
