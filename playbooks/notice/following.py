"""How drafts of the platform follow their incident where people, not alerts, change it."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.notice.deadline import restart
from playbooks.notice.entry import is_edited, refreshed
from playbooks.notice.form import requested, stamped
from playbooks.notice.ledger import move, record
from playbooks.notice.machine import DRAFTS
from playbooks.person import SYSTEM, Person
from playbooks.plan import Plan
from situation.state.tables import Incident, Notice


def follow_level(session: Session, plan: Plan, incident: Incident, *, now: dt.datetime) -> None:
    """Give the drafts of an incident its level and the deadlines of that level.

    A level that a person has set stays.
    """
    for notice in _drafts(session, incident):
        if notice.level == incident.level or is_edited(notice, "level"):
            continue
        notice.level = incident.level
        restart(plan, notice, now)
        notice.fields = refreshed(notice, notice.fields | requested(plan, incident.level))
        notice.fields = stamped(plan, notice)
        record(session, notice, "update", by=SYSTEM, now=now, level=notice.level)


def dismiss_drafts(
    session: Session, incident: Incident, *, reason: str, by: Person, now: dt.datetime
) -> None:
    """End the drafts of an incident that was none."""
    for notice in _drafts(session, incident):
        move(session, notice, "dismiss", by=by, now=now, reason=reason)
        notice.close_reason = reason


def _drafts(session: Session, incident: Incident) -> Sequence[Notice]:
    mine = sa.select(Notice).where(
        Notice.incident_id == incident.id,
        Notice.kind == "incident",
        Notice.drafted_by == SYSTEM.name,
        Notice.status.in_(DRAFTS),
    )
    return session.scalars(mine.order_by(Notice.number).with_for_update()).all()
