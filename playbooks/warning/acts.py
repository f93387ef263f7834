"""What people do with warnings: draft, issue, enter the superior's, lift, drop."""

import datetime as dt
import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from playbooks.incident.revision import the_incident
from playbooks.incident.tasks import end_tasks
from playbooks.machine import Refusal
from playbooks.numbering import next_number
from playbooks.person import Person
from playbooks.plan import Plan
from playbooks.revision import as_seen
from playbooks.text import typed
from playbooks.warning.duty import PROPOSAL, open_duties, open_proposal
from playbooks.warning.entry import audience, checked
from playbooks.warning.machine import WARNING
from playbooks.warning.telling import tell_all
from situation.faults import Malformed
from situation.state.store import audit
from situation.state.tables import CityWarning

_LONGEST_NAME = 200
"""Characters of a title and of an issuer."""


def draft_warning(  # noqa: PLR0913 - each is a column of the warning
    session: Session,
    plan: Plan,
    *,
    colour: str,
    issuer_level: str,
    issuer: str,
    category: str,
    title_zh: str,
    title_en: str,
    fields: Mapping[str, object],
    incident_id: str | None,
    drill_id: str | None,
    by: Person,
    now: dt.datetime,
) -> CityWarning:
    """Draft a warning; its colour may lie beyond the issuer's power.

    A warning of an incident belongs to the drill of the incident.
    Raise `Malformed` with the field for what the plan does not know or wants to have (articles
    63 and 64 of the Emergency Response Law) and for an issuer above the city, `Refusal` for people
    of departments.
    """
    _refuse_outsiders(by, "")
    if incident_id is not None:
        drill_id = the_incident(session, incident_id).drill_id
    patterns = (plan.city.warning_number, plan.city.warning_drill_number)
    warning = CityWarning(
        id=uuid.uuid4().hex,
        number=next_number(session, patterns, table=CityWarning, drill_id=drill_id, now=now),
        drill_id=drill_id,
        incident_id=incident_id,
        colour=plan.colour(colour).key,
        category=_type(plan, category),
        title_zh=_given(title_zh, "title_zh"),
        title_en=_given(title_en, "title_en"),
        issuer_level=_own_level(plan, issuer_level),
        issuer=_given(issuer, "issuer"),
        fields=checked(plan, fields),
        state=WARNING.initial,
        drafted_by=by.name,
        created_at=now,
        updated_at=now,
    )
    audience(session, warning.fields)
    session.add(warning)
    session.flush()
    _note(session, warning, "warning.draft", by=by, now=now)
    return warning


