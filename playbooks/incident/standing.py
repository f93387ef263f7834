"""Where an incident stands: its level, the reasons for it, its flags, and what the level starts."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.facts import Facts, parse_facts
from playbooks.flag import REPORTED_LEVEL, raised
from playbooks.grading import Grade, Regrade, grade, regrade
from playbooks.incident.clocks import begin_clocks, clocks_of, key_of, withdraw_clocks
from playbooks.incident.duties import open_duties, open_response
from playbooks.incident.machine import UNGRADED
from playbooks.incident.revision import note
from playbooks.incident.tasks import end_tasks
from playbooks.incident.telling import tell_level
from playbooks.person import SYSTEM, Person
from playbooks.plan import Plan
from situation.assets import UNKNOWN
from situation.state.columns import JsonList
from situation.state.tables import GradeChange, Incident, RunningClock

APPLIED = "applied"
PENDING = "pending"
APPROVED = "approved"
REFUSED = "refused"

FIRST_GRADE = "first_grade"
"""Reason of the first row of the history; its level before is its level after."""

LEVEL_ROSE = "level_rose"
INCIDENT_ENDED = "incident_ended"
"""Remarks of a request that lapsed: the level is a graver one by now, or all is over."""

_REPORTED_TASKS = ("confirm_facts", "follow_up_report", "supplement_report", "closing_report")
"""Kinds of task that only an incident that must be reported asks for."""

_RAISED = "follow_up_report_due"
_STICKY = (_RAISED, "related_incident", "notice_supplement_due")


def take_first_grade(
    session: Session,
    plan: Plan,
    incident: Incident,
    *,
    by: Person = SYSTEM,
    now: dt.datetime,
) -> None:
    """Grade an incident that was not graded before, by its facts alone.

    Its clocks count from its discovery, however long it waited for its grade.
    """
    result = grade(plan, parse_facts(incident.facts), incident.discovered_at)
    incident.level = incident.facts_level = result.level
    _describe(plan, incident, result)
    session.add(incident)
    session.flush()
    note(session, incident, "incident.grade", by=by, now=now, level=result.level)
    _remember(session, incident, incident.level, reason=FIRST_GRADE, by=by, now=now)
    begin_clocks(session, incident, result.clocks, by=by, now=now)
    open_duties(session, incident, result, by=by, now=now)
    tell_level(session, incident, now)


def take_facts(plan: Plan, incident: Incident, now: dt.datetime) -> None:
    """Let the level of an incident that waits for its first grade follow its facts."""
    result = grade(plan, parse_facts(incident.facts), now)
    incident.level = incident.facts_level = result.level
    _describe(plan, incident, result)


def look_again(
    plan: Plan,
    incident: Incident,
    clocks: Sequence[RunningClock],
    facts: Facts,
    now: dt.datetime,
) -> Regrade:
    """Return what `facts` change; nothing is written."""
    ungraded = incident.stage in UNGRADED
    return regrade(
        plan,
        facts,
        level=plan.rest.level if ungraded else incident.level,
        running=[key_of(clock) for clock in clocks],
        at=now,
        accepted=incident.accepted_level,
    )


def take_grade(
    session: Session,
    plan: Plan,
    incident: Incident,
    *,
    reason: str,
    by: Person,
    now: dt.datetime,
) -> Regrade:
    """Grade an incident again by its facts; the level may rise and never falls by itself."""
    clocks = clocks_of(session, incident.id)
    again = look_again(plan, incident, clocks, parse_facts(incident.facts), now)
    before, after = incident.level, again.grade.level
    if after < before:
        incident.level, incident.accepted_level = after, None
        note(session, incident, "incident.regrade", by=by, now=now, before=before, after=after)
        _remember(session, incident, before, reason=reason, by=by, now=now)
        # Who asked to lower it asked about another level than the one that stands now.
        lapse_requests(session, incident, LEVEL_ROSE, now=now)
        tell_level(session, incident, now)
    _settle(session, plan, incident, clocks=clocks, again=again, by=by, now=now)
    if after < before and incident.stage == "responding":
        open_response(session, plan, incident, by=by, now=now)
    return again


def lower_grade(
    session: Session, plan: Plan, incident: Incident, level: int, *, by: Person, now: dt.datetime
) -> None:
    """Set a milder level than the one that stands; whoever calls this saw to two people.

    The level that the facts gave is remembered, so that the same facts do not lift it again.
    """
    before = incident.level
    said = grade(plan, parse_facts(incident.facts), now).level
    incident.level, incident.accepted_level = level, said
    clocks = clocks_of(session, incident.id)
    again = look_again(plan, incident, clocks, parse_facts(incident.facts), now)
    note(session, incident, "incident.regrade", by=by, now=now, before=before, after=level)
    _settle(session, plan, incident, clocks=clocks, again=again, by=by, now=now)
    if level > REPORTED_LEVEL:
        end_tasks(session, "drop", incident.id, _REPORTED_TASKS, by=by, now=now)


def raise_grade(
    session: Session,
    plan: Plan,
    incident: Incident,
    level: int,
    *,
    reason: str,
    by: Person,
    now: dt.datetime,
) -> None:
    """Set a graver level than the one that stands, beside what the facts say.

    The clocks that it calls for start `now`; facts may raise it further and never lower it.
    """
    before = incident.level
    clocks, again = _raised(session, plan, incident, level, now)
    incident.level, incident.accepted_level = level, _accepted(incident, level)
    levels = {"before": before, "after": incident.level}
    note(session, incident, "incident.regrade", by=by, now=now, reason=reason, **levels)
    _remember(session, incident, before, reason=reason, by=by, now=now)
    lapse_requests(session, incident, LEVEL_ROSE, now=now)
    tell_level(session, incident, now)
    _settle(session, plan, incident, clocks=clocks, again=again, by=by, now=now)
    if incident.stage == "responding":
        open_response(session, plan, incident, by=by, now=now)


def if_raised(
    session: Session, plan: Plan, incident: Incident, level: int, now: dt.datetime
) -> Regrade:
    """Return what a graver level would start and end; nothing is written."""
    return _raised(session, plan, incident, level, now)[1]


def _raised(
    session: Session, plan: Plan, incident: Incident, level: int, now: dt.datetime
) -> tuple[Sequence[RunningClock], Regrade]:
    clocks = clocks_of(session, incident.id)
    again = regrade(
        plan,
        parse_facts(incident.facts),
        level=level,
        running=[key_of(clock) for clock in clocks],
        at=now,
        accepted=_accepted(incident, level),
    )
    # Whoever was told of the milder level is owed another report, as where facts raise it.
    flags = dict.fromkeys((*again.grade.flags, raised(plan, _RAISED)))
    grade_ = dataclasses.replace(again.grade, flags=tuple(flags))
    return clocks, dataclasses.replace(again, grade=grade_)


def _accepted(incident: Incident, level: int) -> int | None:
    # What two people found too grave still is, where it is graver than the new level too.
    accepted = incident.accepted_level
    return accepted if accepted is not None and accepted < level else None


def lapse_requests(session: Session, incident: Incident, remark: str, *, now: dt.datetime) -> None:
    """Let what waits for a second person lapse: the level rose meanwhile, or the incident ended."""
    waiting = session.scalars(
        sa.select(GradeChange).where(
            GradeChange.incident_id == incident.id, GradeChange.state == PENDING
        )
    ).all()
    for change in waiting:
        change.state, change.decided_by, change.decided_at = REFUSED, SYSTEM.name, now
        change.remark = remark


def code_of(flag: object) -> object:
    """Return the code of a flag as it is stored."""
    return flag.get("code") if isinstance(flag, dict) else None


def _settle(
    session: Session,
    plan: Plan,
    incident: Incident,
    *,
    clocks: Sequence[RunningClock],
    again: Regrade,
    by: Person,
    now: dt.datetime,
) -> None:
    gone = [clock for clock in clocks if key_of(clock) in again.withdrawn]
    withdraw_clocks(session, gone, by=by, now=now)
    begin_clocks(session, incident, again.started, by=by, now=now)
    incident.facts_level = again.facts_level
    _describe(plan, incident, again.grade)
    open_duties(session, incident, again.grade, by=by, now=now)


def _describe(plan: Plan, incident: Incident, result: Grade) -> None:
    # Where the facts now say less than the level that stands, its old reasons stand with it.
    if not incident.reasons or result.reasons[0].level <= result.level:
        incident.reasons = [dataclasses.asdict(reason) for reason in result.reasons]
    incident.flags = _flags(plan, incident, result)


def _flags(plan: Plan, incident: Incident, result: Grade) -> JsonList:
    flags: JsonList = [flag.document() for flag in result.flags]
    if incident.department == UNKNOWN:
        flags.append(raised(plan, "department_unknown").document())
    there = {code_of(flag) for flag in flags}
    kept = [flag for flag in incident.flags or [] if code_of(flag) in _STICKY]
    return flags + [flag for flag in kept if code_of(flag) not in there]


def _remember(
    session: Session,
    incident: Incident,
    before: int,
    *,
    reason: str,
    by: Person,
    now: dt.datetime,
) -> None:
    change = GradeChange(
        incident_id=incident.id,
        before=before,
        after=incident.level,
        reason=reason,
        asked_by=by.name,
        asked_at=now,
        state=APPLIED,
        decided_by=by.name,
        decided_at=now,
    )
    session.add(change)
