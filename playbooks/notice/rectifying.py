"""Rectification orders that the platform drafts: what a department has to mend, item by item."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from playbooks.notice.deadline import restart
from playbooks.notice.drafting import post
from playbooks.notice.entry import form_of
from playbooks.notice.form import DRILL_MARK, NOTHING, Words, same, stamped
from playbooks.notice.ledger import contact_of, next_number, record
from playbooks.person import SYSTEM
from playbooks.plan import Plan
from situation.state.tables import Incident, Notice, RectificationItem

KIND = "rectification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a department has to rectify, and why. `key` names the order: it is drafted once."""

    key: str
    department: str
    items: Sequence[str]
    reason: str
    basis: str
    """The clause of the plan as people read it; empty where none is named."""


def rectification_id_of(key: str) -> str:
    """Return the id of the order of that key, the same each time."""
    return hashlib.blake2b(f"notice\x1f{KIND}\x1f{key}".encode(), digest_size=16).hexdigest()


def draft_rectification(
    session: Session, plan: Plan, incident: Incident, order: Order, *, now: dt.datetime
) -> Notice:
    """Draft an order for an incident and lay it before the second person; return it."""
    notice_id = rectification_id_of(order.key)
    there = session.get(Notice, notice_id)
    if there is not None:
        return there
    notice = Notice(
        id=notice_id,
        number=next_number(session, plan, KIND, incident.drill_id, now),
        drill_id=incident.drill_id,
        kind=KIND,
        incident_id=incident.id,
        department=order.department,
        contact=contact_of(session, order.department),
        level=incident.level,
        status="sign_off",
        drafted_by=SYSTEM.name,
        fields={},
        created_at=now,
        updated_at=now,
    )
    _write(plan, notice, incident, order)
    restart(plan, notice, now)
    notice.fields = stamped(plan, notice)
    session.add(notice)
    session.flush()
    for position, title in enumerate(order.items, start=1):
        item = {"notice_id": notice.id, "position": position, "title": title}
        session.add(RectificationItem(updated_at=now, **item))
    record(session, notice, "draft", by=SYSTEM, now=now, reason=order.reason)
    post(session, notice, "notice.draft", now)
    return notice


def _write(plan: Plan, notice: Notice, incident: Incident, order: Order) -> None:
    zh, en = DRILL_MARK if notice.drill_id else NOTHING
    notice.title_zh = f"{zh}关于{incident.title_zh}限期整改的通知"
    notice.title_en = f"{en} Rectification order: {incident.title_en}".strip()
    notice.fields = form_of(plan, notice, {"title": notice.title_zh}, _known(incident, order))


def _known(incident: Incident, order: Order) -> Mapping[str, Words | list[Words]]:
    basis = [(f"事件 {incident.id}", f"incident {incident.id}")]
    return {
        "basis": [same(order.basis), *basis] if order.basis else basis,
        "cause": [same(order.reason)],
        "system": same(incident.asset),
        "problems": [(incident.title_zh, incident.title_en)],
        "requirements": [same(item) for item in order.items],
    }
