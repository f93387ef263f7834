"""Triggers: which playbooks start by themselves for what happened. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from playbooks.cacao.playbook import Playbook, TriggerRow
from playbooks.execution.cause import INCIDENT, PERIOD, WARNING
from playbooks.plan import Plan
from playbooks.plan.response import HeightenedPeriod
from situation.clock import CITY_ZONE
from situation.state.tables import CityWarning, Incident, RunningClock

GRADE = "grade"
CATEGORY = "category"
DETECTOR = "detector"
CLOCK = "clock"
DAY = "day"
"""How often a trigger starts its playbook, where it is not once a cause."""

KINDS = (GRADE, CATEGORY, DETECTOR, WARNING, CLOCK, PERIOD)
"""What a row of triggers may be about."""

GRAVEST = 1
"""Level of what has none, so that every row about a level fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, and the kinds of triggers that it may set off.

    `names` are what it is called, by kind of trigger. `left` is the time left on a clock.
    `object_kind` and `object_id` name what starts a playbook once: an incident, a warning, a
    clock, a period.
    """

    kinds: frozenset[str]
    object_kind: str
    object_id: str
    level: int = GRAVEST
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    left: dt.timedelta = dt.timedelta.max
    drill_id: str | None = None

    def key_for(self, playbook: Playbook, row: TriggerRow, now: dt.datetime) -> str:
        """Return the key under which it starts a playbook, once however often it happens.

        Where the trigger says so, once a day of the city, real days and those of a drill apart.
        """
        if row.once == DAY:
            return f"{playbook.id}|{DAY}|{now.astimezone(CITY_ZONE).date()}|{self.drill_id or ''}"
        return f"{playbook.id}|{self.object_kind}|{self.object_id}"


def fits(playbook: Playbook, event: Event) -> TriggerRow | None:
    """Return the first trigger of a playbook that an event sets off, None if there is none."""
    return next((row for row in playbook.triggers if _fits(row, event)), None)


def about(playbook: Playbook) -> frozenset[str]:
    """Return what a playbook is about: the detectors and categories that its triggers name.

    Alerts of these speak first when a cause fills its variables, whatever started it.
    """
    rows = (row for row in playbook.triggers if row.on in (CATEGORY, DETECTOR))
    return frozenset(name for row in rows for name in row.values)


def widest_minutes(playbooks: Iterable[Playbook]) -> int | None:
    """Return how long before its end a clock may first set off one of them, None for never."""
    rows = (row for playbook in playbooks for row in playbook.triggers)
    return max((row.minutes for row in rows if row.on == CLOCK), default=None)


def event_of_incident(
    incident: Incident, alert_names: frozenset[str], kinds: frozenset[str]
) -> Event:
    """Return the event that an incident is to triggers of these kinds.

    `alert_names` are the detectors and the kinds of its alerts.
    """
    category, _, _ = incident.category.partition("/")
    return Event(
        kinds=kinds,
        object_kind=INCIDENT,
        object_id=incident.id,
        level=incident.level,
        names={
            CATEGORY: frozenset({category, incident.category}),
            DETECTOR: alert_names,
        },
        drill_id=incident.drill_id,
    )


def event_of_warning(plan: Plan, warning: CityWarning) -> Event:
    """Return the event that an issued warning is."""
    return Event(
        kinds=frozenset({WARNING}),
        object_kind=WARNING,
        object_id=warning.id,
        level=plan.colour(warning.colour).level,
        names={WARNING: frozenset({warning.colour})},
        drill_id=warning.drill_id,
    )


def event_of_clock(incident: Incident, clock: RunningClock, left: dt.timedelta) -> Event:
    """Return the event that a clock near its end is."""
    return Event(
        kinds=frozenset({CLOCK}),
        object_kind=CLOCK,
        object_id=str(clock.id),
        level=incident.level,
        names={CLOCK: frozenset({clock.clock})},
        left=left,
        drill_id=incident.drill_id,
    )


def event_of_period(period: HeightenedPeriod) -> Event:
    """Return the event that days of heightened duty are."""
    return Event(
        kinds=frozenset({PERIOD}),
        object_kind=PERIOD,
        object_id=period.key,
        names={PERIOD: frozenset({period.key})},
    )


def _fits(row: TriggerRow, event: Event) -> bool:
    if row.on not in event.kinds or event.level > row.level:
        return False
    if row.on == CLOCK and event.left > dt.timedelta(minutes=row.minutes):
        return False
    return not row.values or not event.names.get(row.on, frozenset()).isdisjoint(row.values)
