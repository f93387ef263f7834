"""The overview: the same figures as the summary of the command line, and what waits."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan.document import Plan
from playbooks.schedule.job import JobRow
from situation.state.tables import Capture
from soc_api.summary import losses
from soc_api.web.query import due
from soc_api.web.query.alert import AlertFilter, AlertLine, gravest
from soc_api.web.query.desk.approval import Decision, decisions
from soc_api.web.query.desk.tally import Tally, Timeline, tally, timeline
from soc_api.web.query.desk.trouble import Trouble, troubles
from soc_api.web.query.due import Due
from soc_api.web.query.incident import record as incident
from soc_api.web.query.incident.task import TaskLine, open_count, open_tasks
from soc_api.web.query.notice import record
from soc_api.web.query.scope import within
from soc_api.web.term import UNKNOWN

CLOCKS_SHOWN = 8
QUEUE_SHOWN = 8
TASKS_SHOWN = 8
DEPARTMENTS_SHOWN = 6
CAPTURES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """What the overview shows."""

    packets: int
    octets: int
    flows: int
    losses: list[tuple[str, int]]
    captures: list[Capture]
    capture_count: int
    tally: Tally
    levels: dict[int, int]
    notices: dict[str, int]
    clocks: list[Due]
    clock_count: int
    troubles: list[Trouble]
    decisions: list[Decision]
    tasks: list[TaskLine]
    task_count: int
    queue: list[AlertLine]
    timeline: Timeline | None

    @property
    def lost(self) -> int:
        """Everything that was dropped, whatever the reason."""
        return sum(amount for _, amount in self.losses)

    @property
    def unknown_share(self) -> float | None:
        """Share of the alerts whose department is unknown; None without alerts."""
        amount = dict(self.tally.departments).get(UNKNOWN, 0)
        return amount / self.tally.all_alerts if self.tally.all_alerts else None

    @property
    def departments(self) -> list[tuple[str, int]]:
        """The departments with the most alerts."""
        return self.tally.departments[:DEPARTMENTS_SHOWN]


def desk_view(
    session: Session,
    now: dt.datetime,
    drill_id: str | None,
    *,
    jobs: Sequence[JobRow],
    scans: Collection[str],
    plan: Plan,
) -> DeskView:
    """Read the overview of the city, or of one drill."""
    everything = AlertFilter(drill_id=drill_id, status="all")
    captures = session.scalars(
        sa.select(Capture)
        .where(within(Capture.drill_id, drill_id))
        .order_by(Capture.replayed_at.desc(), Capture.id)
    ).all()
    running = due.running(session, drill_id, now)
    return DeskView(
        packets=sum(capture.packets for capture in captures),
        octets=sum(capture.bytes for capture in captures),
        flows=sum(capture.flows for capture in captures),
        losses=_losses(captures),
        captures=list(captures[:CAPTURES_SHOWN]),
        capture_count=len(captures),
        tally=tally(session, everything),
        levels=incident.levels(session, drill_id),
        notices=record.counts(session, now, drill_id),
        clocks=running[:CLOCKS_SHOWN],
        clock_count=len(running),
        troubles=troubles(session, now, drill_id, jobs=jobs, scans=scans, plan=plan),
        decisions=decisions(session, drill_id, now),
        tasks=open_tasks(session, drill_id, now)[:TASKS_SHOWN],
        task_count=open_count(session, drill_id),
        queue=gravest(session, AlertFilter(drill_id=drill_id), QUEUE_SHOWN),
        timeline=timeline(session, everything),
    )


def _losses(captures: Sequence[Capture]) -> list[tuple[str, int]]:
    totals: dict[str, int] = {}
    for capture in captures:
        for reason, amount in losses(capture.counters).items():
            totals[reason] = totals.get(reason, 0) + amount
    return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
