"""The docket of an incident: everything that the desk knows of it, as text or as JSON."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.clock import CITY_ZONE
from situation.faults import Malformed
from situation.state.tables import GradeChange, Incident, Notice, Report, RunningClock, Task
from soc_api.summary import LEVELS, because

Held = TypeVar("Held", RunningClock, GradeChange, Report, Task, Notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """An incident with its clocks, changes of level, reports, tasks and notices."""

    incident: Incident
    clocks: Sequence[RunningClock]
    changes: Sequence[GradeChange]
    reports: Sequence[Report]
    tasks: Sequence[Task]
    notices: Sequence[Notice]

    def document(self) -> dict[str, object]:
        """Return the docket as JSON; times in ISO 8601."""
        incident = self.incident
        return brief(incident) | {
            "reasons": incident.reasons,
            "facts": incident.facts,
            "fact_sources": incident.fact_sources,
            "flags": incident.flags,
            "clocks": [_clock(row) for row in self.clocks],
            "changes": [_change(row) for row in self.changes],
            "reports": [
                {"id": row.id, "kind": row.kind, "number": row.number, "state": row.state}
                for row in self.reports
            ],
            "tasks": [
                {"id": row.id, "kind": row.kind, "state": row.state, "due": _iso(row.due_at)}
                for row in self.tasks
            ],
            "notices": [
                {"id": row.id, "number": row.number, "status": row.status} for row in self.notices
            ],
        }

    def lines(self) -> Iterator[str]:
        """Yield the docket as lines for a terminal."""
        incident = self.incident
        numeral, zh, en = LEVELS[incident.level]
        yield f"Incident  {incident.id}  {incident.title_zh}"
        yield f"Level     {numeral} {zh} ({en}), {incident.stage}"
        for reason in incident.reasons:
            if isinstance(reason, dict):
                yield f"Because   {because(reason)}"
        for clock in self.clocks:
            yield f"Clock     {clock.clock}: {clock.addressee_en}, {_standing(clock)}"
        for change in self.changes:
            yield (
                f"Change    {change.id}: {change.before} to {change.after}, {change.state}, "
                f"by {change.asked_by}{f': {change.reason}' if change.reason else ''}"
            )
        for report in self.reports:
            yield f"Report    no. {report.number} {report.kind}, {report.state}"
        for task in self.tasks:
            due = f", due {_local(task.due_at)}" if task.due_at else ""
            yield f"Task      {task.title_en}, {task.state}{due}"
        for notice in self.notices:
            yield f"Notice    {notice.number} to {notice.department}, {notice.status}"


def docket(session: Session, incident_id: str) -> Docket:
    """Return the docket; raise `Malformed` where there is no such incident."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise Malformed("there is no such incident", where=incident_id)
    return Docket(
        incident=incident,
        clocks=_of(session, RunningClock, RunningClock.incident_id == incident.id),
        changes=_of(session, GradeChange, GradeChange.incident_id == incident.id),
        reports=_of(session, Report, Report.incident_id == incident.id),
        tasks=_of(session, Task, Task.object_kind == "incident", Task.object_id == incident.id),
        notices=_of(session, Notice, Notice.incident_id == incident.id),
    )


def brief(row: Incident) -> dict[str, object]:
    """Return what a list says of an incident, as JSON."""
    return {
        "id": row.id,
        "drill": row.drill_id,
        "title": {"zh": row.title_zh, "en": row.title_en},
        "level": row.level,
        "stage": row.stage,
        "status": row.status,
        "category": row.category,
        "department": row.department,
        "discovered_at": _iso(row.discovered_at),
        "response_ended_at": _iso(row.response_ended_at),
        "alert_count": row.alert_count,
        "version": row.version,
    }


def _of(session: Session, table: type[Held], *conditions: sa.ColumnElement[bool]) -> Sequence[Held]:
    return session.scalars(sa.select(table).where(*conditions).order_by(table.id)).all()


def _clock(row: RunningClock) -> dict[str, object]:
    return {
        "id": row.clock,
        "addressee": row.addressee,
        "state": row.state,
        "started": _iso(row.started_at),
        "due": _iso(row.due_at),
        "met": _iso(row.met_at),
        "missed": _iso(row.missed_at),
        "history": row.history,
    }


def _change(row: GradeChange) -> dict[str, object]:
    return {
        "id": row.id,
        "before": row.before,
        "after": row.after,
        "state": row.state,
        "reason": row.reason,
        "asked_by": row.asked_by,
        "decided_by": row.decided_by,
    }


def _standing(row: RunningClock) -> str:
    if row.due_at is None:
        return f"waits for {row.start}"
    met = f", met {_local(row.met_at)}" if row.met_at else ""
    return f"{row.state}, due {_local(row.due_at)}{met}"


def _iso(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def _local(at: dt.datetime) -> str:
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
