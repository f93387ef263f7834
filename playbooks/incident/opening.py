"""Incidents: opened from alerts of one intrusion, grown by later ones, graded by the plan."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from playbooks.correlation import Entity
from playbooks.evidence import facts_told, kind_of, merged
from playbooks.flag import raised
from playbooks.incident.revision import note
from playbooks.incident.standing import code_of, take_first_grade, take_grade
from playbooks.person import SYSTEM
from playbooks.plan import Plan
from playbooks.plan.desk import Detector
from situation.assets import UNKNOWN
from situation.clock import CITY_ZONE
from situation.mirror import TOPIC
from situation.state.store import audit, send
from situation.state.tables import Alert, Incident

ACTOR = SYSTEM.name
"""Who stands in the audit for what the platform does by itself."""

GROWN = "alerts_joined"
"""Reason of a rise by alerts that joined."""

_KINDS_IN_TITLE = 4


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
    facts, sources = merged({}, {}, facts_told(plan, alerts, opening.drill_id))
    incident = Incident(
        id=incident_id_of(opening),
        drill_id=opening.drill_id,
        reasons=[],
        flags=[],
        facts=facts,
        fact_sources=sources,
        discovered_at=now,
        created_at=now,
        stage="graded",
        status="open",
    )
    _describe(plan, incident, alerts, entities, now)
    ids = [alert.id for alert in alerts]
    note(session, incident, "incident.open", by=SYSTEM, now=now, alerts=ids)
    take_first_grade(session, plan, incident, now=now)
    _take(session, incident, alerts, now)
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
    ids = [alert.id for alert in joined]
    note(session, incident, "incident.grow", by=SYSTEM, now=now, alerts=ids)
    told = facts_told(plan, alerts, incident.drill_id)
    incident.facts, incident.fact_sources = merged(incident.facts, incident.fact_sources, told)
    _describe(plan, incident, alerts, entities, now)
    take_grade(session, plan, incident, reason=GROWN, by=SYSTEM, now=now)


def mark(plan: Plan, incident: Incident, code: str) -> None:
    """Put a flag of the desk on an incident, once."""
    if all(code_of(flag) != code for flag in incident.flags):
        incident.flags = [*incident.flags, raised(plan, code).document()]


def _describe(
    plan: Plan,
    incident: Incident,
    alerts: Sequence[Alert],
    entities: Iterable[Entity],
    now: dt.datetime,
) -> None:
    rows = _kinds(plan, alerts)
    if incident.host_ip is None or incident.department == UNKNOWN:
        victim = _victim(plan, alerts)
        incident.host_ip, incident.asset = victim.host_ip, victim.asset
        incident.department, incident.district = victim.department, victim.district
    gravest = min((kind_of(plan, alert) for alert in alerts), key=lambda kind: kind.rank)
    incident.category = gravest.sub_category
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
        key=lambda alert: (-alert.severity, kind_of(plan, alert).rank, alert.first_seen),
    )


def _title(incident: Incident, opening: Alert, rows: Sequence[Detector]) -> tuple[str, str]:
    known = incident.asset != UNKNOWN
    name = incident.asset if known else incident.host_ip or opening.subject
    gravest = sorted(rows, key=lambda row: row.rank)[:_KINDS_IN_TITLE]
    shown = [row for row in rows if row in gravest]
    zh, en = "、".join(row.zh for row in shown), ", ".join(row.en for row in shown)
    return f"{name}：{zh}", f"{name}: {en}"


def _kinds(plan: Plan, alerts: Iterable[Alert]) -> list[Detector]:
    found = [kind_of(plan, alert) for alert in alerts]
    return list({(kind.key, kind.sub_category): kind for kind in found}.values())


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
