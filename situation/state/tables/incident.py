"""Tables of incidents: grade, clocks, reports that the plan asks for, open tasks."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonList, JsonObject, Row


class Incident(Row):
    """Alerts of one intrusion with the plan's grade.

    `stage` is the state of handling (see `playbooks.incident.machine`); `status` says whether it
    is worked on: open, or closed (stage archived or withdrawn).
    """

    __tablename__ = "incident"

    id: Mapped[str] = mapped_column(primary_key=True)
    drill_id: Mapped[str | None]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    category: Mapped[str]
    level: Mapped[int]
    accepted_level: Mapped[int | None]
    """The level that the facts gave when two people lowered it; only a graver one counts again."""
    facts_level: Mapped[int | None]
    """What the facts alone say now; the level is graver where nobody lowered it yet."""
    reasons: Mapped[JsonList]
    """Objects with instrument, clause, metric, value, threshold, level, source, verified."""
    facts: Mapped[JsonObject]
    """The facts that were graded, as in the facts file."""
    fact_sources: Mapped[JsonObject]
    """For each fact: `state` (proved, assumed), `origin`, and where it is from (both languages)."""
    flags: Mapped[JsonList]
    entities: Mapped[JsonList]
    host_ip: Mapped[str | None]
    asset: Mapped[str]
    department: Mapped[str]
    district: Mapped[str]
    first_seen: Mapped[dt.datetime]
    last_seen: Mapped[dt.datetime]
    discovered_at: Mapped[dt.datetime]
    response_ended_at: Mapped[dt.datetime | None]
    alert_count: Mapped[int]
    stage: Mapped[str] = mapped_column(default="graded")
    status: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class GradeChange(Row):
    """A change of an incident's level, or one that waits for a second person.

    `state`: applied (by the system, or upwards by one person), pending, approved, refused. Where
    the platform itself gives `reason` or `remark` it is a code: first_grade, alerts_joined,
    level_rose, incident_ended.
    """

    __tablename__ = "grade_change"
    __table_args__ = (Index("ix_grade_change_incident", "incident_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"))
    before: Mapped[int]
    after: Mapped[int]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[dt.datetime]
    state: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]
    remark: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class RunningClock(Row):
    """A clock of the plan that runs for an incident.

    `state`: waiting (what starts it has not happened), running, paused, met, missed, withdrawn
    (its cause fell away; it stays visible). A clock that was missed may be met later: `met_at`.
    """

    __tablename__ = "running_clock"
    __table_args__ = (Index("ix_running_clock_state", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"))
    clock: Mapped[str]
    """Id of the clock in the plan, for example T-OTH-1."""
    addressee: Mapped[str]
    addressee_en: Mapped[str]
    clause: Mapped[str]
    limit_minutes: Mapped[int]
    start: Mapped[str] = mapped_column(default="discovery")
    """What starts it: discovery, receipt, response_end."""
    started_at: Mapped[dt.datetime | None]
    due_at: Mapped[dt.datetime | None]
    met_at: Mapped[dt.datetime | None]
    met_by: Mapped[str | None]
    missed_at: Mapped[dt.datetime | None]
    paused_at: Mapped[dt.datetime | None]
    pause_reason: Mapped[str] = mapped_column(default="")
    history: Mapped[JsonList] = mapped_column(default=list)
    """What happened to it: objects with at, what, by, reason, due."""
    state: Mapped[str] = mapped_column(default="running")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Report(Row):
    """A report that the plan asks for, from draft to receipt.

    `kind`: first, follow_up, closing, pi_authority, pi_persons. `state`: draft, sent, received.
    `number` counts the reports of one incident (第几次).
    """

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"))
    drill_id: Mapped[str | None]
    kind: Mapped[str]
    number: Mapped[int]
    addressee: Mapped[str]
    channel: Mapped[str]
    """How it goes out: hotline, web, mail, fax, phone, portal, paper."""
    items: Mapped[JsonObject]
    """The items of the form by their key in the plan."""
    missing: Mapped[JsonList]
    """Keys of the items that are still to be supplied."""
    state: Mapped[str] = mapped_column(default="draft")
    written_by: Mapped[str]
    sent_by: Mapped[str | None]
    sent_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime | None]
    receipt_note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Task(Row):
    """Something that a person still has to do. `state`: open, done, dropped.

    `kind`: supplement_report, follow_up_report, closing_report, response, zero_report, supervise,
    confirm_facts, pi_notice, propose_warning, progress_report, deliver_failed, playbook_step,
    playbook_unsure, playbook_unstarted, undo_failed.
    """

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_open", "state", "due_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """Made of kind and object, so that the same task is opened once."""
    drill_id: Mapped[str | None]
    kind: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    clause: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="")
    """Who has to do it, by role; empty: anybody of the desk."""
    due_at: Mapped[dt.datetime | None]
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]
    done_by: Mapped[str | None]
    answer: Mapped[str] = mapped_column(default="")
    """What whoever did it answers; a playbook may go on by it."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
