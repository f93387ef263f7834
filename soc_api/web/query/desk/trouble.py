"""What is broken of what acts by itself: jobs, scans, points, steps, undoings, runs."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan.document import Plan
from playbooks.schedule.job import JobRow
from playbooks.schedule.watch import stale
from situation.state.tables import MeasurePoint, PlaybookRun, StepRun, Task
from soc_api.scan.run.watch import ScanState, scan_states
from soc_api.web.query.incident.task import OPEN, TaskLine
from soc_api.web.query.measure import PATIENCE, UNSETTLED
from soc_api.web.query.scope import within
from soc_api.web.text import Text

FAILED_FOR = dt.timedelta(days=1)
"""How long a run that failed stays in sight."""
RUNS = "/playbooks/runs"
NAMED = 4
"""Names that a line gives; the rest are counted."""

KINDS = (
    "trouble_unsure",
    "trouble_undo",
    "trouble_point",
    "trouble_run",
    "trouble_scan",
    "trouble_job",
)
"""Keys of what can be broken, from the gravest on."""

Tone = Literal["soon", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One kind of thing that is broken: a key of the dictionary, how many, which, since when."""

    key: str
    tone: Tone = "late"
    count: int
    names: list[Text]
    since: dt.datetime | None = None
    link: str

    @property
    def shown(self) -> list[Text]:
        """The first of the names."""
        return self.names[:NAMED]


def troubles(
    session: Session,
    now: dt.datetime,
    drill_id: str | None,
    *,
    jobs: Sequence[JobRow],
    scans: Collection[str],
    plan: Plan,
) -> list[Trouble]:
    """Return what is broken, the gravest first; points, scans and jobs are of the city alone.

    `scans` names the targets of the scan.
    """
    found = [look(session, now, drill_id) for look in _LOOKS]
    if drill_id is None:
        states = scan_states(session, scans, jobs, plan, now)
        found += [_scans(states), _stale(session, jobs, plan, now)]
    return [trouble for trouble in found if trouble is not None]


def _unsure(session: Session, now: dt.datetime, drill_id: str | None) -> Trouble | None:
    _ = now
    rows = session.execute(
        sa.select(StepRun.run_id, StepRun.started_at)
        .join(PlaybookRun, PlaybookRun.id == StepRun.run_id)
        .where(within(PlaybookRun.drill_id, drill_id), StepRun.state == "unsure")
        .order_by(StepRun.started_at, StepRun.id)
    ).all()
    return _of_runs("trouble_unsure", [run for run, _ in rows], [at for _, at in rows])


def _undoing(session: Session, now: dt.datetime, drill_id: str | None) -> Trouble | None:
    _ = now
    rows = session.scalars(
        sa.select(Task)
        .where(within(Task.drill_id, drill_id), Task.state == OPEN, Task.kind == "undo_failed")
        .order_by(Task.opened_at, Task.id)
    ).all()
    if not rows:
        return None
    lines = [TaskLine(row=row, due=None) for row in rows]
    return Trouble(
        key="trouble_undo",
        count=len(rows),
        names=[line.title for line in lines],
        since=rows[0].opened_at,
        link=next((line.link for line in lines if line.link), RUNS),
    )


def _points(session: Session, now: dt.datetime, drill_id: str | None) -> Trouble | None:
    if drill_id is not None:
        return None
    rows = session.execute(
        sa.select(MeasurePoint.point, sa.func.min(MeasurePoint.changed_at))
        .where(
            MeasurePoint.error != "",
            MeasurePoint.state.in_(UNSETTLED),
            MeasurePoint.changed_at < now - PATIENCE,
        )
        .group_by(MeasurePoint.point)
        .order_by(MeasurePoint.point)
    ).all()
    if not rows:
        return None
    return Trouble(
        key="trouble_point",
        count=len(rows),
        names=[Text(point, point) for point, _ in rows],
        since=min(at for _, at in rows),
        link="/measures",
    )


def _failed(session: Session, now: dt.datetime, drill_id: str | None) -> Trouble | None:
    rows = session.execute(
        sa.select(PlaybookRun.id, PlaybookRun.ended_at)
        .where(
            within(PlaybookRun.drill_id, drill_id),
            PlaybookRun.state == "failed",
            PlaybookRun.ended_at > now - FAILED_FOR,
        )
        .order_by(PlaybookRun.ended_at, PlaybookRun.id)
    ).all()
    return _of_runs("trouble_run", [run for run, _ in rows], [at for _, at in rows])


def _stale(
    session: Session, jobs: Sequence[JobRow], plan: Plan, now: dt.datetime
) -> Trouble | None:
    lines = stale(session, jobs, plan, now)
    if not lines:
        return None
    return Trouble(
        key="trouble_job",
        count=len(lines),
        names=[Text(line.job.zh, line.job.en) for line in lines],
        since=min((line.last_success_at for line in lines if line.last_success_at), default=None),
        link=f"/jobs/{lines[0].job.name}" if len(lines) == 1 else "/jobs",
    )


def _scans(states: Sequence[ScanState]) -> Trouble | None:
    broken = [state for state in states if state.fault]
    if not broken:
        return None
    only = broken[0].run_id if len(broken) == 1 else ""
    return Trouble(
        key="trouble_scan",
        count=len(broken),
        names=[Text(state.target, state.target) for state in broken],
        since=min((state.since for state in broken if state.since), default=None),
        link=f"/data/scans/{only}" if only else "/data/scans",
    )


def _of_runs(key: str, runs: Sequence[str], times: Sequence[dt.datetime | None]) -> Trouble | None:
    if not runs:
        return None
    names = list(dict.fromkeys(runs))
    return Trouble(
        key=key,
        count=len(runs),
        names=[Text(name, name) for name in names],
        since=times[0],
        link=f"{RUNS}/{names[0]}" if len(names) == 1 else RUNS,
    )


_LOOKS: tuple[Callable[[Session, dt.datetime, str | None], Trouble | None], ...] = (
    _unsure,
    _undoing,
    _points,
    _failed,
)
"""From the gravest on: nobody knows what happened, it holds though it should not, and so on."""
