"""Alerts that grave findings raise: one for a target, a department, a rule and a run.

An alert counts what its run found, its evidence are ids of findings. What is restricted is said
as a number alone: neither target nor path nor mark.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.correlation import Entity
from playbooks.directory import department_of
from playbooks.finding.rule import OUTSIDE, Rule, rule_of
from playbooks.incident.machine import INCIDENT
from playbooks.incident.opening import ACTOR, grow
from playbooks.plan import Plan
from situation.assets import UNKNOWN
from situation.claim import Reason
from situation.content.kind import KINDS
from situation.events.dataset import FINDING
from situation.mirror import TOPIC
from situation.state.columns import JsonObject
from situation.state.store import audit, send
from situation.state.tables import Alert, DataFinding, Incident, ScannedResource

MOST_EVIDENCE = 50
RUN = "scan"
"""Indicator that names the run, by which alerts of one scan fold into one incident."""

CLOSED = "closed"
_SEVERITY = {0: 4, 1: 4, 2: 3}
"""Severity of an alert by that of its gravest finding; from 3 on it opens an incident."""
_LOWEST = 2
_COUNTED = ("persons", "sensitive_persons")
"""Indicators that tell the grader how many persons' data are out."""
_AT_ONCE = 200
"""Sketches that are held at once."""

Sighted = tuple[DataFinding, ScannedResource]
"""A finding that a scan sees, and its resource."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Findings of one target, department, rule and run; restricted ones stand apart."""

    target: str
    department: str
    rule: Rule
    restricted: bool
    run_id: str

    @property
    def alert_id(self) -> str:
        parts = (self.target, self.department, self.rule.key, str(self.restricted), self.run_id)
        named = "\x1f".join(("finding", *parts))
        return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()

    @property
    def link(self) -> str:
        # What is restricted does not fold together with what everybody sees.
        return f"{self.run_id} restricted" if self.restricted else self.run_id


def raise_alerts(
    session: Session, sighted: Sequence[Sighted], *, run_id: str, now: dt.datetime
) -> list[str]:
    """Raise the alerts of findings that are new or came back; return their ids.

    One that somebody closed meanwhile stays as it is.
    """
    groups: dict[_Group, list[Sighted]] = {}
    for finding, scanned in sighted:
        group = _Group(
            finding.target,
            finding.department,
            rule_of(finding.rule),
            finding.restricted,
            run_id,
        )
        groups.setdefault(group, []).append((finding, scanned))
    for group, together in groups.items():
        _upsert(session, group, together, now)
    return [group.alert_id for group in groups]


def count_alerts(
    session: Session,
    plan: Plan,
    *,
    target: str,
    run_id: str,
    count_persons: Callable[[Iterable[bytes]], int] | None,
    now: dt.datetime,
) -> None:
    """Bring the alerts of a run up to date at its end: each person once, however many copies.

    An incident that took one in meanwhile is graded again by what it tells now.
    """
    mine = sa.select(DataFinding.alert_id).where(
        DataFinding.target == target, DataFinding.last_run_id == run_id
    )
    wanted = sa.select(Alert).where(Alert.id.in_(mine.distinct()), Alert.status != CLOSED)
    alerts = session.scalars(wanted.order_by(Alert.id)).all()
    for alert in [each for each in alerts if each.indicators.get("run") == run_id]:
        if count_persons is not None:
            _count_again(session, alert, count_persons, now)
    for incident_id in sorted({alert.incident_id for alert in alerts if alert.incident_id}):
        _grow(session, plan, incident_id, now)


def is_leak(finding: DataFinding, zone: str, *, anonymous: bool) -> bool:
    """Tell whether the data of a finding are out, not only badly kept."""
    reachable = zone in OUTSIDE or anonymous
    return rule_of(finding.rule).leaks or (reachable and finding.rule in ("V02", "V05", "V09"))


def _upsert(session: Session, group: _Group, together: Sequence[Sighted], now: dt.datetime) -> None:
    alert = session.get(Alert, group.alert_id)
    action = "alert.update" if alert else "alert.create"
    if alert is None:
        alert = _made(session, group, now)
        session.add(alert)
    for finding, _ in together:
        finding.alert_id = alert.id
    if alert.status == CLOSED:
        return
    ids = [finding.id for finding, _ in together]
    fresh = [key for key in ids if key not in alert.evidence]
    if action == "alert.update" and not fresh:
        return
    alert.evidence = [*alert.evidence, *fresh][:MOST_EVIDENCE]
    alert.event_count += len(fresh)
    gravest = min(finding.severity for finding, _ in together)
    alert.severity = max(alert.severity, _SEVERITY.get(gravest, _LOWEST))
    alert.last_seen = alert.window_end = alert.updated_at = now
    _tell_persons(alert, _largest(together))
    _say(alert, group)
    _tell(session, alert, action, now)


