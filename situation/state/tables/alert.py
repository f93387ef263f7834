"""Tables of the alerts that stand on the desk."""

import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonList, JsonObject, Row


class Alert(Row):
    """A claim that stands on the desk. The fields of the claim are explained at `Claim`.

    `status`: open, closed, suppressed (a suppression hides it; it opens again when that ends).
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_queue", "drill_id", "status", "severity", "last_seen", "id"),
        Index("ix_alert_facet", "drill_id", "status", "severity", "department", "detector"),
        Index("ix_alert_host", "host_ip", "last_seen"),
        Index("ix_alert_incident", "incident_id", "first_seen"),
    )

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
    suppression_id: Mapped[str | None]
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
