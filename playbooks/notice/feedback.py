"""What a department answers, round by round, and what the recheck says of it."""

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.machine import Refusal
from playbooks.notice.deadline import begin_round
from playbooks.notice.escalation.chain import RAISED_FROM
from playbooks.notice.extensions import lapse
from playbooks.notice.guard import refuse_illegal, reviewer
from playbooks.notice.ledger import move, the_notice
from playbooks.notice.machine import ITEM
from playbooks.notice.succession import ask_supervision
from playbooks.notice.telling import tell_city, tell_department
from playbooks.person import SYSTEM, Person
from playbooks.plan import Plan
from playbooks.text import typed
from situation.faults import Conflict, Malformed
from situation.state.tables import Attachment, Feedback, Notice, RectificationItem

Truth = Literal["true", "false_alarm", "not_ours"]
Verdict = Literal["passed", "partly", "failed"]
Method = Literal["retest", "on_site", "papers"]

_REQUIRED = ("truth", "measures", "responsible", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The feedback of a department (form E of emergency-plan.md 6.3).

    `truth`: true, false_alarm, not_ours. `handled_at` is when it was handled, if it was.
    """

    truth: str
    cause: str
    measures: str
    result: str
    handled_at: dt.datetime | None
    residual: str
    responsible: str
    phone: str


def answer(
    session: Session,
    plan: Plan,
    notice_id: str,
    given: Answer,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Feedback:
    """Hand in the feedback of a department; files attached since the last go with it.

    Raise `Malformed` with the field that is missing or wrong, `Refusal` where it may not be.
    """
    notice = the_notice(session, notice_id, expected_version)
    said = _checked(given, now)
    number = _rounds(session, notice) + 1
    move(session, notice, "answer", by=by, now=now, round=number, truth=given.truth)
    notice.answered_at = now
    row = Feedback(
        id=_feedback_id(notice, number),
        notice_id=notice.id,
        round=number,
        submitted_by=by.name,
        submitted_at=now,
        due_at=notice.feedback_due,
        **said,
    )
    session.add(row)
    session.flush()
    _take_attachments(session, row)
    lapse(session, notice, now=now)
    tell_city(session, plan, notice, f"answer_{number}", now=now)
    return row


def review(  # noqa: PLR0913 - the fields of the recheck form
    session: Session,
    plan: Plan,
    notice_id: str,
    *,
    verdict: str,
    method: str,
    opinion: str,
    feedback_due: dt.datetime | None,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> Feedback:
    """Say what the recheck found (复核): `passed`, or `partly` and `failed`, which return it.

    A return needs an opinion with the points to mend, and a new deadline. Raise `Malformed` with
    the field that is wrong, `Refusal` for the author of the feedback and for departments.
    """
    notice = the_notice(session, notice_id, expected_version)
    _refuse_odd("verdict", verdict, get_args(Verdict))
    _refuse_odd("method", method, get_args(Method))
    refuse_illegal(notice, "pass" if verdict == "passed" else "return", by)
    row = _last(session, notice)
    reviewer(notice, row, by)
    points = typed(opinion, "opinion")
    detail = {"verdict": verdict, "method": method, "opinion": points}
    if verdict == "passed":
        _pass(session, plan, notice, by=by, now=now, **detail)
    else:
        due_at = _new_deadline(points, feedback_due, now)
        _return(session, plan, notice, due_at, by=by, now=now, **detail)
    row.verdict, row.method, row.opinion = verdict, method, points
    row.reviewed_by, row.reviewed_at = by.name, now
    return row


def give_back(
    session: Session,
    plan: Plan,
    notice_id: str,
    *,
    points: str,
    feedback_due: dt.datetime,
    now: dt.datetime,
) -> Notice:
    """Return an answer by itself: a re-scan found again what should be put right.

    Raise `Refusal` where the notice waits for no recheck.
    """
    notice = the_notice(session, notice_id)
    refuse_illegal(notice, "give_back", SYSTEM)
    row = _last(session, notice)
    detail = {"verdict": "failed", "method": "retest", "opinion": points}
    _return(session, plan, notice, feedback_due, act="give_back", by=SYSTEM, now=now, **detail)
    row.verdict, row.method, row.opinion = "failed", "retest", points
    row.reviewed_by, row.reviewed_at = SYSTEM.name, now
    return notice


def _checked(given: Answer, now: dt.datetime) -> dict[str, object]:
    _refuse_odd("truth", given.truth, get_args(Truth))
    if given.handled_at is not None and given.handled_at > now:
        raise Malformed("lies in the future", where="handled_at")
    said = {
        name: typed(text, name) if isinstance(text, str) else text
        for name, text in asdict(given).items()
    }
    missing = next((name for name in _REQUIRED if not said[name]), None)
    if missing is not None:
        raise Malformed("is missing", where=missing)
    return said


def _refuse_odd(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise Malformed(f"{value!r} is none of {', '.join(known)}", where=name)


def _rounds(session: Session, notice: Notice) -> int:
    query = sa.select(sa.func.count()).where(Feedback.notice_id == notice.id)
    return session.scalar(query) or 0


def _feedback_id(notice: Notice, number: int) -> str:
    key = f"feedback\x1f{notice.id}\x1f{number}"
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


def _last(session: Session, notice: Notice) -> Feedback:
    query = sa.select(Feedback).where(Feedback.notice_id == notice.id)
    row = session.scalars(query.order_by(Feedback.round.desc()).limit(1)).first()
    if row is None:
        raise Conflict("there is no feedback", where=notice.number)
    return row


def _take_attachments(session: Session, row: Feedback) -> None:
    waiting = sa.update(Attachment).where(
        Attachment.notice_id == row.notice_id, Attachment.feedback_id.is_(None)
    )
    session.execute(waiting.values(feedback_id=row.id))


def _pass(
    session: Session, plan: Plan, notice: Notice, *, by: Person, now: dt.datetime, **detail: object
) -> None:
    still_open = sa.select(RectificationItem.id).where(
        RectificationItem.notice_id == notice.id, RectificationItem.state.not_in(ITEM.terminal)
    )
    if session.scalars(still_open.limit(1)).first() is not None:
        raise Refusal("items_open", "not everything is rectified yet", where=notice.number)
    move(session, notice, "pass", by=by, now=now, **detail)
    tell_department(session, plan, notice, "pass", now=now)


def _new_deadline(opinion: str, due_at: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    if not opinion:
        raise Malformed("the points to mend are missing", where="opinion")
    if due_at is None or due_at <= now:
        raise Malformed("a new deadline that lies ahead is missing", where="feedback_due")
    return due_at


def _return(
    session: Session,
    plan: Plan,
    notice: Notice,
    due_at: dt.datetime,
    *,
    act: str = "return",
    by: Person,
    now: dt.datetime,
    **detail: object,
) -> None:
    move(session, notice, act, by=by, now=now, due=due_at.isoformat(), **detail)
    begin_round(notice, due_at, now)
    notice.returns += 1
    tell_department(session, plan, notice, f"return_{notice.returns}", now=now)
    if notice.returns >= RAISED_FROM:
        ask_supervision(session, notice, now=now)
