"""More time for the feedback: a department asks, the city decides."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.finding.following import extend
from playbooks.machine import Refusal
from playbooks.notice.deadline import begin_round
from playbooks.notice.guard import GUARDS, reason_of, refuse_illegal
from playbooks.notice.ledger import mark, note, the_notice
from playbooks.notice.machine import EXTENSION
from playbooks.person import SYSTEM, Person
from playbooks.text import typed
from situation.faults import Conflict, Malformed
from situation.state.tables import Extension, Notice


def ask_extension(
    session: Session,
    notice_id: str,
    *,
    until: dt.datetime,
    reason: str,
    by: Person,
    now: dt.datetime,
) -> Extension:
    """Ask for time until a later date (申请延期); one wish at a time.

    Raise `Malformed` for a date that is not later than the deadline and than now, `Refusal` with
    code `open_already` while another wish is undecided.
    """
    notice = the_notice(session, notice_id)
    refuse_illegal(notice, "ask_extension", by)
    why = reason_of(reason, notice)
    _refuse_earlier(notice, until, now)
    if _open_wish(session, notice) is not None:
        raise Refusal("open_already", "a wish is still undecided", where=notice.number)
    row = Extension(notice_id=notice.id, until=until, reason=why, asked_by=by.name, asked_at=now)
    session.add(row)
    session.flush()
    note(session, notice, "ask_extension", by=by, now=now, until=until.isoformat(), reason=why)
    return row


def decide_extension(
    session: Session,
    extension_id: int,
    *,
    grant: bool,
    remark: str,
    by: Person,
    now: dt.datetime,
) -> Extension:
    """Grant a wish for more time, or refuse it with a remark; granted, the new date holds.

    Raise `Refusal` where it is decided already, where a refusal has no remark, and where the
    notice waits for no feedback any more.
    """
    row = session.get(Extension, extension_id)
    if row is None:
        raise Conflict("there is no such wish", where=str(extension_id))
    notice = the_notice(session, row.notice_id)
    act = "grant" if grant else "refuse"
    row.state = EXTENSION.after(row.state, act, where=notice.number)
    row.decided_by, row.decided_at, row.remark = by.name, now, typed(remark, "remark")
    detail = {"until": row.until.isoformat(), "remark": row.remark}
    if grant:
        _refuse_earlier(notice, row.until, now)
        mark(session, notice, "grant_extension", by=by, now=now, **detail)
        begin_round(notice, row.until, now)
        extend(session, notice, row.until, by=by, now=now)
    else:
        for guard in GUARDS["grant_extension"]:
            guard(notice, by)
        reason_of(remark, notice)
        note(session, notice, "refuse_extension", by=by, now=now, **detail)
    return row


def lapse(session: Session, notice: Notice, *, now: dt.datetime) -> None:
    """Let an undecided wish lapse: the department answered, or owes nothing any more."""
    row = _open_wish(session, notice)
    if row is not None:
        row.state = EXTENSION.after(row.state, "lapse", where=notice.number)
        row.decided_by, row.decided_at = SYSTEM.name, now


def _open_wish(session: Session, notice: Notice) -> Extension | None:
    query = sa.select(Extension).where(
        Extension.notice_id == notice.id, Extension.state == EXTENSION.initial
    )
    return session.scalars(query.limit(1)).first()


def _refuse_earlier(notice: Notice, until: dt.datetime, now: dt.datetime) -> None:
    if until <= max(notice.feedback_due, now):
        raise Malformed("has to be later than the present deadline", where="until")
