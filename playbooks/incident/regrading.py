"""Regrading by people: what facts would change, facts completed, and a level lowered by two."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.facts import flat, nested, parse_facts
from playbooks.flag import RaisedFlag
from playbooks.grading import GradeClock, GradeReason
from playbooks.incident.clocks import key_of
from playbooks.incident.machine import CLOCK, INCIDENT, UNGRADED
from playbooks.incident.revision import given, note
from playbooks.incident.standing import (
    APPROVED,
    PENDING,
    REFUSED,
    look_again,
    lower_grade,
    raise_grade,
    take_facts,
    take_grade,
)
from playbooks.machine import Refusal
from playbooks.notice.following import follow_level
from playbooks.person import Person
from playbooks.plan import Plan
from playbooks.plan.response import Response, ResponseTask
from playbooks.revision import as_seen, held
from playbooks.text import typed
from situation.faults import Malformed
from situation.state.tables import GradeChange, Incident, RunningClock

PERSON = "person"
"""Origin of a fact that a person has entered."""

UNKNOWN_FACT = "unknown"
"""State of a fact of which a person says that it is not known."""

ASKERS = frozenset({"analyst", "duty_lead", "administrator"})
"""Roles that may ask for a milder level."""

DECIDERS = frozenset({"duty_lead", "administrator"})
"""Roles that may decide about it, the asker never."""

REASON_LENGTH = 10
"""A reason to lower a level has at least so many characters."""

_RANSOM = "ransomware"

FactState = Literal["proved", "assumed"]


@dataclass(frozen=True, slots=True)
class Entered:
    """A fact as a person tells it; None is not known. A ransomware without details is `{}`."""

    value: object
    state: FactState = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an incident would be with other facts; nothing was changed.

    `level_after` is what the level would be at once, `facts_level` what the facts alone say:
    where it `lowers`, two people have to agree first. `started` are new clocks that would run,
    `waiting` those that this level calls for once something happens, `unchanged` those that go
    on, `withdrawn` those whose cause would fall away.
    """

    level_now: int
    level_after: int
    facts_level: int
    reasons: tuple[GradeReason, ...]
    flags: tuple[RaisedFlag, ...]
    started: tuple[GradeClock, ...]
    waiting: tuple[GradeClock, ...]
    unchanged: tuple[RunningClock, ...]
    withdrawn: tuple[RunningClock, ...]
    response: Response
    tasks: tuple[ResponseTask, ...]

    @property
    def lowers(self) -> bool:
        """Tell whether the facts alone say a milder level than the one that stands."""
        return self.facts_level > self.level_now


def preview(
    plan: Plan,
    incident: Incident,
    clocks: Sequence[RunningClock],
    entered: Mapping[str, Entered],
    now: dt.datetime,
) -> Preview:
    """Return what `entered`, facts by path, would change if it were confirmed `now`.

    `clocks` are those of the incident that are not withdrawn. Raise `Malformed` with the path
    of the faulty fact.
    """
    facts = parse_facts(_facts_with(incident, entered))
    again = look_again(plan, incident, clocks, facts, now)
    begun = {key_of(clock) for clock in clocks if clock.started_at is not None}
    response = plan.response(again.grade.level)
    return Preview(
        level_now=incident.level,
        level_after=again.grade.level,
        facts_level=again.facts_level,
        reasons=again.grade.reasons,
        flags=again.grade.flags,
        started=tuple(clock for clock in again.started if clock.started_at is not None),
        waiting=tuple(
            clock
            for clock in again.grade.clocks
            if clock.started_at is None and clock.key not in begun
        ),
        unchanged=tuple(c for c in clocks if key_of(c) in again.unchanged and c.started_at),
        withdrawn=tuple(
            clock
            for clock in clocks
            if key_of(clock) in again.withdrawn and "withdraw" in CLOCK.acts(clock.state)
        ),
        response=response,
        tasks=response.tasks,
    )


