"""The fold: open alerts become incidents with level, clocks and notice, one at a time."""

import datetime as dt
import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.correlation import Entity, Fold, Sighting, entities_of, folds, never_linking
from playbooks.evidence import is_listed, kind_of
from playbooks.incident.machine import INCIDENT
from playbooks.incident.opening import grow, mark, open_incident
from playbooks.notice.drafting import draft, follows
from playbooks.plan import Plan
from situation.assets import HUB_ROLES, Assets
from situation.clock import Clock
from situation.state.store import StateStore
from situation.state.tables import Alert, Incident

_ADDRESSES_KEPT = 65_536


@dataclass(frozen=True, slots=True)
class Folded:
    """What a fold did: incidents touched, notices drafted or brought up to date.

    `counters` tells what could not be done as planned: `unknown_category` open alerts of a kind
    and technique that the plan does not list, `unknown_department` incidents without a notice.
    """

    incidents: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    counters: Counter[str] = field(default_factory=Counter)


def fold(
    state: StateStore, plan: Plan, assets: Assets, clock: Clock, *, drill_id: str | None
) -> Folded:
    """Fold the open alerts of a drill, or of no drill, into incidents; harmless to repeat.

    Each incident is one transaction. Raise `Conflict` if somebody changed one meanwhile, and
    `Unavailable` if the database is away; what was folded before stays.
    """
    desk = _Desk(plan, assets, drill_id)
    with state.reading() as session:
        sightings, unlisted = desk.sightings(session)
    incidents, notices = [], []
    counters: Counter[str] = Counter(unknown_category=unlisted)
    for each in folds(sightings, plan.correlation):
        with state.transaction() as session:
            incident = desk.apply(session, each, clock.now())
            if incident is None:
                continue
            notice = desk.notify(session, incident, clock.now())
        incidents.append(incident.id)
        notices += [notice] if notice else []
        counters["unknown_department"] += notice is None
    return Folded(tuple(incidents), tuple(notices), +counters)


class _Desk:
    """Plan and assets at hand while the alerts of one drill are folded."""

    def __init__(self, plan: Plan, assets: Assets, drill_id: str | None) -> None:
        self._plan, self._assets, self._drill_id = plan, assets, drill_id
        self._is_hub = _hub_test(plan, assets)

    def sightings(self, session: Session) -> tuple[list[Sighting], int]:
        """Return the open alerts that stand in no closed incident, and how many are unlisted."""
        closed = sa.select(Incident.id).where(Incident.stage.in_(INCIDENT.terminal))
        mine = (
            Alert.drill_id.is_(None) if self._drill_id is None else Alert.drill_id == self._drill_id
        )
        wanted = sa.select(Alert).where(
            mine,
            Alert.status == "open",
            sa.or_(Alert.incident_id.is_(None), Alert.incident_id.not_in(closed)),
        )
        alerts = session.scalars(wanted).all()
        unlisted = sum(not is_listed(self._plan, alert) for alert in alerts)
        return [self._sighting(alert) for alert in alerts], unlisted

    def apply(self, session: Session, each: Fold, now: dt.datetime) -> Incident | None:
        """Open or grow the incident; None if the alerts changed since they were read."""
        joined = _in_order(
            session.scalars(
                sa.select(Alert).where(
                    Alert.id.in_(each.alert_ids),
                    Alert.incident_id.is_(None),
                    Alert.status == "open",
                )
            ).all()
        )
        if len(joined) != len(each.alert_ids):
            return None
        if each.incident_id is None:
            return open_incident(session, self._plan, joined, self._entities(joined), now)
        incident = session.get(Incident, each.incident_id)
        if incident is None or incident.stage in INCIDENT.terminal:
            return None
        alerts = _in_order([*_alerts_of(session, incident), *joined])
        grow(
            session,
            self._plan,
            incident,
            alerts=alerts,
            joined=joined,
            entities=self._entities(alerts),
            now=now,
        )
        if each.related:
            mark(self._plan, incident, "related_incident")
        return incident

    def notify(self, session: Session, incident: Incident, now: dt.datetime) -> str | None:
        """Draft or update the notice; return its id, None if the department is unknown.

        What is told apart, by the channel for secrets, gets none.
        """
        session.flush()
        alerts = _in_order(_alerts_of(session, incident))
        if alerts and all(kind_of(self._plan, alert).told_apart for alert in alerts):
            return None
        notice = draft(session, self._plan, self._assets, incident, alerts=alerts, now=now)
        if notice is not None and not follows(notice):
            mark(self._plan, incident, "notice_supplement_due")
        return notice.id if notice else None

    def _sighting(self, alert: Alert) -> Sighting:
        return Sighting(
            alert_id=alert.id,
            first_seen=alert.first_seen,
            last_seen=alert.last_seen,
            severity=alert.severity,
            tactics=frozenset(kind_of(self._plan, alert).tactics),
            entities=self._entities([alert]),
            incident_id=alert.incident_id,
        )

    def _entities(self, alerts: Sequence[Alert]) -> frozenset[Entity]:
        found: frozenset[Entity] = frozenset()
        for alert in alerts:
            address, domain, scan = (
                _text(alert.indicators.get(key)) for key in ("address", "domain", "scan")
            )
            addresses = {alert.source_ip, alert.destination_ip, alert.host_ip}
            addresses.add(address)
            if alert.role in HUB_ROLES:
                addresses.discard(alert.host_ip)
            found |= entities_of(addresses, domain, self._is_hub, scan=scan)
        return found


def _text(value: object) -> str | None:
    return str(value) if value else None


def _hub_test(plan: Plan, assets: Assets) -> Callable[[str], bool]:
    meets_everybody = never_linking(plan.correlation)

    @functools.lru_cache(maxsize=_ADDRESSES_KEPT)
    def is_hub(ip: str) -> bool:
        asset = assets.of(ip)
        return meets_everybody(ip) or (asset is not None and asset.role in HUB_ROLES)

    return is_hub


def _alerts_of(session: Session, incident: Incident) -> Sequence[Alert]:
    return session.scalars(sa.select(Alert).where(Alert.incident_id == incident.id)).all()


def _in_order(alerts: Sequence[Alert]) -> list[Alert]:
    found = {alert.id: alert for alert in alerts}
    return sorted(found.values(), key=lambda alert: (alert.first_seen, alert.id))
