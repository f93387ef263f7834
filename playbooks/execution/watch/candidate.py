"""Candidates: what has happened that may set off a trigger, as the audit and the clock tell."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.execution.cause import WARNING, Subject
from playbooks.execution.trigger import (
    CATEGORY,
    DETECTOR,
    GRADE,
    Event,
    event_of_clock,
    event_of_incident,
    event_of_period,
    event_of_warning,
    widest_minutes,
)
from playbooks.execution.watch.listener import Listener
from playbooks.incident.clocks import RUNNING
from playbooks.incident.machine import UNGRADED
from playbooks.plan import Plan
from situation.state.tables import Alert, AuditLine, CityWarning, Incident, RunningClock

RECENT = dt.timedelta(days=1)
"""How long ago something may have happened that still starts a playbook when it is found late."""

_OF_INCIDENTS = frozenset({GRADE, CATEGORY, DETECTOR})

WAKES: Mapping[str, frozenset[str]] = {
    "incident.grade": _OF_INCIDENTS,
    "incident.regrade": _OF_INCIDENTS,
    "incident.grow": frozenset({CATEGORY, DETECTOR}),
    "warning.issue": frozenset({WARNING}),
    "warning.adopt": frozenset({WARNING}),
}
"""Which kinds of trigger an audited action may set off."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that happened, and what it happened to.

    A playbook that was published after `over_at` does not start for it.
    """

    event: Event
    subject: Subject
    over_at: dt.datetime | None = None


def wakes_between(session: Session, position: int, after: int) -> dict[str, frozenset[str]]:
    """Return the kinds of trigger that lines of the audit set off, by the object they are about."""
    lines = session.execute(
        sa.select(AuditLine.object_id, AuditLine.action)
        .where(
            AuditLine.number > position,
            AuditLine.number <= after,
            AuditLine.action.in_(WAKES),
        )
        .order_by(AuditLine.number)
    ).all()
    wakes: dict[str, frozenset[str]] = {}
    for object_id, action in lines:
        wakes[object_id] = wakes.get(object_id, frozenset()) | WAKES[action]
    return wakes


def hot_wakes(session: Session, now: dt.datetime) -> dict[str, frozenset[str]]:
    """Return the same of incidents that are so young that they start playbooks at a first look."""
    hot = session.scalars(sa.select(Incident.id).where(Incident.created_at > now - RECENT))
    return dict.fromkeys(hot, _OF_INCIDENTS)


def candidates_of(
    session: Session,
    plan: Plan,
    wakes: Mapping[str, frozenset[str]],
    listeners: Sequence[Listener],
    now: dt.datetime,
) -> list[Candidate]:
    """Return what may set off a trigger: what wakes, clocks near their end, periods that hold."""
    return [
        *_incidents(session, wakes),
        *_warnings(session, plan, wakes),
        *_clocks(session, listeners, now),
        *_periods(plan, now),
    ]


def _incidents(session: Session, wakes: Mapping[str, frozenset[str]]) -> Iterator[Candidate]:
    incidents = session.scalars(
        sa.select(Incident)
        .where(Incident.id.in_(wakes), Incident.status == "open", Incident.stage.not_in(UNGRADED))
        .order_by(Incident.created_at, Incident.id)
    ).all()
    names = _alert_names(session, [incident.id for incident in incidents])
    for incident in incidents:
        event = event_of_incident(incident, names.get(incident.id, frozenset()), wakes[incident.id])
        yield Candidate(event, incident)


def _alert_names(session: Session, incident_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    rows = session.execute(
        sa.select(Incident.id, Alert.detector, Alert.category)
        .join(Alert, Alert.incident_id == Incident.id)
        .where(Incident.id.in_(incident_ids))
        .distinct()
    ).all()
    names: dict[str, frozenset[str]] = {}
    for incident_id, *both in rows:
        names[incident_id] = names.get(incident_id, frozenset()) | set(both)
    return names


def _warnings(session: Session, plan: Plan, wakes: Collection[str]) -> Iterator[Candidate]:
    issued = session.scalars(
        sa.select(CityWarning)
        .where(CityWarning.id.in_(wakes), CityWarning.state == "issued")
        .order_by(CityWarning.issued_at, CityWarning.id)
    ).all()
    for warning in issued:
        yield Candidate(event_of_warning(plan, warning), warning)


def _clocks(
    session: Session, listeners: Sequence[Listener], now: dt.datetime
) -> Iterator[Candidate]:
    minutes = widest_minutes(one.playbook for one in listeners)
    if minutes is None:
        return
    near = session.execute(
        sa.select(RunningClock, Incident)
        .join(Incident, Incident.id == RunningClock.incident_id)
        .where(
            RunningClock.state.in_((RUNNING, "missed")),
            RunningClock.due_at <= now + dt.timedelta(minutes=minutes),
            RunningClock.due_at > now - RECENT,
        )
        .order_by(RunningClock.due_at, RunningClock.id)
    ).all()
    for clock, incident in near:
        if clock.due_at is not None:
            event = event_of_clock(incident, clock, clock.due_at - now)
            yield Candidate(event, clock, clock.due_at)


def _periods(plan: Plan, now: dt.datetime) -> Iterator[Candidate]:
    for period in plan.heightened:
        if period.start <= now < period.end:
            yield Candidate(event_of_period(period), period)
