"""Approvals: whom the plan asks before an action, and for how long; bound to the exact action."""

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.action.action import Action, Effect
from playbooks.action.intent import Intent
from playbooks.cacao.playbook import Step
from playbooks.execution.rendering import Rendered
from playbooks.facts import SCALES
from playbooks.machine import Machine, Transition
from playbooks.outbox.posting import tell_desk
from playbooks.person import SYSTEM, Person
from playbooks.plan import Plan
from playbooks.plan.approval import ApprovalRule
from situation.assets import Assets
from situation.state.store import audit
from situation.state.tables import Approval, Incident, PlaybookRun, StepRun

KIND = "approval"
"""What the audit and the outbox call them."""

PENDING = "pending"
APPROVED = "approved"
REFUSED = "refused"
EXPIRED = "expired"
VOID = "void"

APPROVAL = Machine(
    PENDING,
    (REFUSED, EXPIRED, VOID),
    (
        Transition("approve", (PENDING,), APPROVED),
        Transition("refuse", (PENDING,), REFUSED),
        Transition("expire", (PENDING,), EXPIRED),
        # The action changed, or the run ended.
        Transition("void", (PENDING, APPROVED), VOID),
    ),
)

_IN_FORCE = (PENDING, APPROVED)

ESCALATE = "escalate"
ASKED = "asked"
"""Effect under which the plan lists actions that ask for approval by themselves."""

_GUARDED = (Effect.CONTAIN, Effect.DESTROY)
_IMPORTANCE = SCALES["object_importance"]
_ASK, _HALF_TIME, _AGAIN = "approve", "approve_half", "approve_again"


def required(
    plan: Plan, action: Action, step: Step, incident: Incident | None, assets: Assets
) -> ApprovalRule | None:
    """Return who has to agree before a step acts, None if nobody has to.

    The plan decides by effect, level and importance of the object; who wrote the playbook can ask
    for more people, never for fewer, and say what follows a time-out.
    """
    if action.effect in _GUARDED:
        effect = action.effect.value
    elif action.needs_approval or step.quorum:
        effect = ASKED
    else:
        return None
    level = incident.level if incident else None
    rule = plan.approval_rule(effect, level, importance_of(plan, incident, assets))
    return rule and _with_authors(rule, step)


def importance_of(plan: Plan, incident: Incident | None, assets: Assets) -> str:
    """Return how important the object of an incident is: by its facts or its host, the gravest."""
    if incident is None:
        return _IMPORTANCE[0]
    told = incident.facts.get("object_importance")
    asset = assets.of(incident.host_ip) if incident.host_ip else None
    found = [_IMPORTANCE[0]]
    found += [told] if isinstance(told, str) and told in _IMPORTANCE else []
    found += [plan.importance(asset.protection_level, cii=asset.cii)] if asset else []
    return max(found, key=_IMPORTANCE.index)


def ask(
    session: Session,
    *,
    step_run: StepRun,
    run: PlaybookRun,
    rendered: Rendered,
    intent: Intent,
    rule: ApprovalRule,
    now: dt.datetime,
) -> Approval:
    """Ask people to agree to exactly this action, and tell the desk; return what waits.

    What was asked about the step in another form, or of fewer people, is void; what still holds
    is returned as it is.
    """
    there = standing(session, step_run.id)
    if there is not None and holds(there, rendered.sha256, rule):
        return there
    if there is not None and there.state in _IN_FORCE:
        void(session, there, "the action or who has to agree is another one now", now)
    approval = Approval(
        id=_next_id(session, step_run.id),
        step_run_id=step_run.id,
        run_id=run.id,
        drill_id=run.drill_id,
        action=rendered.json,
        action_sha256=rendered.sha256,
        intent=intent.as_json(),
        effect=rendered.action.effect.value,
        asked_by=run.started_by,
    )
    _ask_by(approval, rule, now)
    session.add(approval)
    session.flush()
    note(session, approval, "approval.ask", now=now, quorum=rule.quorum, what=rendered.action.name)
    _tell(session, approval, _ASK, now)
    return approval


def standing(session: Session, step_run_id: str) -> Approval | None:
    """Return the newest approval of a step that is not void, None if there is none."""
    return session.scalars(
        sa.select(Approval)
        .where(Approval.step_run_id == step_run_id, Approval.state != VOID)
        .order_by(Approval.asked_at.desc(), Approval.id.desc())
        .limit(1)
    ).first()


def holds(approval: Approval, sha256: str, rule: ApprovalRule) -> bool:
    """Tell whether an approval that waits or was given is about this action, and of enough people.

    Where the incident became graver since, the rule may ask for more people than were asked.
    """
    in_force = approval.state in _IN_FORCE
    return in_force and approval.action_sha256 == sha256 and approval.quorum >= rule.quorum


def void(session: Session, approval: Approval, reason: str, now: dt.datetime) -> None:
    """Take an approval out of force: the action changed, or the run ended."""
    approval.state = APPROVAL.after(approval.state, "void", where=approval.id)
    approval.decided_at = now
    note(session, approval, "approval.void", now=now, reason=reason)


