"""Causes: what a playbook is started for, and the facts of it that fill its variables."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.cacao.playbook import Words
from playbooks.cacao.variable import typed
from playbooks.evidence import kind_of
from playbooks.plan import Plan
from playbooks.plan.response import HeightenedPeriod
from situation.assets import UNKNOWN
from situation.faults import Malformed
from situation.state.tables import Alert, CityWarning, Incident, RunningClock

INCIDENT = "incident"
WARNING = "warning"
PERIOD = "period"
NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a variable of a playbook can be bound to, with its type in CACAO.

    `list` is our own type: a JSON list of texts.
    """

    name: str
    type: str
    words: Words


def _fact(name: str, of_type: str, zh: str, en: str) -> tuple[str, Fact]:
    return name, Fact(name, of_type, Words(zh, en))


FACTS: Mapping[str, Fact] = dict(
    (
        _fact("incident.id", "string", "事件编号", "number of the incident"),
        _fact("incident.title", "string", "事件标题", "title of the incident"),
        _fact("incident.level", "integer", "事件级别，1 最重", "level, 1 the gravest"),
        _fact("incident.category", "string", "事件类型", "type of incident"),
        _fact("incident.department", "string", "责任单位", "department concerned"),
        _fact("incident.asset", "string", "受影响资产", "asset concerned"),
        _fact("incident.host_ip", "ip-addr", "受影响主机", "host concerned"),
        _fact("incident.host_ips", "list", "受影响的全部主机", "all hosts concerned"),
        _fact("incident.first_seen", "string", "首次出现时间", "when it was first seen"),
        _fact("incident.last_seen", "string", "最近出现时间", "when it was last seen"),
        _fact("incident.discovered_at", "string", "发现时间", "when it was discovered"),
        _fact("incident.alert_id", "string", "首要告警的编号", "id of the foremost alert"),
        _fact("incident.alert_ids", "list", "全部告警编号", "ids of all alerts"),
        _fact("incident.alert_count", "integer", "告警数", "number of alerts"),
        _fact("incident.detectors", "list", "告警的检测项和类别", "detectors and kinds of alert"),
        _fact("incident.source_ip", "ip-addr", "首要告警的源地址", "source of the foremost alert"),
        _fact(
            "incident.destination_ip",
            "ip-addr",
            "首要告警的目的地址",
            "destination of the foremost alert",
        ),
        _fact(
            "incident.remote_ip", "ip-addr", "首要告警的对端地址", "far end of the foremost alert"
        ),
        _fact("incident.remote_ips", "list", "全部对端地址", "all far ends"),
        _fact("incident.domain", "domain-name", "告警中的域名", "domain of the alerts"),
        _fact("incident.account", "string", "告警中的账号", "account of the alerts"),
        _fact("incident.url", "uri", "告警中的网址", "URL of the alerts"),
        _fact("warning.id", "string", "预警标识", "id of the warning"),
        _fact("warning.number", "string", "预警编号", "number of the warning"),
        _fact("warning.colour", "string", "预警颜色", "colour of the warning"),
        _fact("warning.level", "integer", "预警对应级别", "level that it warns of"),
        _fact("warning.category", "string", "预警类型", "type that it warns of"),
        _fact("warning.title", "string", "预警标题", "title of the warning"),
        _fact("period.key", "string", "重保期标识", "key of the period"),
        _fact("period.name", "string", "重保期名称", "name of the period"),
        _fact("period.start", "string", "重保期开始", "when the period begins"),
        _fact("period.end", "string", "重保期结束", "when the period ends"),
        _fact("clock.id", "string", "时钟标识", "id of the clock in the plan"),
        _fact("clock.addressee", "string", "报告对象", "whom the clock is for"),
        _fact("clock.due_at", "string", "时钟到期时间", "when the clock is due"),
    )
)
"""The facts that a binding may name. A cause has those of its own kind that are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What a run is about. `facts` are values as CACAO text by their name in `FACTS`.

    What is not known is not among the facts. `object_kind` is that of the run: incident, warning,
    period, none.
    """

    object_kind: str
    object_id: str
    incident_id: str | None
    drill_id: str | None
    facts: Mapping[str, str] = field(default_factory=dict)


Subject = Incident | RunningClock | CityWarning | HeightenedPeriod
"""What a playbook can be started for."""


def object_of(subject: Subject) -> tuple[str, str]:
    """Return kind and id of what a run for something is about."""
    if isinstance(subject, RunningClock):
        return INCIDENT, subject.incident_id
    if isinstance(subject, HeightenedPeriod):
        return PERIOD, subject.key
    return (INCIDENT if isinstance(subject, Incident) else WARNING), subject.id


def cause_of(session: Session, plan: Plan, subject: Subject, about: Collection[str] = ()) -> Cause:
    """Return the cause that something is; `about` as in `cause_of_incident`."""
    if isinstance(subject, Incident):
        return cause_of_incident(session, plan, subject, about)
    if isinstance(subject, RunningClock):
        return cause_of_clock(session, plan, subject, about)
    if isinstance(subject, CityWarning):
        return cause_of_warning(session, plan, subject, about)
    return cause_of_period(subject)


