"""The tables of the desk. What people change carries a version; every change an audit line."""

import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonList, JsonObject, Row


class Account(Row):
    """A person who may log in. `role`: analyst, duty_lead, operator."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="zh")
    theme: Mapped[str] = mapped_column(default="auto")
    created_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Login(Row):
    """A session of the console; only the hash of its token is kept."""

    __tablename__ = "login"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    form_token: Mapped[str]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]


class Capture(Row):
    """A capture that was replayed: its fingerprint, totals and every loss by reason."""

    __tablename__ = "capture"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Fingerprint of the files, with the drill id if there is one."""
    name: Mapped[str]
    drill_id: Mapped[str | None]
    packets: Mapped[int]
    bytes: Mapped[int]
    flows: Mapped[int]
    first_packet: Mapped[dt.datetime | None]
    last_packet: Mapped[dt.datetime | None]
    counters: Mapped[JsonObject]
    replayed_at: Mapped[dt.datetime]
    event_store: Mapped[str]


class SensorReport(Row):
    """What a sensor last said of itself, as `situation.sensor_status` writes it."""

    __tablename__ = "sensor_report"

    name: Mapped[str] = mapped_column(primary_key=True)
    reported_at: Mapped[dt.datetime]
    status: Mapped[JsonObject]


class Cursor(Row):
    """Where a follower stands, and who holds it until when."""

    __tablename__ = "cursor"

    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[str | None]
    owner: Mapped[str | None]
    lease_until: Mapped[dt.datetime | None]


class Alert(Row):
    """A claim that stands on the desk. The fields of the claim are explained at `Claim`.

    `status`: open, closed.
    """

    __tablename__ = "alert"
    __table_args__ = (Index("ix_alert_queue", "drill_id", "status", "last_seen"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    drill_id: Mapped[str | None]
    detector: Mapped[str]
    detector_version: Mapped[int]
    subject: Mapped[str]
    source_ip: Mapped[str | None]
    destination_ip: Mapped[str | None]
    host_ip: Mapped[str | None]
    window_start: Mapped[dt.datetime]
    window_end: Mapped[dt.datetime]
    first_seen: Mapped[dt.datetime]
    last_seen: Mapped[dt.datetime]
    severity: Mapped[int]
    score: Mapped[float]
    p_value: Mapped[float | None]
    technique: Mapped[str]
    category: Mapped[str]
    sentence_zh: Mapped[str]
    sentence_en: Mapped[str]
    reasons: Mapped[JsonList]
    """Reasons as objects with the fields of `situation.claim.Reason`."""
    evidence: Mapped[JsonList]
    evidence_dataset: Mapped[str]
    event_count: Mapped[int]
    indicators: Mapped[JsonObject]
    asset: Mapped[str]
    department: Mapped[str]
    district: Mapped[str]
    role: Mapped[str]
    protection_level: Mapped[int | None]
    cii: Mapped[bool | None]
    status: Mapped[str] = mapped_column(default="open")
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incident.id"))
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class PacketSlice(Row):
    """The first packets of an alert's evidence as a small capture, with its hash."""

    __tablename__ = "packet_slice"

    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    sha256: Mapped[str]
    packets: Mapped[int]
    content: Mapped[bytes]
    """A classic pcap with nanoseconds."""
    created_at: Mapped[dt.datetime]


class Incident(Row):
    """Alerts of one intrusion with the plan's grade. `status`: open, closed."""

    __tablename__ = "incident"

    id: Mapped[str] = mapped_column(primary_key=True)
    drill_id: Mapped[str | None]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    category: Mapped[str]
    level: Mapped[int]
    reasons: Mapped[JsonList]
    """Objects with instrument, clause, metric, value, threshold, level, source, verified."""
    facts: Mapped[JsonObject]
    """The facts that were graded, as in the facts file."""
    fact_sources: Mapped[JsonObject]
    """For each fact: `state` (proved, assumed) and where it comes from, in both languages."""
    flags: Mapped[JsonList]
    entities: Mapped[JsonList]
    host_ip: Mapped[str | None]
    asset: Mapped[str]
    department: Mapped[str]
    district: Mapped[str]
    first_seen: Mapped[dt.datetime]
    last_seen: Mapped[dt.datetime]
    discovered_at: Mapped[dt.datetime]
    alert_count: Mapped[int]
    status: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class RunningClock(Row):
    """A clock of the plan that runs for an incident.

    `state`: running, met, missed, withdrawn (its cause fell away; it stays visible).
    """

    __tablename__ = "running_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"))
    clock: Mapped[str]
    """Id of the clock in the plan, for example T-OTH-1."""
    addressee: Mapped[str]
    addressee_en: Mapped[str]
    clause: Mapped[str]
    limit_minutes: Mapped[int]
    started_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    met_at: Mapped[dt.datetime | None]
    state: Mapped[str] = mapped_column(default="running")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Notice(Row):
    """A notice to a department. `status`: sign_off, issued."""

    __tablename__ = "notice"

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    drill_id: Mapped[str | None]
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"))
    department: Mapped[str]
    contact: Mapped[str]
    level: Mapped[int]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    fields: Mapped[JsonObject]
    """The fields of an incident notice by their key, in the order of the form."""
    receipt_due: Mapped[dt.datetime]
    feedback_due: Mapped[dt.datetime]
    status: Mapped[str] = mapped_column(default="sign_off")
    issued_at: Mapped[dt.datetime | None]
    issued_by: Mapped[str | None]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class AuditLine(Row):
    """Who did what to which object, when and why; written with the change itself."""

    __tablename__ = "audit_line"
    __table_args__ = (Index("ix_audit_object", "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    actor: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    detail: Mapped[JsonObject]


class OutboxMessage(Row):
    """A message that leaves after its change was committed, for example an alert's mirror."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_pending", "delivered_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    object_id: Mapped[str]
    payload: Mapped[JsonObject]
    created_at: Mapped[dt.datetime]
    delivered_at: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)


class Drill(Row):
    """A scenario that was replayed as a drill, and what came of it."""

    __tablename__ = "drill"

    id: Mapped[str] = mapped_column(primary_key=True)
    scenario: Mapped[str]
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    result: Mapped[JsonObject]