def sweep(session: Session, plan: Plan, now: dt.datetime) -> int:
    """End what nobody decided in time, remind of what half its time is over; return what ended.

    Where the rule escalates, others are asked anew by the next one: the newest approval of the
    step then waits again. Harmless to repeat.
    """
    waiting = _due(session, now)
    late = [approval for approval in waiting if approval.deadline_at <= now]
    for approval in waiting:
        approval.remind_at = None
        if approval.deadline_at > now:
            _tell(session, approval, _HALF_TIME, now)
    for approval in late:
        approval.state = APPROVAL.after(approval.state, "expire", where=approval.id)
        approval.decided_at = now
        note(session, approval, "approval.expire", now=now, then=approval.on_timeout)
        if approval.on_timeout == ESCALATE:
            _escalate(session, plan, approval, now)
    return len(late)


def note(
    session: Session,
    approval: Approval,
    action: str,
    *,
    by: Person = SYSTEM,
    now: dt.datetime,
    **detail: object,
) -> None:
    """Write the audit line of what happened to an approval."""
    said = {
        "run": approval.run_id,
        "step": approval.step_run_id,
        "rule": approval.rule,
        "sha256": approval.action_sha256,
        **detail,
    }
    audit(session, now, by.name, action, kind=KIND, object_id=approval.id, **said)


def _with_authors(rule: ApprovalRule, step: Step) -> ApprovalRule:
    said: dict[str, object] = {"quorum": max(rule.quorum, step.quorum or 0)}
    if step.on_timeout:
        said["on_timeout"] = step.on_timeout
    return rule.model_copy(update=said)


def _ask_by(approval: Approval, rule: ApprovalRule, now: dt.datetime) -> None:
    approval.rule, approval.quorum, approval.roles = rule.key, rule.quorum, list(rule.roles)
    approval.state = APPROVAL.initial
    within = dt.timedelta(minutes=rule.minutes)
    approval.asked_at, approval.deadline_at = now, now + within
    approval.remind_at = now + within / 2
    approval.on_timeout = rule.on_timeout


def _next_id(session: Session, step_run_id: str) -> str:
    asked = sa.select(sa.func.count()).where(Approval.step_run_id == step_run_id)
    return f"{step_run_id}-{(session.scalar(asked) or 0) + 1}"


def _due(session: Session, now: dt.datetime) -> Sequence[Approval]:
    """Return what waits and is over, or of whose time half is."""
    return session.scalars(
        sa.select(Approval)
        .where(
            Approval.state == PENDING,
            sa.or_(Approval.deadline_at <= now, Approval.remind_at <= now),
        )
        .order_by(Approval.asked_at, Approval.id)
        # Whoever votes just now goes first; the next sweep sees what is left.
        .with_for_update(skip_locked=True)
    ).all()


def _escalate(session: Session, plan: Plan, late: Approval, now: dt.datetime) -> None:
    rule = plan.approval_by_key(late.rule)
    if not rule.escalates_to:
        # Its author asked to escalate where the plan knows nobody further: then it fails.
        late.on_timeout = "fail"
        return
    after = plan.approval_by_key(rule.escalates_to)
    stricter = after.model_copy(update={"quorum": max(after.quorum, late.quorum)})
    again = Approval(
        id=_next_id(session, late.step_run_id),
        step_run_id=late.step_run_id,
        run_id=late.run_id,
        drill_id=late.drill_id,
        action=late.action,
        action_sha256=late.action_sha256,
        intent=late.intent,
        effect=late.effect,
        asked_by=late.asked_by,
    )
    _ask_by(again, stricter, now)
    session.add(again)
    session.flush()
    note(session, again, "approval.escalate", now=now, quorum=again.quorum, instead_of=late.id)
    _tell(session, again, _AGAIN, now)


def _tell(session: Session, approval: Approval, occasion: str, now: dt.datetime) -> None:
    run = session.get_one(PlaybookRun, approval.run_id)
    incident = session.get(Incident, run.incident_id) if run.incident_id else None
    tell_desk(
        session,
        object_kind=KIND,
        object_id=approval.id,
        occasion=occasion,
        payload={
            "number": run.id,
            "kind_zh": "行动审批",
            "kind_en": "approval of an action",
            "level": incident.level if incident else None,
            "title_zh": _what(approval.intent, "zh"),
            "title_en": _what(approval.intent, "en"),
            "department": incident.department if incident else "",
            "due_at": approval.deadline_at.isoformat(),
            "link": f"/approvals/{approval.id}",
            "drill": approval.drill_id is not None,
        },
        urgent=True,
        drill_id=approval.drill_id,
        give_up_at=approval.deadline_at,
        now=now,
    )


def _what(intent: Mapping[str, object], language: str) -> str:
    what = intent.get("what")
    return str(what.get(language, "")) if isinstance(what, dict) else ""
