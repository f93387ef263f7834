"""Incidents: opened from alerts of one intrusion, grown by later ones, graded by the plan."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.correlation import Entity
from playbooks.evidence import facts_told, merged
from playbooks.facts import Facts, parse_facts
from playbooks.flag import raised
from playbooks.grading import Grade, GradeClock, Regrade, grade, regrade
from playbooks.plan import Plan
from playbooks.plan.desk import Detector
from situation.assets import UNKNOWN
from situation.clock import CITY_ZONE
from situation.mirror import TOPIC
from situation.state.columns import JsonList
from situation.state.store import audit, send
from situation.state.tables import Alert, Incident, RunningClock

ACTOR = "system"
"""Who stands in the audit for what the platform does by itself."""

WITHDRAWN = "withdrawn"
"""State of a clock whose cause fell away; it stays visible."""

_KINDS_IN_TITLE = 4
_STICKY = ("follow_up_report_due", "related_incident", "notice_supplement_due")


def incident_id_of(opening: Alert) -> str:
    """Return the id of the incident that an alert opens, the same each time."""
    digest = hashlib.blake2b(f"incident\x1f{opening.id}".encode(), digest_size=4).hexdigest()
    return f"SJ-{opening.first_seen.astimezone(CITY_ZONE):%Y%m%d}-{digest}"


def open_incident(
    session: Session,
    plan: Plan,
    alerts: Sequence[Alert],
    entities: Iterable[Entity],
    now: dt.datetime,
) -> Incident:
    """Open the incident of `alerts` (oldest first), grade it and start its clocks.

    It counts as discovered `now`, when the platform learned of it.
    """
    opening = alerts[0]
    told = facts_told(plan, alerts, opening.drill_id)
    facts, sources = merged({}, {}, told)
    result = grade(plan, parse_facts(facts), now)
    incident = Incident(
        id=incident_id_of(opening),
        drill_id=opening.drill_id,
        level=result.level,
        reasons=_reasons(result),
        facts=facts,
        fact_sources=sources,
        discovered_at=now,
        created_at=now,
        status="open",
    )
    _describe(plan, incident, alerts, entities, now)
    incident.flags = _flags(plan, incident, result)
    session.add(incident)
    session.flush()
    _take(session, incident, alerts, now)
    _audit(session, incident, "incident.open", now, alerts=[alert.id for alert in alerts])
    _audit(session, incident, "incident.grade", now, level=result.level)
    _start(session, incident, result.clocks, now)
    return incident


def grow(
    session: Session,
    plan: Plan,
    incident: Incident,
    *,
    alerts: Sequence[Alert],
    joined: Sequence[Alert],
    entities: Iterable[Entity],
    now: dt.datetime,
) -> None:
    """Take `joined` into an open incident whose `alerts` (oldest first) they now belong to.

    The level may rise and never falls; clocks that run go on as they were.
    """
    _take(session, incident, joined, now)
    _audit(session, incident, "incident.grow", now, alerts=[alert.id for alert in joined])
    told = facts_told(plan, alerts, incident.drill_id)
    incident.facts, incident.fact_sources = merged(incident.facts, incident.fact_sources, told)
    _describe(plan, incident, alerts, entities, now)
    _regrade(session, plan, incident, parse_facts(incident.facts), now)


def mark(plan: Plan, incident: Incident, code: str) -> None:
    """Put a flag of the desk on an incident, once."""
    if all(_code(flag) != code for flag in incident.flags):
        incident.flags = [*incident.flags, raised(plan, code).document()]


def _regrade(
    session: Session, plan: Plan, incident: Incident, facts: Facts, now: dt.datetime
) -> None:
    clocks = session.scalars(
        sa.select(RunningClock).where(
            RunningClock.incident_id == incident.id, RunningClock.state != WITHDRAWN
        )
    ).all()
    running = [(clock.clock, clock.addressee) for clock in clocks]
    again = regrade(plan, facts, level=incident.level, running=running, at=now)
    _withdraw(session, incident, clocks, again, now)
    _start(session, incident, again.started, now)
    if again.grade.level < incident.level:
        change = {"before": incident.level, "after": again.grade.level}
        _audit(session, incident, "incident.regrade", now, **change)
    if again.grade.reasons[0].level <= again.grade.level:
        incident.reasons = _reasons(again.grade)
    incident.level = again.grade.level
    incident.flags = _flags(plan, incident, again.grade)


def _describe(
    plan: Plan,
    incident: Incident,
    alerts: Sequence[Alert],
    entities: Iterable[Entity],
    now: dt.datetime,
) -> None:
    kinds = list(dict.fromkeys(plan.detector(alert.category).key for alert in alerts))
    rows = [plan.detector(kind) for kind in kinds]
    if incident.host_ip is None or incident.department == UNKNOWN:
        victim = _victim(plan, alerts)
        incident.host_ip, incident.asset = victim.host_ip, victim.asset
        incident.department, incident.district = victim.department, victim.district
    incident.category = min(rows, key=lambda row: row.rank).sub_category
    incident.title_zh, incident.title_en = _title(incident, alerts[0], rows)
    incident.entities = [entity._asdict() for entity in sorted(set(entities))]
    incident.first_seen = min(alert.first_seen for alert in alerts)
    incident.last_seen = max(alert.last_seen for alert in alerts)
    incident.alert_count = len(alerts)
    incident.updated_at = now


def _victim(plan: Plan, alerts: Sequence[Alert]) -> Alert:
    hosts = [alert for alert in alerts if alert.host_ip is not None] or list(alerts)
    return min(
        hosts,
        key=lambda alert: (-alert.severity, plan.detector(alert.category).rank, alert.first_seen),
    )


def _title(incident: Incident, opening: Alert, rows: Sequence[Detector]) -> tuple[str, str]:
    known = incident.asset != UNKNOWN
    name = incident.asset if known else incident.host_ip or opening.subject
    gravest = sorted(rows, key=lambda row: row.rank)[:_KINDS_IN_TITLE]
    shown = [row for row in rows if row in gravest]
    zh, en = "、".join(row.zh for row in shown), ", ".join(row.en for row in shown)
    return f"{name}：{zh}", f"{name}: {en}"


def _reasons(result: Grade) -> JsonList:
    return [dataclasses.asdict(reason) for reason in result.reasons]


def _flags(plan: Plan, incident: Incident, result: Grade) -> JsonList:
    flags: JsonList = [flag.document() for flag in result.flags]
    if incident.department == UNKNOWN:
        flags.append(raised(plan, "department_unknown").document())
    there = {_code(flag) for flag in flags}
    kept = [flag for flag in incident.flags or [] if _code(flag) in _STICKY]
    return flags + [flag for flag in kept if _code(flag) not in there]


def _code(flag: object) -> object:
    return flag.get("code") if isinstance(flag, dict) else None


def _take(session: Session, incident: Incident, alerts: Sequence[Alert], now: dt.datetime) -> None:
    for alert in alerts:
        alert.incident_id, alert.updated_at = incident.id, now
        audit(
            session,
            now,
            ACTOR,
            "alert.fold",
            kind="alert",
            object_id=alert.id,
            incident_id=incident.id,
        )
        send(session, now, TOPIC, alert.id, {})


def _start(
    session: Session, incident: Incident, clocks: Iterable[GradeClock], now: dt.datetime
) -> None:
    for clock in clocks:
        if clock.started_at is None or clock.due_at is None:
            continue
        row = RunningClock(
            incident_id=incident.id,
            clock=clock.id,
            addressee=clock.addressee,
            addressee_en=clock.addressee_en,
            clause=f"{clock.instrument}{clock.clause}",
            limit_minutes=clock.limit_minutes,
            started_at=clock.started_at,
            due_at=clock.due_at,
        )
        session.add(row)
        due = clock.due_at.isoformat()
        _audit(
            session,
            incident,
            "clock.start",
            now,
            clock=clock.id,
            addressee=clock.addressee,
            due=due,
        )


def _withdraw(
    session: Session,
    incident: Incident,
    clocks: Sequence[RunningClock],
    again: Regrade,
    now: dt.datetime,
) -> None:
    for clock in clocks:
        key = (clock.clock, clock.addressee)
        if key in again.withdrawn and clock.state == "running":
            clock.state = WITHDRAWN
            _audit(session, incident, "clock.withdraw", now, clock=key[0], addressee=key[1])


def _audit(
    session: Session, incident: Incident, action: str, now: dt.datetime, **detail: object
) -> None:
    audit(session, now, ACTOR, action, kind="incident", object_id=incident.id, **detail)
