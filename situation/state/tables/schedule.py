"""Tables of the schedule: jobs, their slots, and who keeps the clock."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonObject, Row


class Job(Row):
    """What is kept of a job of the list: how far its slots are laid, and whether it is paused."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(primary_key=True)
    laid_until: Mapped[dt.datetime]
    """Every slot up to here was laid or left out by the job's own rule."""
    paused_at: Mapped[dt.datetime | None]
    paused_by: Mapped[str | None]
    pause_reason: Mapped[str] = mapped_column(default="")
    last_success_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class JobSlot(Row):
    """One turn of a job. `state`: due, running, done, failed, skipped.

    A worker holds it while `lease_until` lies ahead. By hand, `slot` is when somebody asked.
    """

    __tablename__ = "job_slot"
    __table_args__ = (
        UniqueConstraint("job", "slot"),
        Index("ix_job_slot_due", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str]
    slot: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(default="due")
    asked_by: Mapped[str]
    """clock, or the person who asked for it."""
    laid_at: Mapped[dt.datetime]
    next_try_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None]
    lease_until: Mapped[dt.datetime | None]
    started_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    outcome: Mapped[JsonObject]
    """Counts of what it did."""
    error: Mapped[str] = mapped_column(default="")


class Lease(Row):
    """Who does something alone, and until when: one of several clocks lays the slots."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    until: Mapped[dt.datetime]
