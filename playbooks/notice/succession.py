"""What takes a notice further: another department, a supervision of it, an incident, its end."""

import datetime as dt
import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.directory import department_of
from playbooks.incident.tasks import end_tasks, open_task
from playbooks.notice.deadline import restart
from playbooks.notice.entry import form_of, with_usual
from playbooks.notice.extensions import lapse
from playbooks.notice.form import DRILL_MARK, NOTHING, Words, on_screen, same, stamped
from playbooks.notice.guard import reason_of
from playbooks.notice.ledger import contact_of, mark, move, next_number, record, the_notice
from playbooks.notice.telling import roles_of, tell_department
from playbooks.person import Person
from playbooks.plan import Plan
from playbooks.text import typed
from situation.faults import Malformed
from situation.state.tables import Incident, Notice, RectificationItem

_LONGEST_NAME = 200


def reassign(
    session: Session,
    plan: Plan,
    notice_id: str,
    *,
    department: str,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """End a notice and issue its like to another department (转派); return the new one.

    The new one has a number and deadlines of its own. Raise `Malformed` for the same department.
    """
    notice = the_notice(session, notice_id, expected_version)
    other = typed(department, "department", longest=_LONGEST_NAME)
    if other in ("", notice.department):
        raise Malformed("another department has to be named", where="department")
    notice.close_reason = reason_of(reason, notice)
    child = _successor(session, plan, notice, kind=notice.kind, department=other, now=now)
    detail = {"reason": notice.close_reason, "department": other, "child": child.number}
    move(session, notice, "reassign", by=by, now=now, **detail)
    lapse(session, notice, now=now)
    tell_department(session, plan, notice, "reassign", now=now)
    _issue_child(session, plan, notice, child, by=by, now=now)
    return child


def revoke(
    session: Session,
    plan: Plan,
    notice_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Take an issued notice back (撤销) and tell the department."""
    notice = the_notice(session, notice_id, expected_version)
    notice.close_reason = reason_of(reason, notice)
    move(session, notice, "revoke", by=by, now=now, reason=notice.close_reason)
    lapse(session, notice, now=now)
    tell_department(session, plan, notice, "revoke", now=now)
    return notice


def escalate(
    session: Session,
    _plan: Plan,
    notice_id: str,
    *,
    incident_id: str,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Mark a notice as grown into an incident (升级) and link the two.

    Raise `Malformed` if there is no such incident, or if only one of them is of a drill.
    """
    notice = the_notice(session, notice_id, expected_version)
    incident = session.get(Incident, incident_id)
    if incident is None or incident.drill_id != notice.drill_id:
        raise Malformed("there is no such incident", where="incident_id")
    why = reason_of(reason, notice)
    mark(session, notice, "escalate", by=by, now=now, incident=incident_id, reason=why)
    notice.incident_id, notice.escalated_at = incident_id, now
    return notice


def supervise(
    session: Session,
    plan: Plan,
    notice_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Prepare the supervision (督办) of a notice that drags on; return it, waiting for sign-off.

    It goes to the superior of the department, or to the department where none is known.
    """
    notice = the_notice(session, notice_id, expected_version)
    why = reason_of(reason, notice)
    unit = department_of(session, notice.department)
    superior = (unit.superior if unit else "") or notice.department
    child = _successor(session, plan, notice, kind="supervision", department=superior, now=now)
    detail = {"reason": why, "department": child.department, "child": child.number}
    mark(session, notice, "supervise", by=by, now=now, **detail)
    notice.supervised_at = notice.supervised_at or now
    _write_supervision(plan, notice, child, why)
    child.drafted_by = child.submitted_by = by.name
    session.add(child)
    record(session, child, "draft", by=by, now=now, parent=notice.number)
    end_tasks(session, "finish", notice.id, ("supervise",), by=by, now=now)
    return child


def ask_supervision(session: Session, notice: Notice, *, now: dt.datetime) -> None:
    """Open the task to decide on 督办, once for each round of the feedback."""
    open_task(
        session,
        kind="supervise",
        object_kind="notice",
        object_id=notice.id,
        key=str(notice.round),
        title_zh=f"{notice.number}：决定是否督办",
        title_en=f"{notice.number}: decide on supervision (督办)",
        due_at=None,
        drill_id=notice.drill_id,
        now=now,
    )


def _successor(
    session: Session,
    plan: Plan,
    notice: Notice,
    *,
    kind: str,
    department: str,
    now: dt.datetime,
) -> Notice:
    number = next_number(session, plan, kind, notice.drill_id, now)
    digest = hashlib.blake2b(f"notice\x1f{number}".encode(), digest_size=16)
    child = Notice(
        id=digest.hexdigest(),
        number=number,
        drill_id=notice.drill_id,
        kind=kind,
        incident_id=notice.incident_id,
        parent_id=notice.id,
        department=department,
        contact=contact_of(session, department),
        level=notice.level,
        hazard_level=notice.hazard_level if kind == "hazard" else None,
        title_zh=notice.title_zh,
        title_en=notice.title_en,
        fields=notice.fields,
        created_at=now,
        updated_at=now,
    )
    restart(plan, child, now)
    return child


def _issue_child(
    session: Session, plan: Plan, notice: Notice, child: Notice, *, by: Person, now: dt.datetime
) -> None:
    child.status, child.drafted_by = "issued", notice.drafted_by
    child.issued_at, child.issued_by, child.sweep_at = now, by.name, now
    # The contact of the department before is nobody's here.
    child.fields = with_usual(plan, child, "contact")
    child.fields = stamped(plan, child)
    session.add(child)
    session.flush()
    titles = sa.select(RectificationItem).where(RectificationItem.notice_id == notice.id)
    for item in session.scalars(titles.order_by(RectificationItem.position)):
        copied = {"position": item.position, "title": item.title}
        session.add(RectificationItem(notice_id=child.id, updated_at=now, **copied))
    record(session, child, "issue", by=by, now=now, parent=notice.number)
    tell_department(session, plan, child, "issue", roles=roles_of(child.level), now=now)


def _write_supervision(plan: Plan, notice: Notice, child: Notice, reason: str) -> None:
    zh, en = DRILL_MARK if notice.drill_id else NOTHING
    child.title_zh = f"{zh}关于督办{notice.number}的通知"
    child.title_en = f"{en} Supervision of {notice.number}".strip()
    child.fields = form_of(plan, child, {}, _supervision_fields(notice, reason))
    child.fields = stamped(plan, child)


def _supervision_fields(notice: Notice, reason: str) -> dict[str, Words | list[Words]]:
    late = on_screen(notice.receipt_due if notice.status == "issued" else notice.feedback_due)
    step = ("签收", "signed for") if notice.status == "issued" else ("办结", "finished")
    return {
        "supervised": same(notice.number),
        "delay": [(f"应于 {late} 前{step[0]}", f"to be {step[1]} by {late}")],
        "course": _course(notice),
        "requirements": [same(reason)],
    }


def _course(notice: Notice) -> list[Words]:
    steps = [("下发", "issued", notice.issued_at), ("签收", "signed for", notice.signed_at)]
    said = [(f"{on_screen(at)} {zh}", f"{on_screen(at)} {en}") for zh, en, at in steps if at]
    if notice.returns:
        said.append((f"反馈被退回 {notice.returns} 次", f"answers returned: {notice.returns}"))
    return [(f"处置单位 {notice.department}", f"department {notice.department}"), *said]
