"""Correlation: which open alerts are of one intrusion, and whether that is an incident.

Alerts that share an entity within the plan's window of event time are of one intrusion. Hubs,
which everybody meets, never link. Pure: neither the clock nor the database is asked.
"""

import datetime as dt
import ipaddress
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from playbooks.plan.desk import Correlation

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Entity(NamedTuple):
    """What alerts can share. `kind`: address, domain, scan (a run of the scan of data)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An open alert as the correlation sees it; `tactics` are the stages that it proves."""

    alert_id: str
    first_seen: dt.datetime
    last_seen: dt.datetime
    severity: int
    tactics: frozenset[str]
    entities: frozenset[Entity]
    incident_id: str | None = None

    @property
    def order(self) -> tuple[dt.datetime, str]:
        """Return the place in the course of events; equal times go by id."""
        return self.first_seen, self.alert_id


@dataclass(frozen=True, slots=True)
class Fold:
    """Alerts to be put into one incident: into `incident_id`, or a new one if None.

    `related` are other open incidents of the same intrusion; to merge them is for a person.
    """

    incident_id: str | None
    alert_ids: tuple[str, ...]
    related: tuple[str, ...] = ()


def entities_of(
    addresses: Iterable[str | None],
    domain: str | None,
    is_hub: Callable[[str], bool],
    *,
    scan: str | None = None,
) -> frozenset[Entity]:
    """Return what may link an alert: its addresses but hubs, its domain, its run of a scan."""
    found = {Entity("address", ip) for ip in addresses if ip is not None and not is_hub(ip)}
    if domain:
        found.add(Entity("domain", domain.lower().rstrip(".")))
    if scan:
        found.add(Entity("scan", scan))
    return frozenset(found)


def never_linking(rule: Correlation) -> Callable[[str], bool]:
    """Return the test for addresses that everybody meets: public resolvers, multicast."""
    networks: list[Network] = [ipaddress.ip_network(network) for network in rule.never_link]

    def holds(ip: str) -> bool:
        address = ipaddress.ip_address(ip)
        return any(address in network for network in networks)

    return holds


def correlate(sightings: Iterable[Sighting], rule: Correlation) -> list[tuple[Sighting, ...]]:
    """Return the groups of one intrusion each, alerts and groups in the order of events.

    Alerts that stand in the same incident stay together whatever their time.
    """
    alerts = sorted(sightings, key=lambda alert: alert.order)
    linked = _Links(len(alerts))
    window = dt.timedelta(hours=rule.window_hours)
    for places in _places(alerts).values():
        for earlier, later in _neighbours(alerts, places, window):
            linked.join(earlier, later)
    incidents: dict[str, int] = {}
    for place, alert in enumerate(alerts):
        if alert.incident_id is not None:
            linked.join(incidents.setdefault(alert.incident_id, place), place)
    groups: dict[int, list[Sighting]] = {}
    for place, alert in enumerate(alerts):
        groups.setdefault(linked.first(place), []).append(alert)
    return [tuple(group) for group in groups.values()]


def opens(group: Sequence[Sighting], rule: Correlation) -> bool:
    """Tell whether a group is an incident: enough distinct stages, or one grave alert."""
    stages = frozenset[str]().union(*(alert.tactics for alert in group))
    grave = max(alert.severity for alert in group) >= rule.severity_at_least
    return grave or len(stages) >= rule.tactics_at_least


def folds(sightings: Iterable[Sighting], rule: Correlation) -> list[Fold]:
    """Return what to put into which incident; alerts that stay alone are in none."""
    found: list[Fold] = []
    for group in correlate(sightings, rule):
        waiting = [alert for alert in group if alert.incident_id is None]
        if not waiting:
            continue
        if len(waiting) < len(group):
            found.extend(_joins(group, waiting))
        elif opens(group, rule):
            found.append(Fold(None, tuple(alert.alert_id for alert in waiting)))
    return found


def _joins(group: Sequence[Sighting], waiting: Sequence[Sighting]) -> Iterator[Fold]:
    entities: dict[str, set[Entity]] = {}
    for alert in group:
        if alert.incident_id is not None:
            entities.setdefault(alert.incident_id, set()).update(alert.entities)
    joining: dict[str, list[str]] = {}
    for alert in waiting:
        # `entities` is in the order of events, so that the oldest incident wins a tie.
        home = max(entities, key=lambda incident: len(entities[incident] & alert.entities))
        joining.setdefault(home, []).append(alert.alert_id)
    for home, alert_ids in joining.items():
        others = tuple(sorted(incident for incident in entities if incident != home))
        yield Fold(home, tuple(alert_ids), others)


def _places(alerts: Sequence[Sighting]) -> dict[Entity, list[int]]:
    places: dict[Entity, list[int]] = {}
    for place, alert in enumerate(alerts):
        for entity in alert.entities:
            places.setdefault(entity, []).append(place)
    return places


def _neighbours(
    alerts: Sequence[Sighting], places: Sequence[int], window: dt.timedelta
) -> Iterator[tuple[int, int]]:
    reached = alerts[places[0]].last_seen
    for earlier, later in itertools.pairwise(places):
        if alerts[later].first_seen <= reached + window:
            yield earlier, later
        reached = max(reached, alerts[later].last_seen)


class _Links:
    """Disjoint sets of places; the smallest place of a set stands for it."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def first(self, place: int) -> int:
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.first(one), self.first(other)))
        self._above[high] = low
