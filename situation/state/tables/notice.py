"""Tables of notices: what a department is told, answers, asks for and proves."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonObject, Row


class Notice(Row):
    """A notice to a department.

    `kind`: hazard, incident, warning, rectification, supervision. `status` is a state of
    `playbooks.notice.machine`. The flags beside it: `overdue_at` (a step's time ran out),
    `supervised_at` (督办), `escalated_at` (became or joined an incident).
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_department", "department", "status"),
        Index("ix_notice_due", "status", "receipt_due"),
        Index("ix_notice_serial", "kind", "created_at", "drill_id"),
        Index("ix_notice_sweep", "sweep_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    drill_id: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="incident")
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incident.id"))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("notice.id"))
    """The notice that was reassigned to make this one, or that this one supervises."""
    department: Mapped[str]
    contact: Mapped[str]
    level: Mapped[int]
    urgency: Mapped[str] = mapped_column(default="")
    """Key of the row of the plan's table of notice deadlines; set when it is issued."""
    hazard_level: Mapped[str | None]
    """Of a hazard: low, medium, high, critical."""
    title_zh: Mapped[str]
    title_en: Mapped[str]
    fields: Mapped[JsonObject]
    """The fields of the form by their key, in the order of the form."""
    receipt_due: Mapped[dt.datetime]
    feedback_due: Mapped[dt.datetime]
    status: Mapped[str] = mapped_column(default="sign_off")
    drafted_by: Mapped[str] = mapped_column(default="system")
    submitted_by: Mapped[str | None]
    edited_by: Mapped[str | None]
    """Who last changed the draft by hand."""
    issued_at: Mapped[dt.datetime | None]
    issued_by: Mapped[str | None]
    signed_at: Mapped[dt.datetime | None]
    signed_by: Mapped[str | None]
    assignee: Mapped[str] = mapped_column(default="")
    """Who of the department handles it, as the department says."""
    answered_at: Mapped[dt.datetime | None]
    returns: Mapped[int] = mapped_column(default=0)
    """How often feedback was returned."""
    round: Mapped[int] = mapped_column(default=0)
    """Counts the new deadlines for feedback: each return and each extension begins a round."""
    round_at: Mapped[dt.datetime | None]
    """When the present round began; None until the first new deadline."""
    closed_at: Mapped[dt.datetime | None]
    """When it reached a terminal state."""
    close_reason: Mapped[str] = mapped_column(default="")
    overdue_at: Mapped[dt.datetime | None]
    """Since when the present step is over its time; None again once it is done."""
    supervised_at: Mapped[dt.datetime | None]
    escalated_at: Mapped[dt.datetime | None]
    sweep_at: Mapped[dt.datetime | None]
    """When the sweep looks at it next; None where time changes nothing."""
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Feedback(Row):
    """What a department answered, and what the recheck said of it. One row a round.

    `truth`: true, false_alarm, not_ours. `verdict`: passed, partly, failed; None until rechecked.
    """

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("notice_id", "round"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"))
    round: Mapped[int]
    truth: Mapped[str]
    cause: Mapped[str]
    measures: Mapped[str]
    result: Mapped[str]
    handled_at: Mapped[dt.datetime | None]
    residual: Mapped[str]
    responsible: Mapped[str]
    phone: Mapped[str]
    submitted_by: Mapped[str]
    submitted_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime | None]
    """Until when it was asked for; None where that was not kept."""
    verdict: Mapped[str | None]
    method: Mapped[str] = mapped_column(default="")
    """How it was rechecked: retest, on_site, papers."""
    opinion: Mapped[str] = mapped_column(default="")
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Attachment(Row):
    """A file that proves something of a notice. Its stored name is its id, never the client's."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_notice", "notice_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"))
    feedback_id: Mapped[str | None] = mapped_column(ForeignKey("feedback.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[dt.datetime]


class Extension(Row):
    """A wish for more time. `state`: asked, granted, refused, lapsed (answered before that)."""

    __tablename__ = "extension"
    __table_args__ = (Index("ix_extension_notice", "notice_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"))
    until: Mapped[dt.datetime]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(default="asked")
    decided_by: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]
    remark: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class RectificationItem(Row):
    """One thing to be rectified. `state`: todo, doing, submitted, retesting, fixed, not_fixed."""

    __tablename__ = "rectification_item"
    __table_args__ = (UniqueConstraint("notice_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"))
    position: Mapped[int]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="todo")
    remark: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class EscalationStep(Row):
    """A step of an escalation chain that was taken, once for each notice and round."""

    __tablename__ = "escalation_step"
    __table_args__ = (UniqueConstraint("notice_id", "step", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"))
    step: Mapped[str]
    round: Mapped[int]
    taken_at: Mapped[dt.datetime]
