"""An incident on a real desk, and the people who work at it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import sqlalchemy as sa

from playbooks.incident.opening import open_incident
from playbooks.incident.regrading import Entered, complete_facts
from playbooks.incident.stage import advance
from playbooks.person import Person
from playbooks.plan import load_plan
from situation.state.columns import Row
from situation.state.store import StateStore
from situation.state.tables import Alert, AuditLine, Incident, RunningClock, Task
from tests.playbooks.intrusion import NOW, alert

PLAN = load_plan()
HOUR = dt.timedelta(hours=1)

ANALYST = Person("chen", "analyst")
LEAD = Person("wang", "duty_lead")
SECOND = Person("zhao", "duty_lead")

FILES = {"host_ip": "10.20.2.11", "destination_ip": "10.20.2.11"}
"""A server of a municipal department that is no critical information infrastructure."""

PROVINCE = "省级网信部门"
LEVEL_3 = {"loss_rmb": 5_000_000}
LEVEL_2 = {"loss_rmb": 20_000_000}

Kept = TypeVar("Kept", bound=Row)


def opened(
    state: StateStore,
    alerts: Sequence[Alert] = (),
    *,
    drill_id: str | None = None,
    now: dt.datetime = NOW,
) -> Incident:
    """Open an incident of some alerts, by default of one at a municipal department."""
    found = list(alerts) or [alert("guessing_success", 0, severity=4, drill_id=drill_id, **FILES)]
    with state.transaction() as session:
        session.add_all(found)
        session.flush()
        return open_incident(session, PLAN, found, [], now)


def told(
    state: StateStore, incident_id: str, facts: Mapping[str, object], now: dt.datetime = NOW
) -> Incident:
    """Tell facts by path as the duty lead who learned them by phone."""
    entered = {path: Entered(value, "proved") for path, value in facts.items()}
    with state.transaction() as session:
        return complete_facts(
            session,
            PLAN,
            incident_id,
            entered=entered,
            reason="电话核实",
            by=LEAD,
            expected_version=the(state, Incident, incident_id).version,
            now=now,
        )


def graded(
    state: StateStore,
    facts: Mapping[str, object],
    *,
    drill_id: str | None = None,
    now: dt.datetime = NOW,
) -> Incident:
    """Open an incident and tell its facts at the same time."""
    incident = opened(state, drill_id=drill_id, now=now)
    return told(state, incident.id, facts, now)


def led(
    state: StateStore, incident_id: str, *acts: str, reason: str = "", now: dt.datetime = NOW
) -> Incident:
    """Lead an incident through some acts."""
    for act in acts:
        with state.transaction() as session:
            advance(
                session,
                PLAN,
                incident_id,
                act,
                by=LEAD,
                reason=reason,
                expected_version=the(state, Incident, incident_id).version,
                now=now,
            )
    return the(state, Incident, incident_id)


def the(state: StateStore, kind: type[Kept], key: str | int) -> Kept:
    """Return a row as it stands now."""
    with state.reading() as session:
        return session.get_one(kind, key)


def every(state: StateStore, kind: type[Kept]) -> list[Kept]:
    """Return all rows of a kind in the order of their keys."""
    with state.reading() as session:
        return list(session.scalars(sa.select(kind).order_by(*sa.inspect(kind).primary_key)))


def clock(state: StateStore, clock_id: str, addressee: str = "") -> RunningClock:
    """Return the newest clock of that id, and of that addressee if there are several."""
    found = [
        row
        for row in every(state, RunningClock)
        if row.clock == clock_id and addressee in ("", row.addressee)
    ]
    return found[-1]


def tasks(state: StateStore, kind: str, task_state: str = "open") -> list[Task]:
    """Return the tasks of a kind in one state."""
    return [row for row in every(state, Task) if (row.kind, row.state) == (kind, task_state)]


def actions(state: StateStore) -> list[str]:
    """Return what was done, as the audit has it."""
    return [line.action for line in every(state, AuditLine)]


def codes(incident: Incident) -> set[object]:
    """Return the codes of the flags of an incident."""
    return {flag["code"] for flag in incident.flags if isinstance(flag, dict)}


def reopened(state: StateStore, open_again: Callable[[str], StateStore]) -> StateStore:
    """Close the store and open the same database again, as a restart does."""
    url = state.engine.url.render_as_string(hide_password=False)
    state.close()
    return open_again(url)