def issue_warning(
    session: Session,
    plan: Plan,
    warning_id: str,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> CityWarning:
    """Issue a draft as its second person: departments are told, the colour's duties begin.

    A colour beyond the issuer's power becomes a proposal to the superior instead, with a task.
    Raise `Refusal` (`illegal`, `same_person`, `stale`), `Conflict` if there is none.
    """
    warning = as_seen(session, CityWarning, warning_id, expected_version)
    within = plan.may_issue(warning.issuer_level, warning.colour)
    after = WARNING.after(warning.state, "issue" if within else "propose", where=warning.number)
    _refuse_outsiders(by, warning.number)
    _refuse_drafter(warning, by)
    warning.state = after
    if not within:
        _note(session, warning, "warning.propose", by=by, now=now)
        open_proposal(session, plan, warning, by=by, now=now)
        return warning
    _begin(session, plan, warning, "warning.issue", by=by, now=now)
    return warning


def adopt_warning(
    session: Session,
    plan: Plan,
    warning_id: str,
    *,
    issuer_level: str,
    issuer: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> CityWarning:
    """Enter that a superior issued what was proposed: it is the superior's warning from now on.

    Raise `Refusal` with code `beyond_power` if that level may not issue the colour either.
    """
    warning = as_seen(session, CityWarning, warning_id, expected_version)
    after = WARNING.after(warning.state, "adopt", where=warning.number)
    _refuse_outsiders(by, warning.number)
    _refuse_drafter(warning, by)
    if not plan.may_issue(issuer_level, warning.colour):
        reason = f"{plan.issuer(issuer_level).en} may not issue {plan.colour(warning.colour).en}"
        raise Refusal("beyond_power", reason, where=warning.number)
    warning.state = after
    warning.issuer_level, warning.issuer = issuer_level, _given(issuer, "issuer")
    end_tasks(session, "finish", warning.id, (PROPOSAL,), by=by, now=now)
    _begin(session, plan, warning, "warning.adopt", by=by, now=now)
    return warning


def lift_warning(
    session: Session,
    plan: Plan,
    warning_id: str,
    *,
    reason: str,
    issuer_level: str,
    issuer: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> CityWarning:
    """Lift a warning as the body that issued it: departments are told, open duties fall away.

    Raise `Refusal` with code `not_issuer` for another body, `reason_missing` without a reason.
    """
    warning = as_seen(session, CityWarning, warning_id, expected_version)
    after = WARNING.after(warning.state, "lift", where=warning.number)
    _refuse_outsiders(by, warning.number)
    if (issuer_level, issuer.strip()) != (warning.issuer_level, warning.issuer):
        raise Refusal("not_issuer", f"only {warning.issuer} lifts it", where=warning.number)
    warning.lift_reason = _reason(reason, warning)
    warning.state, warning.lifted_by, warning.lifted_at = after, by.name, now
    end_tasks(session, "drop", warning.id, by=by, now=now)
    _note(session, warning, "warning.lift", by=by, now=now, reason=warning.lift_reason)
    told = audience(session, warning.fields)
    tell_all(session, plan, warning, "lift", departments=told, now=now)
    return warning


def drop_warning(
    session: Session,
    plan: Plan,  # noqa: ARG001 - all acts are called alike
    warning_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> CityWarning:
    """Drop a draft or a proposal; raise `Refusal` for one that was issued, or without a reason."""
    warning = as_seen(session, CityWarning, warning_id, expected_version)
    after = WARNING.after(warning.state, "drop", where=warning.number)
    _refuse_outsiders(by, warning.number)
    reason = _reason(reason, warning)
    warning.state = after
    end_tasks(session, "drop", warning.id, by=by, now=now)
    _note(session, warning, "warning.drop", by=by, now=now, reason=reason)
    return warning


def _begin(
    session: Session,
    plan: Plan,
    warning: CityWarning,
    action: str,
    *,
    by: Person,
    now: dt.datetime,
) -> None:
    warning.issued_by, warning.issued_at = by.name, now
    _note(session, warning, action, by=by, now=now, issuer=warning.issuer)
    open_duties(session, plan, warning, by=by, now=now)
    told = audience(session, warning.fields)
    tell_all(session, plan, warning, "issue", departments=told, now=now)


def _refuse_outsiders(by: Person, where: str) -> None:
    if by.role == "department" or by.department is not None:
        raise Refusal("city_only", "only the city's own people do that", where=where)


def _refuse_drafter(warning: CityWarning, by: Person) -> None:
    if by.role == "system":
        raise Refusal("person_needed", "a person has to do that", where=warning.number)
    if by.name == warning.drafted_by:
        raise Refusal("same_person", "a second person has to issue it", where=warning.number)


def _reason(reason: str, warning: CityWarning) -> str:
    plain = typed(reason, "reason")
    if not plain:
        raise Refusal("reason_missing", "it needs a reason", where=warning.number)
    return plain


def _given(text: str, where: str) -> str:
    plain = typed(text, where, longest=_LONGEST_NAME)
    if not plain:
        raise Malformed("is missing", where=where)
    return plain


def _own_level(plan: Plan, issuer_level: str) -> str:
    levels = [row.key for row in plan.issuers]
    level = plan.issuer(issuer_level).key
    if levels.index(level) < levels.index(plan.city.issuer_level):
        raise Malformed("nobody here issues for a superior", where="issuer_level")
    return level


def _type(plan: Plan, category: str) -> str:
    if category not in {row.name for row in plan.sub_categories}:
        raise Malformed(f"the plan has no type {category!r}", where="category")
    return category


def _note(
    session: Session,
    warning: CityWarning,
    action: str,
    *,
    by: Person,
    now: dt.datetime,
    **detail: object,
) -> None:
    warning.updated_at = now
    said = {"number": warning.number, "colour": warning.colour, "role": by.role, **detail}
    audit(session, now, by.name, action, kind="warning", object_id=warning.id, **said)