def cause_of_incident(
    session: Session, plan: Plan, incident: Incident, about: Collection[str] = ()
) -> Cause:
    """Return the cause that an incident is, with the facts that its alerts tell now.

    An incident may have alerts of several kinds, each with addresses of its own. `about` names
    what the playbook is about: detectors, kinds of alert, categories and sub-categories. Those
    alerts speak first, the graver ones before the milder; after them all others.
    """
    alerts = session.scalars(sa.select(Alert).where(Alert.incident_id == incident.id)).all()
    wanted = frozenset(about)
    ordered = sorted(
        alerts,
        key=lambda each: (wanted.isdisjoint(_names(plan, each)), *_gravity(plan, each)),
    )
    return Cause(
        object_kind=INCIDENT,
        object_id=incident.id,
        incident_id=incident.id,
        drill_id=incident.drill_id,
        facts=_of_incident(incident) | _of_alerts(incident, ordered),
    )


def cause_of_clock(
    session: Session, plan: Plan, clock: RunningClock, about: Collection[str] = ()
) -> Cause:
    """Return the cause that a clock is: its incident, with the facts of the clock."""
    incident = session.get_one(Incident, clock.incident_id)
    own = _known(
        {
            "clock.id": clock.clock,
            "clock.addressee": clock.addressee,
            "clock.due_at": _iso(clock.due_at),
        }
    )
    cause = cause_of_incident(session, plan, incident, about)
    return replace(cause, facts={**cause.facts, **own})


def cause_of_warning(
    session: Session, plan: Plan, warning: CityWarning, about: Collection[str] = ()
) -> Cause:
    """Return the cause that a warning is, with the facts of its incident if it has one."""
    own = _known(
        {
            "warning.id": warning.id,
            "warning.number": warning.number,
            "warning.colour": warning.colour,
            "warning.level": str(plan.colour(warning.colour).level),
            "warning.category": warning.category,
            "warning.title": warning.title_zh,
        }
    )
    incident = session.get(Incident, warning.incident_id) if warning.incident_id else None
    known = cause_of_incident(session, plan, incident, about).facts if incident else {}
    return Cause(
        object_kind=WARNING,
        object_id=warning.id,
        incident_id=warning.incident_id,
        drill_id=warning.drill_id,
        facts={**known, **own},
    )


def cause_of_period(period: HeightenedPeriod) -> Cause:
    """Return the cause that a period of heightened duty is."""
    facts = {
        "period.key": period.key,
        "period.name": period.zh,
        "period.start": _iso(period.start),
        "period.end": _iso(period.end),
    }
    return Cause(
        object_kind=PERIOD,
        object_id=period.key,
        incident_id=None,
        drill_id=None,
        facts=_known(facts),
    )


def cause_of_nothing() -> Cause:
    """Return the cause of a run that a person starts about nothing in particular."""
    return Cause(object_kind=NOTHING, object_id="", incident_id=None, drill_id=None)


def _names(plan: Plan, alert: Alert) -> frozenset[str]:
    sub_category = kind_of(plan, alert).sub_category
    category, _, _ = sub_category.partition("/")
    return frozenset({alert.detector, alert.category, sub_category, category})


def _gravity(plan: Plan, alert: Alert) -> tuple[int, int, dt.datetime, str]:
    return -alert.severity, kind_of(plan, alert).rank, alert.first_seen, alert.id


def _of_incident(incident: Incident) -> dict[str, str]:
    return _known(
        {
            "incident.id": incident.id,
            "incident.title": incident.title_zh,
            "incident.level": str(incident.level),
            "incident.category": incident.category,
            "incident.department": incident.department,
            "incident.asset": incident.asset,
            "incident.host_ip": incident.host_ip,
            "incident.first_seen": _iso(incident.first_seen),
            "incident.last_seen": _iso(incident.last_seen),
            "incident.discovered_at": _iso(incident.discovered_at),
            "incident.alert_count": str(incident.alert_count),
        }
    )


def _of_alerts(incident: Incident, alerts: Sequence[Alert]) -> dict[str, str]:
    hosts = {alert.host_ip for alert in alerts} | {incident.host_ip}
    remotes = list(_remotes(alerts, hosts))
    first = alerts[0] if alerts else None
    return _known(
        {
            "incident.host_ips": _list(sorted(host for host in hosts if host)),
            "incident.alert_id": first.id if first else None,
            "incident.alert_ids": _list([alert.id for alert in alerts]),
            "incident.detectors": _list(
                sorted({name for each in alerts for name in (each.detector, each.category)})
            ),
            "incident.source_ip": first.source_ip if first else None,
            "incident.destination_ip": first.destination_ip if first else None,
            "incident.remote_ip": remotes[0] if remotes else None,
            "incident.remote_ips": _list(remotes),
            "incident.domain": _indicator(alerts, "domain"),
            "incident.account": _indicator(alerts, "account"),
            "incident.url": _indicator(alerts, "url"),
        }
    )


def _remotes(alerts: Iterable[Alert], hosts: set[str | None]) -> Iterator[str]:
    # A host of the incident is never the far end, though another alert comes from it.
    seen = set(hosts)
    for alert in alerts:
        named = alert.indicators.get("address")
        for address in (named, alert.destination_ip, alert.source_ip):
            if isinstance(address, str) and address and address not in seen:
                seen.add(address)
                yield address


def _indicator(alerts: Iterable[Alert], name: str) -> str | None:
    found = (alert.indicators.get(name) for alert in alerts)
    return next((value for value in found if isinstance(value, str) and value), None)


def _known(facts: Mapping[str, str | None]) -> dict[str, str]:
    """Return the facts that are known; one that is none of its type counts as unknown."""
    told = {name: value for name, value in facts.items() if value and value != UNKNOWN}
    return {name: value for name, value in told.items() if _fits(FACTS[name].type, value)}


def _fits(type_name: str, value: str) -> bool:
    try:
        typed(type_name, value)
    except Malformed:
        return False
    return True


def _list(values: Sequence[str]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _iso(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None
