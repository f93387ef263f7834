"""What a grade asks of people beside its clocks: tasks of the level and of the response."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.flag import REPORTED_LEVEL
from playbooks.grading import Grade
from playbooks.incident.machine import RESPONDED
from playbooks.incident.tasks import TASK, end_tasks, open_task
from playbooks.person import SYSTEM, Person
from playbooks.plan import Plan
from situation.state.tables import Incident, Report, Task

ASSUMED = "assumed"

PROGRESS = "progress_report"
"""Kind of the task to report how the response goes; one at a time."""


def open_duties(
    session: Session, incident: Incident, result: Grade, *, by: Person, now: dt.datetime
) -> None:
    """Open the tasks that a grade asks for, once each; end the one whose cause is gone."""
    flags = {flag.code: flag for flag in result.flags}
    if (told := flags.get("pipl_notice")) is not None:
        _open(session, incident, "pi_notice", (told.zh, told.en), by=by, now=now)
    rise = flags.get("follow_up_report_due")
    if rise is not None and _was_reported(session, incident):
        level, words = str(incident.level), (rise.zh, rise.en)
        _open(session, incident, "follow_up_report", words, key=level, by=by, now=now)
    if not _assumes(incident):
        end_tasks(session, "finish", incident.id, ("confirm_facts",), by=by, now=now)
    elif result.level <= REPORTED_LEVEL:
        words = ("核实推定的事实", "Confirm the facts that are assumed")
        _open(session, incident, "confirm_facts", words, by=by, now=now)


def open_response(
    session: Session, plan: Plan, incident: Incident, *, by: Person, now: dt.datetime
) -> None:
    """Open the tasks that the response to the incident's level starts."""
    response = plan.response(incident.level)
    for task in response.tasks:
        due_at = now + dt.timedelta(minutes=task.due_minutes) if task.due_minutes else None
        open_task(
            session,
            kind="response",
            object_kind="incident",
            object_id=incident.id,
            key=f"{incident.level}:{task.key}",
            title_zh=task.zh,
            title_en=task.en,
            clause=f"{plan.instrument(response.instrument).zh}{response.clause}",
            due_at=due_at,
            drill_id=incident.drill_id,
            now=now,
            by=by,
        )


def open_progress(
    session: Session, plan: Plan, incident: Incident, *, by: Person, now: dt.datetime
) -> None:
    """Open the next report of progress, unless one is open or the level names no cadence.

    It is due a cadence from now, so that one that was late is followed by one in its turn.
    """
    response = plan.response(incident.level)
    cadence = response.cadence_minutes
    mine = sa.select(Task.state).where(Task.object_id == incident.id, Task.kind == PROGRESS)
    states = session.scalars(mine).all()
    if cadence is None or TASK.initial in states:
        return
    number = len(states) + 1
    open_task(
        session,
        kind=PROGRESS,
        object_kind="incident",
        object_id=incident.id,
        key=str(number),
        title_zh=f"第{number}次报告处置进展",
        title_en=f"Report the progress, number {number}",
        clause=f"{plan.instrument(response.instrument).zh}{response.clause}",
        due_at=now + dt.timedelta(minutes=cadence),
        drill_id=incident.drill_id,
        now=now,
        by=by,
    )


def sweep_progress(session: Session, plan: Plan, now: dt.datetime) -> None:
    """Open what is next to be reported of every incident that is responded to."""
    wanted = sa.select(Incident).where(Incident.stage.in_(RESPONDED)).order_by(Incident.id)
    for incident in session.scalars(wanted):
        open_progress(session, plan, incident, by=SYSTEM, now=now)


def _was_reported(session: Session, incident: Incident) -> bool:
    sent = sa.select(Report.id).where(Report.incident_id == incident.id, Report.state != "draft")
    return session.scalars(sent.limit(1)).first() is not None


def _assumes(incident: Incident) -> bool:
    sources = incident.fact_sources.values()
    return any(isinstance(each, dict) and each.get("state") == ASSUMED for each in sources)


def _open(
    session: Session,
    incident: Incident,
    kind: str,
    words: tuple[str, str],
    *,
    by: Person,
    now: dt.datetime,
    key: str = "",
) -> None:
    open_task(
        session,
        kind=kind,
        object_kind="incident",
        object_id=incident.id,
        title_zh=words[0],
        title_en=words[1],
        due_at=None,
        drill_id=incident.drill_id,
        now=now,
        key=key,
        by=by,
    )
