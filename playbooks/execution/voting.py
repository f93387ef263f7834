"""Voting: people agree to an action or refuse it, each once, never who asked for it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.execution.approval import APPROVAL, PENDING, note
from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.revision import held
from playbooks.text import typed
from situation.state.tables import (
    Approval,
    ApprovalVote,
    PlaybookRun,
    PlaybookVersion,
    StepRun,
)

APPROVE = "approve"
REFUSE = "refuse"


def vote(
    session: Session,
    approval_id: str,
    *,
    approve: bool,
    remark: str = "",
    sha256: str,
    by: Person,
    now: dt.datetime,
) -> Approval:
    """Say yes or no to the action with that digest, which the person has read.

    One refusal decides; the last person of the quorum who agrees decides. Raise `Refusal`:
    `decided` (it does not wait any more), `expired` (its time is over), `stale` (the action is
    another one by now), `role` (not one of the rule's), `same_person` (who started the run or
    wrote the playbook), `twice`. Raise `Conflict` if there is none.
    """
    approval = held(session, Approval, approval_id)
    _refuse_late(approval, now)
    if sha256 != approval.action_sha256 or _renders_otherwise(session, approval):
        raise Refusal("stale", "the action is another one by now", where=approval.run_id)
    _refuse_person(session, approval, by)
    said = typed(remark, "remark")
    act = APPROVE if approve else REFUSE
    session.add(
        ApprovalVote(
            approval_id=approval.id, person=by.name, role=by.role, vote=act, remark=said, at=now
        )
    )
    session.flush()
    detail = {"role": by.role} | ({"remark": said} if said else {})
    note(session, approval, f"approval.{act}", by=by, now=now, **detail)
    if not approve or agreed(session, approval.id) >= approval.quorum:
        approval.state = APPROVAL.after(approval.state, act, where=approval.run_id)
        approval.decided_at = now
    return approval


def agreed(session: Session, approval_id: str) -> int:
    """Return how many people agreed so far."""
    votes = sa.select(sa.func.count()).where(
        ApprovalVote.approval_id == approval_id, ApprovalVote.vote == APPROVE
    )
    return session.scalar(votes) or 0


def initiators(session: Session, run: PlaybookRun) -> frozenset[str]:
    """Return who started a run or wrote its playbook; also those of the runs that it is part of."""
    names: set[str] = set()
    here: PlaybookRun | None = run
    while here is not None:
        names |= {here.started_by, session.get_one(PlaybookVersion, here.version_id).written_by}
        step = session.get(StepRun, here.parent_step_id) if here.parent_step_id else None
        here = session.get(PlaybookRun, step.run_id) if step else None
    return frozenset(names)


def hindrance(session: Session, approval: Approval, by: Person) -> Refusal | None:
    """Return why a person cannot vote on what waits, None if nothing stands against it.

    A page shows the reason before anybody tries.
    """
    run = session.get_one(PlaybookRun, approval.run_id)
    where = approval.run_id
    if by.role not in approval.roles:
        return Refusal("role", f"a {by.role} does not decide that", where=where)
    if by.name == approval.asked_by or by.name in initiators(session, run):
        return Refusal("same_person", "somebody else has to decide it", where=where)
    voted = sa.select(ApprovalVote.id).where(
        ApprovalVote.approval_id == approval.id, ApprovalVote.person == by.name
    )
    if session.scalars(voted).first() is not None:
        return Refusal("twice", "this person has voted", where=where)
    return None


def _refuse_late(approval: Approval, now: dt.datetime) -> None:
    if approval.state != PENDING:
        raise Refusal("decided", f"it is {approval.state} already", where=approval.run_id)
    if now >= approval.deadline_at:
        raise Refusal("expired", "its time is over", where=approval.run_id)


def _renders_otherwise(session: Session, approval: Approval) -> bool:
    step_run = session.get_one(StepRun, approval.step_run_id)
    return step_run.action_sha256 != approval.action_sha256


def _refuse_person(session: Session, approval: Approval, by: Person) -> None:
    hindered = hindrance(session, approval, by)
    if hindered is not None:
        raise hindered
