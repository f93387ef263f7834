"""The stages of an incident: which act leads on, what has to hold, and what it starts."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.flag import REPORTED_LEVEL
from playbooks.grading import clock_due
from playbooks.incident.clocks import clocks_of, start_waiting, withdraw_clocks
from playbooks.incident.duties import PROGRESS, open_progress, open_response
from playbooks.incident.machine import INCIDENT
from playbooks.incident.revision import given, note
from playbooks.incident.standing import INCIDENT_ENDED, lapse_requests, take_first_grade
from playbooks.incident.tasks import end_tasks, open_task
from playbooks.machine import Refusal
from playbooks.notice.following import dismiss_drafts
from playbooks.person import Person
from playbooks.plan import Plan
from playbooks.revision import as_seen
from playbooks.text import typed
from situation.state.tables import Incident, Report

CLOSING_CLOCK = "T-FIN"
"""The clock of the closing report in the plan."""

RESPONSE_KINDS = ("response", PROGRESS)
"""Kinds of task that last as long as the response."""


def advance(
    session: Session,
    plan: Plan,
    incident_id: str,
    act: str,
    *,
    by: Person,
    reason: str = "",
    expected_version: int,
    now: dt.datetime,
) -> Incident:
    """Lead an incident to its next stage by an act of `playbooks.incident.machine.INCIDENT`.

    To withdraw asks for a reason. To archive asks for the closing report, or at the mildest
    level for a reason. An incident that is closed leaves its alerts as they are: they keep
    their own state and stay with it.
    Raise `Refusal` with code `illegal`, `stale`, `reason` or `closing_report`.
    """
    incident = as_seen(session, Incident, incident_id, expected_version)
    before = incident.stage
    after = INCIDENT.after(before, act, where=incident.id)
    step = _Step(session, plan, incident, by, typed(reason, "reason"), now)
    for holds in _GUARDS.get(act, ()):
        holds(step)
    incident.stage, incident.updated_at = after, now
    incident.status = "closed" if after in INCIDENT.terminal else "open"
    stages = {"before": before, "after": after}
    note(session, incident, f"incident.{act}", by=by, now=now, reason=step.reason, **stages)
    for follows in _EFFECTS.get(act, ()):
        follows(step)
    return incident


def closing_report_sent(session: Session, incident: Incident) -> bool:
    """Tell whether the closing report has left."""
    sent = sa.select(Report.id).where(
        Report.incident_id == incident.id, Report.kind == "closing", Report.state != "draft"
    )
    return session.scalars(sent.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class _Step:
    session: Session
    plan: Plan
    incident: Incident
    by: Person
    reason: str
    now: dt.datetime


def _needs_reason(step: _Step) -> None:
    given(step.reason, where=step.incident.id)


def _is_reported(step: _Step) -> None:
    incident = step.incident
    if closing_report_sent(step.session, incident):
        return
    if incident.level <= REPORTED_LEVEL:
        raise Refusal("closing_report", "the closing report was not sent", where=incident.id)
    _needs_reason(step)


def _grade(step: _Step) -> None:
    take_first_grade(step.session, step.plan, step.incident, by=step.by, now=step.now)


def _begin_response(step: _Step) -> None:
    open_response(step.session, step.plan, step.incident, by=step.by, now=step.now)
    open_progress(step.session, step.plan, step.incident, by=step.by, now=step.now)


def _end_response(step: _Step) -> None:
    step.incident.response_ended_at = step.now
    start_waiting(step.session, step.incident, "response_end", step.now, by=step.by)


def _ask_for_closing(step: _Step) -> None:
    incident, plan = step.incident, step.plan
    if incident.level > REPORTED_LEVEL:
        return
    row = next(row for row in plan.clocks if row.id == CLOSING_CLOCK)
    open_task(
        step.session,
        kind="closing_report",
        object_kind="incident",
        object_id=incident.id,
        title_zh="报送处置总结报告",
        title_en="Send the closing report",
        clause=f"{plan.instrument(row.instrument).zh}{row.clause}",
        due_at=clock_due(step.now, row.limit_minutes),
        drill_id=incident.drill_id,
        now=step.now,
        by=step.by,
    )


def _drop_response(step: _Step) -> None:
    end_tasks(step.session, "drop", step.incident.id, RESPONSE_KINDS, by=step.by, now=step.now)


def _drop_all(step: _Step) -> None:
    clocks = clocks_of(step.session, step.incident.id)
    withdraw_clocks(step.session, clocks, by=step.by, now=step.now, reason=step.reason)
    end_tasks(step.session, "drop", step.incident.id, by=step.by, now=step.now)
    dismiss_drafts(step.session, step.incident, reason=step.reason, by=step.by, now=step.now)


def _drop_requests(step: _Step) -> None:
    lapse_requests(step.session, step.incident, INCIDENT_ENDED, now=step.now)


_GUARDS: dict[str, tuple[Callable[[_Step], None], ...]] = {
    "withdraw": (_needs_reason,),
    "archive": (_is_reported,),
}
"""What has to hold before an act."""

_EFFECTS: dict[str, tuple[Callable[[_Step], None], ...]] = {
    "grade": (_grade,),
    "respond": (_begin_response,),
    "assess": (_end_response, _drop_response, _ask_for_closing),
    "withdraw": (_drop_all, _drop_requests),
    "archive": (_drop_response, _drop_requests),
}
"""What an act starts or ends beside the stage."""
