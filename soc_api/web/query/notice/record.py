"""One notice with everything that belongs to it: form, loop, answers, wishes, items, proof."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import (
    Account,
    Attachment,
    AuditLine,
    Delivery,
    Department,
    Extension,
    Feedback,
    Incident,
    Notice,
    RectificationItem,
)
from soc_api.web.query import due
from soc_api.web.query.due import Due
from soc_api.web.query.form import FormField, form_fields
from soc_api.web.query.incident.record import title_of
from soc_api.web.query.notice.loop import LoopStep, Parts, loop_of
from soc_api.web.query.scope import within
from soc_api.web.text import Text

KIND = "notice"
ASKED = "asked"
INCIDENTS_SHOWN = 100
JUST_NOW = dt.timedelta(minutes=5)

Part = TypeVar("Part", Feedback, RectificationItem, Extension, Attachment)
Order = sa.SQLColumnExpression[int] | sa.SQLColumnExpression[dt.datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeParts:
    """What hangs on a notice; answers and audit lines are oldest first."""

    feedbacks: list[Feedback]
    extensions: list[Extension]
    items: list[RectificationItem]
    attachments: list[Attachment]
    deliveries: list[Delivery]
    course: list[AuditLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One notice with its form, deadlines, incident, course and all that belongs to it.

    `feedbacks` is newest first; `people` gives the shown names of accounts.
    """

    row: Notice
    title: Text
    fields: list[FormField]
    deadlines: list[Due]
    next_due: Due | None
    incident: Incident | None
    parent: Notice | None
    children: list[Notice]
    feedbacks: list[Feedback]
    extensions: list[Extension]
    items: list[RectificationItem]
    attachments: list[Attachment]
    deliveries: list[Delivery]
    loop: list[LoopStep]
    course: list[AuditLine]
    people: dict[str, str]

    @property
    def receipt_limit(self) -> dt.timedelta:
        """How long the department has to sign for it; a draft's counts from its last filling."""
        return self.row.receipt_due - (self.row.issued_at or self.row.updated_at)

    @property
    def feedback_limit(self) -> dt.timedelta:
        """How long the department has to answer."""
        return self.row.feedback_due - (self.row.issued_at or self.row.updated_at)

    @property
    def wish(self) -> Extension | None:
        """The wish for more time that waits for an answer."""
        return next((each for each in self.extensions if each.state == ASKED), None)

    def proofs(self, feedback_id: str) -> list[Attachment]:
        """Return the files that were sent with an answer."""
        return [each for each in self.attachments if each.feedback_id == feedback_id]

    def who(self, account: str | None) -> str:
        """Return the shown name of an account, or the account itself."""
        return self.people.get(account, account) if account else ""


def counts(session: Session, now: dt.datetime, drill_id: str | None) -> dict[str, int]:
    """Count the notices by status, all of them, and those over the time of their step."""
    mine = within(Notice.drill_id, drill_id)
    query = sa.select(Notice.status, sa.func.count()).where(mine).group_by(Notice.status)
    found = dict(session.execute(query).all())
    over = session.scalar(
        sa.select(sa.func.count()).select_from(Notice).where(mine, due.overdue(now))
    )
    base = {"sign_off": 0, "issued": 0} | found
    return base | {"all": sum(found.values()), "over": over or 0}


def notice_view(session: Session, notice_id: str, now: dt.datetime) -> NoticeView | None:
    """Return one notice, None if there is none by this id."""
    row = session.get(Notice, notice_id)
    if row is None:
        return None
    parts, next_due = parts_of(session, row), due.next_step_of(row, now)
    told = Parts(
        feedbacks=parts.feedbacks,
        items=parts.items,
        deliveries=parts.deliveries,
        course=parts.course,
    )
    return NoticeView(
        row=row,
        title=title_of(row),
        fields=form_fields(row),
        deadlines=due.deadlines_of(row, now),
        next_due=next_due,
        incident=session.get(Incident, row.incident_id) if row.incident_id else None,
        parent=session.get(Notice, row.parent_id) if row.parent_id else None,
        children=_children(session, row),
        feedbacks=parts.feedbacks[::-1],
        extensions=parts.extensions[::-1],
        items=parts.items,
        attachments=parts.attachments,
        deliveries=parts.deliveries,
        loop=loop_of(row, next_due, told),
        course=parts.course[::-1],
        people=people_of(session),
    )


def people_of(session: Session) -> dict[str, str]:
    """Return the shown names of all accounts by their names."""
    return dict(session.execute(sa.select(Account.name, Account.display_name)).all())


def parts_of(session: Session, row: Notice) -> NoticeParts:
    """Return what hangs on a notice."""
    return NoticeParts(
        feedbacks=_of(session, row, Feedback, Feedback.round),
        extensions=_of(session, row, Extension, Extension.asked_at),
        items=_of(session, row, RectificationItem, RectificationItem.position),
        attachments=_of(session, row, Attachment, Attachment.uploaded_at),
        deliveries=_deliveries(session, row),
        course=_course(session, row),
    )


def last_act(session: Session, notice_id: str, account: str, now: dt.datetime) -> AuditLine | None:
    """Return what an account did with a notice just now; None if that was a while ago."""
    query = (
        sa.select(AuditLine)
        .where(
            AuditLine.object_kind == KIND,
            AuditLine.object_id == notice_id,
            AuditLine.actor == account,
            AuditLine.at > now - JUST_NOW,
        )
        .order_by(AuditLine.number.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def departments(session: Session) -> list[str]:
    """Return the departments of the directory and those that ever had a notice, by name."""
    listed = sa.select(Department.name).union(sa.select(Notice.department))
    return sorted(session.scalars(listed))


def open_incidents(session: Session, drill_id: str | None) -> Sequence[Incident]:
    """Return the incidents that a notice may belong to, the newest first."""
    return session.scalars(
        sa.select(Incident)
        .where(within(Incident.drill_id, drill_id), Incident.status == "open")
        .order_by(Incident.created_at.desc(), Incident.id)
        .limit(INCIDENTS_SHOWN)
    ).all()


def _of(
    session: Session,
    row: Notice,
    table: type[Part],
    order: Order,
) -> list[Part]:
    return list(session.scalars(sa.select(table).where(table.notice_id == row.id).order_by(order)))


def _children(session: Session, row: Notice) -> list[Notice]:
    query = sa.select(Notice).where(Notice.parent_id == row.id).order_by(Notice.created_at)
    return list(session.scalars(query))


def _deliveries(session: Session, row: Notice) -> list[Delivery]:
    query = (
        sa.select(Delivery)
        .where(Delivery.object_kind == KIND, Delivery.object_id == row.id)
        .order_by(Delivery.created_at.desc(), Delivery.channel, Delivery.id)
    )
    return list(session.scalars(query))


def _course(session: Session, row: Notice) -> list[AuditLine]:
    query = (
        sa.select(AuditLine)
        .where(AuditLine.object_kind == KIND, AuditLine.object_id == row.id)
        .order_by(AuditLine.number)
    )
    return list(session.scalars(query))
