"""Tables of what holds now: blocks and sinkholes in force, suppressions, indicators."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from situation.state.columns import JsonList, JsonObject, Row


class Measure(Row):
    """Something that is kept out at the points of enforcement until it is lifted.

    What a point has to hold is what these rows say, so a point is brought into line with them
    as often as one likes. `kind`: block_address, sinkhole_domain. `state`: wanted, in_force,
    lifting, lifted.
    """

    __tablename__ = "measure"
    __table_args__ = (Index("ix_measure_state", "state", "kind"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """The id of the step that asked for it."""
    drill_id: Mapped[str | None]
    """One of a drill is held by no point; it is in force at once, on paper."""
    run_id: Mapped[str]
    incident_id: Mapped[str | None]
    kind: Mapped[str]
    target: Mapped[str]
    """Network in CIDR form, or domain in A-label form."""
    points: Mapped[JsonList]
    """Names of the points that have to hold it."""
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="wanted")
    wanted_at: Mapped[dt.datetime]
    until: Mapped[dt.datetime | None]
    in_force_at: Mapped[dt.datetime | None]
    lifted_at: Mapped[dt.datetime | None]
    lifted_by: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class MeasurePoint(Row):
    """Whether a point holds a measure. `state`: wanted, held, lifting, gone."""

    __tablename__ = "measure_point"

    measure_id: Mapped[str] = mapped_column(ForeignKey("measure.id"), primary_key=True)
    point: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="wanted")
    changed_at: Mapped[dt.datetime]
    error: Mapped[str] = mapped_column(default="")
    """Why the point could not be brought into line at the last look."""


class PointPoll(Row):
    """The last time that a firewall polled a list: when, from where, and what it got."""

    __tablename__ = "point_poll"

    point: Mapped[str] = mapped_column(primary_key=True)
    polled_at: Mapped[dt.datetime]
    address: Mapped[str]
    sha256: Mapped[str]
    """Of the list that it holds from then on."""


class Suppression(Row):
    """Alerts that are known and need nobody for a time. `ended_at` is when it was taken back."""

    __tablename__ = "suppression"
    __table_args__ = (Index("ix_suppression_until", "until"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """The id of the step that asked for it."""
    drill_id: Mapped[str | None]
    run_id: Mapped[str]
    detector: Mapped[str]
    """Name of the detector, or empty for any."""
    host: Mapped[str]
    """Address that the alert is about or comes from."""
    reason: Mapped[str]
    owner: Mapped[str]
    since: Mapped[dt.datetime]
    until: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Indicator(Row):
    """Something known to be bad, from a feed. `kind`: address, domain, url, md5, sha256."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("source", "kind", "value"),
        Index("ix_indicator_value", "kind", "value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    """Name of the feed."""
    kind: Mapped[str]
    value: Mapped[str]
    """In one form: address in short form, domain in lower case as A-label, digest in lower case."""
    label: Mapped[str]
    confidence: Mapped[int | None]
    """0 to 100, where the feed says it."""
    valid_from: Mapped[dt.datetime | None]
    valid_until: Mapped[dt.datetime | None]
    read_at: Mapped[dt.datetime]
    detail: Mapped[JsonObject]
