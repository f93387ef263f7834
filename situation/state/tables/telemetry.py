"""Tables of what came in: captures, reports of sensors, cursors of followers, drills."""

import datetime as dt

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonList, JsonObject, Row


class Capture(Row):
    """A capture that was replayed: its fingerprint, totals and every loss by reason."""

    __tablename__ = "capture"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Fingerprint of the files, with the drill id if there is one."""
    name: Mapped[str]
    files: Mapped[JsonList] = mapped_column(default=list)
    """Where its files lay when it was replayed; they may be gone since."""
    drill_id: Mapped[str | None]
    packets: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    flows: Mapped[int] = mapped_column(BigInteger)
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


class Drill(Row):
    """A scenario that was replayed as a drill, and what came of it."""

    __tablename__ = "drill"

    id: Mapped[str] = mapped_column(primary_key=True)
    scenario: Mapped[str]
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    result: Mapped[JsonObject]
