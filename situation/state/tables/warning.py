"""The table of warnings: colour, scope, who issued it and who lifted it."""

import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonObject, Row


class CityWarning(Row):
    """A warning of the plan. `state`: draft, proposed (to the superior), issued, lifted, dropped.

    `colour`: red, orange, yellow, blue. `issuer_level`: nation, province, city, district.
    """

    __tablename__ = "warning"
    __table_args__ = (Index("ix_warning_state", "state", "colour"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    drill_id: Mapped[str | None]
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incident.id"))
    colour: Mapped[str]
    category: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    issuer_level: Mapped[str]
    issuer: Mapped[str]
    fields: Mapped[JsonObject]
    """The fields of the plan by their key: starts_at, scope, matters, measures, time_limit ..."""
    state: Mapped[str] = mapped_column(default="draft")
    drafted_by: Mapped[str]
    issued_by: Mapped[str | None]
    issued_at: Mapped[dt.datetime | None]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[dt.datetime | None]
    lift_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
