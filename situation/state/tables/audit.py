"""Tables of the audit: a chain of lines, and where it ends."""

import datetime as dt

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonObject, Row


class AuditLine(Row):
    """Who did what to which object, when and why; written with the change itself.

    `number` counts without gaps; `digest` is made of the line and the digest before it, see
    `situation.state.chain`.
    """

    __tablename__ = "audit_line"
    __table_args__ = (
        Index("ix_audit_object", "object_kind", "object_id"),
        Index("ix_audit_action", "action", "at"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    actor: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    detail: Mapped[JsonObject]
    digest: Mapped[str]


class AuditHead(Row):
    """The end of the chain: one row, which the next line is chained to."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str]
    """Name of this chain, drawn at random when the database was made."""
    number: Mapped[int]
    digest: Mapped[str]
