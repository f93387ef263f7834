"""What people do with a notice, act by act; each in the caller's transaction, with its audit.

All raise `Conflict` if there is no such notice, and `Refusal` where it changed since
`expected_version`, or its state, a guard or a missing reason forbids the act.
"""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.notice.deadline import restart
from playbooks.notice.drafting import judge_levels, post
from playbooks.notice.form import stamped
from playbooks.notice.guard import reason_of, refuse_illegal
from playbooks.notice.ledger import move, note, the_notice
from playbooks.notice.succession import escalate, reassign, revoke, supervise
from playbooks.notice.telling import roles_of, tell_department
from playbooks.person import Person
from playbooks.plan import Plan
from playbooks.text import typed
from situation.state.tables import Notice

_LONGEST_NAME = 100

__all__ = [
    "archive",
    "dismiss",
    "escalate",
    "issue",
    "judge",
    "propose",
    "reassign",
    "recheck",
    "remind",
    "revoke",
    "send_back",
    "sign",
    "start",
    "submit",
    "supervise",
]


def submit(
    session: Session,
    _plan: Plan,
    notice_id: str,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Hand a draft over to be judged (提交研判)."""
    notice = the_notice(session, notice_id, expected_version)
    move(session, notice, "submit", by=by, now=now)
    notice.submitted_by = by.name
    return notice


def judge(
    session: Session,
    plan: Plan,
    notice_id: str,
    *,
    level: int,
    hazard_level: str | None = None,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Set the levels of a notice (研判); raise `Malformed` for levels that are none."""
    notice = the_notice(session, notice_id, expected_version)
    move(session, notice, "judge", by=by, now=now, level=level, hazard_level=hazard_level)
    judge_levels(plan, notice, level, hazard_level, now)
    notice.fields = stamped(plan, notice)
    return notice


def propose(
    session: Session,
    _plan: Plan,
    notice_id: str,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Put a judged notice up for sign-off (送签)."""
    notice = the_notice(session, notice_id, expected_version)
    move(session, notice, "propose", by=by, now=now)
    return notice


def send_back(
    session: Session,
    _plan: Plan,
    notice_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Send a notice that is not yet issued back to be written again (退回修改)."""
    notice = the_notice(session, notice_id, expected_version)
    why = reason_of(reason, notice)
    move(session, notice, "send_back", by=by, now=now, reason=why)
    return notice


def dismiss(
    session: Session,
    _plan: Plan,
    notice_id: str,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """End a notice that is not to be issued (误报)."""
    notice = the_notice(session, notice_id, expected_version)
    notice.close_reason = reason_of(reason, notice)
    move(session, notice, "dismiss", by=by, now=now, reason=notice.close_reason)
    return notice


def issue(
    session: Session,
    plan: Plan,
    notice_id: str,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Issue a notice to its department (签发); its deadlines count from now."""
    notice = the_notice(session, notice_id, expected_version)
    refuse_illegal(notice, "issue", by)
    restart(plan, notice, now)
    times = {"receipt_due": notice.receipt_due, "feedback_due": notice.feedback_due}
    said = {key: at.isoformat() for key, at in times.items()}
    move(session, notice, "issue", by=by, now=now, department=notice.department, **said)
    notice.issued_at, notice.issued_by = now, by.name
    notice.fields = stamped(plan, notice)
    tell_department(session, plan, notice, "issue", roles=roles_of(notice.level), now=now)
    post(session, notice, "notice.issue", now)
    return notice


def sign(
    session: Session,
    _plan: Plan,
    notice_id: str,
    *,
    assignee: str = "",
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Sign for a notice (签收); `assignee` is who of the department will handle it."""
    notice = the_notice(session, notice_id, expected_version)
    who = typed(assignee, "assignee", longest=_LONGEST_NAME)
    move(session, notice, "sign", by=by, now=now, assignee=who)
    notice.signed_at, notice.signed_by, notice.assignee = now, by.name, who
    return notice


def start(
    session: Session,
    _plan: Plan,
    notice_id: str,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Say that the department has begun to handle it (开始处置)."""
    notice = the_notice(session, notice_id, expected_version)
    move(session, notice, "start", by=by, now=now)
    return notice


def recheck(
    session: Session,
    _plan: Plan,
    notice_id: str,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Begin to recheck what was answered (复核)."""
    notice = the_notice(session, notice_id, expected_version)
    move(session, notice, "recheck", by=by, now=now)
    return notice


def archive(
    session: Session,
    _plan: Plan,
    notice_id: str,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Notice:
    """Close the file of a notice that passed (归档)."""
    notice = the_notice(session, notice_id, expected_version)
    move(session, notice, "archive", by=by, now=now)
    return notice


def remind(session: Session, plan: Plan, notice_id: str, *, by: Person, now: dt.datetime) -> Notice:
    """Remind the department by hand (催办), at most once a minute."""
    notice = the_notice(session, notice_id)
    refuse_illegal(notice, "remind", by)
    note(session, notice, "remind", by=by, now=now)
    tell_department(session, plan, notice, f"remind_{now:%Y%m%d%H%M}", now=now)
    return notice