def _made(session: Session, group: _Group, now: dt.datetime) -> Alert:
    known = department_of(session, group.department) if group.department else None
    department = group.department or UNKNOWN
    return Alert(
        id=group.alert_id,
        detector=group.rule.detector,
        detector_version=1,
        category=group.rule.detector,
        technique=group.rule.technique,
        subject=department if group.restricted else f"{group.target} {group.rule.key}",
        window_start=now,
        window_end=now,
        first_seen=now,
        last_seen=now,
        severity=_LOWEST,
        score=1.0,
        reasons=[],
        evidence=[],
        evidence_dataset=FINDING,
        event_count=0,
        indicators={RUN: group.link, "run": group.run_id},
        asset=UNKNOWN if group.restricted else group.target,
        department=department,
        district=(known.district if known else "") or UNKNOWN,
        role=UNKNOWN,
        status="open",
        created_at=now,
        updated_at=now,
    )


def _largest(together: Sequence[Sighted]) -> dict[str, int]:
    counts = dict.fromkeys(_COUNTED, 0)
    for finding, scanned in together:
        is_open = _is_open(scanned.exposure)
        if finding.restricted or not is_leak(finding, scanned.zone, anonymous=is_open):
            continue
        counts["persons"] = max(counts["persons"], finding.persons)
        if _is_sensitive(finding):
            counts["sensitive_persons"] = max(counts["sensitive_persons"], finding.persons)
    return counts


def _is_sensitive(finding: DataFinding) -> bool:
    return any(KINDS[str(key)].sensitive for key in finding.kinds if key in KINDS)


def _tell_persons(alert: Alert, counts: dict[str, int]) -> None:
    known = {name: int(str(alert.indicators.get(name, 0))) for name in _COUNTED}
    told = {name: str(max(count, known[name])) for name, count in counts.items()}
    new = {name: count for name, count in told.items() if count != "0"}
    if new:
        alert.indicators = {**alert.indicators, **new}


def _count_again(
    session: Session,
    alert: Alert,
    count_persons: Callable[[Iterable[bytes]], int],
    now: dt.datetime,
) -> None:
    before = dict(alert.indicators)
    for name in _COUNTED:
        if name in alert.indicators:
            sketches = _sketches(session, alert, only_sensitive=name != "persons")
            _tell_persons(alert, {name: count_persons(sketches)})
    if alert.indicators != before:
        _say(alert, _group_of(session, alert))
        alert.updated_at = now
        _tell(session, alert, "alert.update", now)


def _group_of(session: Session, alert: Alert) -> _Group:
    mine = sa.select(DataFinding).where(DataFinding.alert_id == alert.id).limit(1)
    one = session.scalars(mine).one()
    run_id = str(alert.indicators["run"])
    restricted = alert.indicators[RUN] != run_id
    return _Group(one.target, one.department, rule_of(one.rule), restricted, run_id)


def _sketches(session: Session, alert: Alert, *, only_sensitive: bool) -> Iterator[bytes]:
    pairs = (
        sa.select(
            DataFinding, ScannedResource.sketch, ScannedResource.zone, ScannedResource.exposure
        )
        .join(ScannedResource, ScannedResource.id == DataFinding.resource_id)
        .where(DataFinding.alert_id == alert.id)
    )
    for finding, sketch, zone, exposure in session.execute(
        pairs.execution_options(yield_per=_AT_ONCE)
    ):
        wanted = not only_sensitive or _is_sensitive(finding)
        if sketch and wanted and is_leak(finding, zone, anonymous=_is_open(exposure)):
            yield sketch


def _is_open(exposure: JsonObject) -> bool:
    return bool(exposure.get("anonymous"))


def _grow(session: Session, plan: Plan, incident_id: str, now: dt.datetime) -> None:
    incident = session.get(Incident, incident_id)
    if incident is None or incident.stage in INCIDENT.terminal:
        return
    mine = sa.select(Alert).where(Alert.incident_id == incident_id)
    alerts = session.scalars(mine.order_by(Alert.first_seen, Alert.id)).all()
    if all(alert.updated_at <= incident.updated_at for alert in alerts):
        return
    entities = [Entity(**entity) for entity in incident.entities if isinstance(entity, dict)]
    grow(session, plan, incident, alerts=alerts, joined=[], entities=entities, now=now)


def _say(alert: Alert, group: _Group) -> None:
    count, rule = alert.event_count, group.rule
    if group.restricted:
        whose = group.department or "未指明单位"
        alert.sentence_zh = f"{whose}的扫描发现密级标志或其载体 {count} 处，位置仅保密员可见"
        alert.sentence_en = (
            f"scan of {alert.department}: {count} found with a mark of secrecy; "
            "the secrecy officer sees where"
        )
        zh, en = "涉及密级标志的发现数", "findings about a mark of secrecy"
    else:
        persons = str(alert.indicators.get("persons", ""))
        alert.sentence_zh = f"{group.target} 有 {count} 处{rule.zh}"
        alert.sentence_en = f"{group.target}: {count} found, {rule.en}"
        if persons:
            alert.sentence_zh += f"，涉及约 {persons} 人"
            alert.sentence_en += f", about {persons} persons"
        zh, en = f"{rule.zh}的发现数", f"findings: {rule.en}"
    reason = Reason(metric="findings", observed=count, unit="count", zh=zh, en=en)
    alert.reasons = [asdict(reason)]


def _tell(session: Session, alert: Alert, action: str, now: dt.datetime) -> None:
    detail = {"detector": alert.detector, "subject": alert.subject, "findings": alert.event_count}
    audit(session, now, ACTOR, action, kind="alert", object_id=alert.id, **detail)
    send(session, now, TOPIC, alert.id, {})