def complete_facts(
    session: Session,
    plan: Plan,
    incident_id: str,
    *,
    entered: Mapping[str, Entered],
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Incident:
    """Enter facts by path that a person knows, and grade again.

    `reason` says where they are from. The level may rise at once and never falls by this: what
    the facts alone say stands in `facts_level`. Raise `Malformed` with the path of a faulty
    fact, `Refusal` with code `reason`, `stale`, or `illegal` once the incident is closed.
    """
    incident = as_seen(session, Incident, incident_id, expected_version)
    _open_still(incident)
    why = given(reason, where=incident.id)
    if not entered:
        raise Malformed("no fact was entered", where="entered")
    before = flat(incident.facts)
    incident.facts = _facts_with(incident, entered)
    parse_facts(incident.facts)
    incident.fact_sources = incident.fact_sources | _sources(entered, why, by, now)
    incident.updated_at = now
    changed = {key: [before.get(key), fact.value] for key, fact in entered.items()}
    note(session, incident, "incident.facts", by=by, now=now, facts=changed, reason=why)
    if incident.stage in UNGRADED:
        take_facts(plan, incident, now)
    else:
        take_grade(session, plan, incident, reason=why, by=by, now=now)
    follow_level(session, plan, incident, now=now)
    return incident


def raise_level(
    session: Session,
    plan: Plan,
    incident_id: str,
    *,
    level: int,
    reason: str,
    by: Person,
    now: dt.datetime,
) -> Incident:
    """Raise the level of an incident beside what its facts say; one as grave stays as it is.

    Raise `Refusal` with code `reason`, or `illegal` where it is closed or was not graded yet.
    """
    incident = held(session, Incident, incident_id)
    _open_still(incident)
    if incident.stage in UNGRADED:
        raise Refusal("illegal", "it was not graded yet", where=incident.id)
    why = given(reason, where=incident.id)
    if level < incident.level:
        raise_grade(session, plan, incident, level, reason=why, by=by, now=now)
        incident.updated_at = now
        follow_level(session, plan, incident, now=now)
    return incident


def ask_downgrade(
    session: Session,
    plan: Plan,
    incident_id: str,
    *,
    level: int,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> GradeChange:
    """Ask that a second person lower the level of an incident; the level stays until then.

    Raise `Refusal` with code `role`, `reason` (too short), `not_lower`, `pending` (one waits
    already), `stale` or `illegal`.
    """
    incident = as_seen(session, Incident, incident_id, expected_version)
    _open_still(incident)
    _has_role(by, ASKERS, incident.id)
    if incident.stage in UNGRADED:
        raise Refusal("illegal", "it was not graded yet", where=incident.id)
    why = given(reason, at_least=REASON_LENGTH, where=incident.id)
    mildest = plan.rest.level
    if not incident.level < level <= mildest:
        raise Refusal(
            "not_lower", f"level {level} is not below {incident.level}", where=incident.id
        )
    if _pending(session, incident) is not None:
        raise Refusal("pending", "one request waits already", where=incident.id)
    change = GradeChange(
        incident_id=incident.id,
        before=incident.level,
        after=level,
        reason=why,
        asked_by=by.name,
        asked_at=now,
        state=PENDING,
    )
    session.add(change)
    # A second request at the same time meets the version of the incident.
    incident.updated_at = now
    session.flush()
    levels = {"before": change.before, "after": level}
    note(session, incident, "incident.downgrade_ask", by=by, now=now, reason=why, **levels)
    return change


def decide_downgrade(
    session: Session,
    plan: Plan,
    change_id: int,
    *,
    approve: bool,
    remark: str = "",
    by: Person,
    now: dt.datetime,
) -> GradeChange:
    """Lower the level as was asked, or refuse to.

    Clocks that the milder level does not call for are withdrawn and stay visible. Raise
    `Refusal` with code `role`, `same_person` (who asked), `illegal` (it does not wait any more),
    or `stale` (the level is another one by now).
    """
    change = held(session, GradeChange, change_id)
    incident = held(session, Incident, change.incident_id)
    if change.state != PENDING:
        raise Refusal("illegal", f"it is {change.state} already", where=incident.id)
    _has_role(by, DECIDERS, incident.id)
    if by.name == change.asked_by:
        raise Refusal("same_person", "a second person decides", where=incident.id)
    if approve:
        _open_still(incident)
        if incident.level != change.before:
            raise Refusal("stale", f"the level is {incident.level} by now", where=incident.id)
        lower_grade(session, plan, incident, change.after, by=by, now=now)
        follow_level(session, plan, incident, now=now)
    change.state = APPROVED if approve else REFUSED
    change.decided_by, change.decided_at, change.remark = by.name, now, typed(remark, "remark")
    incident.updated_at = now
    action = "incident.downgrade" if approve else "incident.downgrade_refuse"
    levels = {"before": change.before, "after": change.after}
    note(session, incident, action, by=by, now=now, remark=change.remark, **levels)
    return change


def _facts_with(incident: Incident, entered: Mapping[str, Entered]) -> dict[str, object]:
    paths = flat(incident.facts)
    for path, fact in entered.items():
        gone = {path} | {key for key in paths if key.startswith(f"{path}.")}
        if fact.value is not None:
            paths[path] = fact.value
            continue
        paths = {key: value for key, value in paths.items() if key not in gone}
        if path.startswith(f"{_RANSOM}."):
            # It is still a ransomware when a detail of it is not known.
            paths.setdefault(_RANSOM, {})
    return nested(paths)


def _sources(
    entered: Mapping[str, Entered], reason: str, by: Person, now: dt.datetime
) -> dict[str, object]:
    return {
        path: {
            "state": fact.state if fact.value is not None else UNKNOWN_FACT,
            "origin": PERSON,
            "by": by.name,
            "at": now.isoformat(),
            "zh": f"{by.name}：{reason}",
            "en": f"{by.name}: {reason}",
        }
        for path, fact in entered.items()
    }


def _open_still(incident: Incident) -> None:
    if incident.stage in INCIDENT.terminal:
        raise Refusal("illegal", f"the incident is {incident.stage}", where=incident.id)


def _has_role(by: Person, roles: frozenset[str], where: str) -> None:
    if by.role not in roles:
        raise Refusal("role", f"not for the role {by.role}", where=where)


def _pending(session: Session, incident: Incident) -> GradeChange | None:
    return session.scalars(
        sa.select(GradeChange)
        .where(GradeChange.incident_id == incident.id, GradeChange.state == PENDING)
        .limit(1)
    ).first()
