"""Notices: drafted for an incident, kept up to date until signed off, then issued."""

import datetime as dt
import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.grading import clock_due
from playbooks.incident.opening import ACTOR
from playbooks.notice.form import Content, Times, filled, issued, title
from playbooks.plan import Plan
from situation.assets import UNKNOWN, Assets
from situation.clock import CITY_ZONE
from situation.faults import Conflict
from situation.state.store import audit, send
from situation.state.tables import Alert, Incident, Notice

TOPIC = "notice"


def notice_id_of(incident_id: str, department: str) -> str:
    """Return the id of the notice of an incident to a department, the same each time."""
    key = f"notice\x1f{incident_id}\x1f{department}"
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def draft(
    session: Session,
    plan: Plan,
    assets: Assets,
    incident: Incident,
    *,
    alerts: Sequence[Alert],
    now: dt.datetime,
) -> Notice | None:
    """Draft the notice of an incident or bring the draft up to date; return it.

    None if the department is unknown. A notice that was issued is returned as it is.
    """
    if incident.department == UNKNOWN:
        return None
    notice_id = notice_id_of(incident.id, incident.department)
    notice = session.get(Notice, notice_id)
    if notice is not None and notice.status != "sign_off":
        return notice
    number = notice.number if notice else _next_number(session, plan, incident.drill_id, now)
    content = _content(plan, assets, incident, alerts=alerts, number=number, now=now)
    if notice is None:
        notice = Notice(
            id=notice_id,
            number=number,
            drill_id=incident.drill_id,
            status="sign_off",
            created_at=now,
        )
        _fill(notice, content, now)
        session.add(notice)
        _tell(session, notice, "notice.draft", ACTOR, now)
    else:
        _fill(notice, content, now)
        audit(session, now, ACTOR, "notice.update", kind="notice", object_id=notice.id)
    return notice


def issue(
    session: Session, notice_id: str, actor: str, expected_version: int, now: dt.datetime
) -> Notice:
    """Issue a notice that waits for sign-off; its deadlines count from now.

    Raise `Conflict` if there is none, if somebody changed it since `expected_version`, or if it
    was issued before.
    """
    notice = session.get(Notice, notice_id)
    if notice is None:
        raise Conflict("there is no such notice", where=notice_id)
    if notice.version != expected_version:
        raise Conflict("somebody else changed it meanwhile", where=notice.number)
    if notice.status != "sign_off":
        raise Conflict(f"it does not wait for sign-off but is {notice.status}", where=notice.number)
    receipt, feedback = _limits(notice)
    notice.receipt_due, notice.feedback_due = now + receipt, now + feedback
    notice.status, notice.issued_at, notice.issued_by, notice.updated_at = "issued", now, actor, now
    times = Times(issued_at=now, receipt_due=notice.receipt_due, feedback_due=notice.feedback_due)
    notice.fields = issued(notice.fields, times)
    _tell(session, notice, "notice.issue", actor, now)
    return notice


def _limits(notice: Notice) -> tuple[dt.timedelta, dt.timedelta]:
    # Until it is issued both deadlines count from the last time the draft was filled.
    return notice.receipt_due - notice.updated_at, notice.feedback_due - notice.updated_at


def _content(
    plan: Plan,
    assets: Assets,
    incident: Incident,
    *,
    alerts: Sequence[Alert],
    number: str,
    now: dt.datetime,
) -> Content:
    deadline = plan.notice_deadline(incident.level)
    asset = assets.of(incident.host_ip) if incident.host_ip else None
    return Content(
        plan=plan,
        assets=assets,
        incident=incident,
        alerts=alerts,
        number=number,
        contact=asset.contact if asset else UNKNOWN,
        deadline=deadline,
        times=Times(
            issued_at=None,
            receipt_due=clock_due(now, deadline.receipt_minutes),
            feedback_due=clock_due(now, deadline.feedback_minutes),
        ),
    )


def _fill(notice: Notice, content: Content, now: dt.datetime) -> None:
    incident = content.incident
    notice.incident_id, notice.department = incident.id, incident.department
    notice.contact, notice.level = content.contact, incident.level
    notice.title_zh, notice.title_en = title(incident)
    notice.fields = filled(content)
    notice.receipt_due, notice.feedback_due = content.times.receipt_due, content.times.feedback_due
    notice.updated_at = now


def _next_number(session: Session, plan: Plan, drill_id: str | None, now: dt.datetime) -> str:
    local = now.astimezone(CITY_ZONE)
    new_year = local.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    real = Notice.drill_id.is_(None)
    count = sa.select(sa.func.count()).select_from(Notice)
    kind = real if drill_id is None else sa.not_(real)
    given = session.scalar(count.where(kind, Notice.created_at >= new_year)) or 0
    pattern = plan.city.notice_number if drill_id is None else plan.city.drill_number
    return pattern.format(year=local.year, serial=given + 1)


def _tell(session: Session, notice: Notice, action: str, actor: str, now: dt.datetime) -> None:
    audit(session, now, actor, action, kind="notice", object_id=notice.id, number=notice.number)
    payload: dict[str, object] = {
        "action": action,
        "number": notice.number,
        "department": notice.department,
        "drill": notice.drill_id is not None,
        "drill_id": notice.drill_id,
    }
    send(session, now, TOPIC, notice.id, payload)
