"""The overview: the same figures as the summary of the command line, and what waits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Alert, Capture
from soc_api.summary import losses
from soc_api.web.query import alert, due
from soc_api.web.query.alert import AlertFilter, AlertLine
from soc_api.web.query.due import Due
from soc_api.web.query.incident import record as incident
from soc_api.web.query.incident.approval import Approval, approvals
from soc_api.web.query.incident.task import TaskLine, open_count, open_tasks
from soc_api.web.query.notice import record
from soc_api.web.query.scope import within
from soc_api.web.term import UNKNOWN

CLOCKS_SHOWN = 8
QUEUE_SHOWN = 8
TASKS_SHOWN = 8
DEPARTMENTS_SHOWN = 6
CAPTURES_SHOWN = 5
BINS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Alerts over time in `BINS` equal parts, severe ones beside all; None without alerts."""

    start: dt.datetime
    end: dt.datetime
    all_alerts: list[int]
    severe: list[int]

    @property
    def bin_seconds(self) -> float:
        """How long a bin is."""
        return (self.end - self.start).total_seconds() / BINS

    @property
    def middle(self) -> dt.datetime:
        """The time halfway."""
        return self.start + (self.end - self.start) / 2

    @property
    def most(self) -> int:
        """The tallest bin."""
        return max(self.all_alerts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """What the overview shows."""

    packets: int
    octets: int
    flows: int
    losses: list[tuple[str, int]]
    captures: list[Capture]
    capture_count: int
    alerts: int
    open_alerts: int
    severities: dict[int, int]
    open_severities: dict[int, int]
    departments: list[tuple[str, int]]
    unknown_department: int
    incidents: int
    levels: dict[int, int]
    notices: dict[str, int]
    clocks: list[Due]
    clock_count: int
    approvals: list[Approval]
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
        return self.unknown_department / self.alerts if self.alerts else None


def desk_view(session: Session, now: dt.datetime, drill_id: str | None) -> DeskView:
    """Read the overview of the city, or of one drill."""
    everything = AlertFilter(drill_id=drill_id, status="all")
    queue = AlertFilter(drill_id=drill_id)
    captures = session.scalars(
        sa.select(Capture)
        .where(within(Capture.drill_id, drill_id))
        .order_by(Capture.replayed_at.desc(), Capture.id)
    ).all()
    departments = alert.by_value(session, everything, Alert.department)
    running = due.running(session, drill_id, now)
    severities = alert.by_severity(session, everything)
    return DeskView(
        packets=sum(capture.packets for capture in captures),
        octets=sum(capture.bytes for capture in captures),
        flows=sum(capture.flows for capture in captures),
        losses=_losses(captures),
        captures=list(captures[:CAPTURES_SHOWN]),
        capture_count=len(captures),
        alerts=sum(severities.values()),
        open_alerts=alert.count(session, queue),
        severities=severities,
        open_severities=alert.by_severity(session, queue),
        departments=departments[:DEPARTMENTS_SHOWN],
        unknown_department=dict(departments).get(UNKNOWN, 0),
        incidents=incident.counts(session, drill_id)["all"],
        levels=incident.levels(session, drill_id),
        notices=record.counts(session, now, drill_id),
        clocks=running[:CLOCKS_SHOWN],
        clock_count=len(running),
        approvals=approvals(session, drill_id, now),
        tasks=open_tasks(session, drill_id, now)[:TASKS_SHOWN],
        task_count=open_count(session, drill_id),
        queue=alert.alert_page(session, queue, page=1).lines[:QUEUE_SHOWN],
        timeline=_timeline(session, everything),
    )


def _losses(captures: Sequence[Capture]) -> list[tuple[str, int]]:
    totals: dict[str, int] = {}
    for capture in captures:
        for reason, amount in losses(capture.counters).items():
            totals[reason] = totals.get(reason, 0) + amount
    return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))


def _timeline(session: Session, wanted: AlertFilter) -> Timeline | None:
    seen = session.execute(
        sa.select(Alert.last_seen, Alert.severity).where(*alert.conditions(wanted))
    ).all()
    if not seen:
        return None
    times = [at for at, _ in seen]
    start, end = min(times), max(times)
    width = max((end - start) / BINS, dt.timedelta(minutes=1))
    bins, severe = [0] * BINS, [0] * BINS
    for at, severity in seen:
        place = min(int((at - start) / width), BINS - 1)
        bins[place] += 1
        severe[place] += severity in alert.SEVERE
    return Timeline(start=start, end=start + width * BINS, all_alerts=bins, severe=severe)
