"""Notices: the ledger, and one notice with all fields of its form."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import AuditLine, Incident, Notice
from soc_api.web.query import due
from soc_api.web.query.due import Due
from soc_api.web.query.incident import title_of
from soc_api.web.query.scope import within
from soc_api.web.text import Text

ROWS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One row of the ledger: the notice and its next step."""

    row: Notice
    next_due: Due

    @property
    def title(self) -> Text:
        """Title of the notice."""
        return title_of(self.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the form: its name and its values."""

    key: str
    name: Text
    values: list[Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One notice with its form, deadlines, incident and course."""

    row: Notice
    title: Text
    fields: list[FormField]
    deadlines: list[Due]
    next_due: Due
    incident: Incident | None
    course: list[AuditLine]

    @property
    def receipt_limit(self) -> dt.timedelta:
        """How long the department has to sign for it; a draft's counts from its last filling."""
        return self.row.receipt_due - (self.row.issued_at or self.row.updated_at)


def notice_lines(
    session: Session, now: dt.datetime, *, drill_id: str | None, status: str
) -> list[NoticeLine]:
    """Return notices, the nearest deadline first; `status` is sign_off, issued or all."""
    conditions = [within(Notice.drill_id, drill_id)]
    if status != "all":
        conditions.append(Notice.status == status)
    rows = session.scalars(
        sa.select(Notice)
        .where(*conditions)
        .order_by(Notice.receipt_due, Notice.number)
        .limit(ROWS_SHOWN)
    )
    return [NoticeLine(row, due.next_step_of(row, now)) for row in rows]


def counts(session: Session, now: dt.datetime, drill_id: str | None) -> dict[str, int]:
    """Count the notices by status, all of them, and those over their receipt time."""
    query = (
        sa.select(Notice.status, sa.func.count())
        .where(within(Notice.drill_id, drill_id))
        .group_by(Notice.status)
    )
    found = dict(session.execute(query).all())
    over = session.scalar(
        sa.select(sa.func.count())
        .select_from(Notice)
        .where(within(Notice.drill_id, drill_id), Notice.receipt_due < now)
    )
    base = {"sign_off": 0, "issued": 0} | found
    return base | {"all": sum(found.values()), "over": over or 0}


def notice_view(session: Session, notice_id: str, now: dt.datetime) -> NoticeView | None:
    """Return one notice, None if there is none by this id."""
    row = session.get(Notice, notice_id)
    if row is None:
        return None
    course = session.scalars(
        sa.select(AuditLine)
        .where(AuditLine.object_kind == "notice", AuditLine.object_id == row.id)
        .order_by(AuditLine.number.desc())
    )
    return NoticeView(
        row=row,
        title=title_of(row),
        fields=[_form_field(key, value) for key, value in row.fields.items()],
        deadlines=due.deadlines_of(row, now),
        next_due=due.next_step_of(row, now),
        incident=session.get(Incident, row.incident_id),
        course=list(course),
    )


def _form_field(key: str, field: object) -> FormField:
    if not isinstance(field, Mapping):
        field = {"value": field}
    value = field.get("value")
    values = value if isinstance(value, list) else [value]
    return FormField(
        key=key,
        name=Text(str(field.get("label_zh", key)), str(field.get("label_en", key))),
        values=[_worded(each) for each in values if each not in ("", None)],
    )


def _worded(value: object) -> Text:
    if isinstance(value, Mapping):
        return Text(str(value.get("zh", "")), str(value.get("en", value.get("zh", ""))))
    return Text(str(value), str(value))
