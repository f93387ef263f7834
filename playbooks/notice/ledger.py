"""The ledger of notices: found by id, moved from state to state, each move with its audit line."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks import numbering
from playbooks.directory import contacts_of
from playbooks.finding.following import follow
from playbooks.incident.tasks import end_tasks
from playbooks.notice.guard import refuse_illegal
from playbooks.notice.machine import NOTICE, SETTLED
from playbooks.person import Person
from playbooks.plan import Plan
from playbooks.revision import as_seen, held
from situation.assets import UNKNOWN
from situation.state.store import audit
from situation.state.tables import Notice


def the_notice(session: Session, notice_id: str, expected_version: int | None = None) -> Notice:
    """Return a notice to change it; whoever comes at the same time waits.

    Raise `Conflict` if there is none, `Refusal` with code `stale` if it changed since.
    """
    if expected_version is None:
        return held(session, Notice, notice_id)
    return as_seen(session, Notice, notice_id, expected_version)


def move(
    session: Session, notice: Notice, act: str, *, by: Person, now: dt.datetime, **detail: object
) -> None:
    """Take a notice through an act; raise `Refusal` where state or guard forbids it.

    The sweep looks at it again, and a step that was over its time is done. Findings of the scan
    that it was sent about follow.
    """
    before, after = notice.status, refuse_illegal(notice, act, by)
    notice.status, notice.overdue_at = after, None
    notice.sweep_at = None if after in NOTICE.terminal else now
    notice.closed_at = now if after in NOTICE.terminal else notice.closed_at
    if after in SETTLED:
        end_tasks(session, "drop", notice.id, by=by, now=now)
    record(session, notice, act, by=by, now=now, before=before, after=after, **detail)
    follow(session, notice, act, by=by, now=now)


def mark(
    session: Session, notice: Notice, act: str, *, by: Person, now: dt.datetime, **detail: object
) -> None:
    """Note an act that leaves the state as it is; raise `Refusal` where it is forbidden."""
    refuse_illegal(notice, act, by)
    notice.sweep_at = now
    record(session, notice, act, by=by, now=now, **detail)


def record(
    session: Session, notice: Notice, act: str, *, by: Person, now: dt.datetime, **detail: object
) -> None:
    """Write the audit line of what changed a notice."""
    notice.updated_at = now
    note(session, notice, act, by=by, now=now, **detail)


def note(
    session: Session, notice: Notice, act: str, *, by: Person, now: dt.datetime, **detail: object
) -> None:
    """Write the audit line of what happened beside a notice, whose row stays as it is."""
    said = {key: value for key, value in detail.items() if value not in ("", None)}
    said |= {"number": notice.number, "role": by.role}
    audit(session, now, by.name, f"notice.{act}", kind="notice", object_id=notice.id, **said)


def next_number(
    session: Session, plan: Plan, kind: str, drill_id: str | None, now: dt.datetime
) -> str:
    """Return the next number of a kind of notice."""
    row = plan.notice_kind(kind)
    return numbering.next_number(
        session,
        (row.number, row.drill_number),
        Notice.kind == kind,
        table=Notice,
        drill_id=drill_id,
        now=now,
    )


def contact_of(session: Session, department: str) -> str:
    """Return the liaisons of a department with their phones, as the form names them."""
    liaisons = contacts_of(session, department, ("liaison",))
    return "、".join(f"{one.name} {one.phone}".strip() for one in liaisons) or UNKNOWN
