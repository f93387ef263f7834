"""Reports of sensors on the desk: kept one a sensor, the newest in place of the last."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.sensor_status import SensorStatus, sensor_status
from situation.state.store import StateStore
from situation.state.tables import SensorReport

REPORT_SECONDS = 5.0
"""Pause between two reports of a sensor."""

FORGOTTEN = dt.timedelta(days=7)
"""Silence after which a sensor is taken for one that was put away."""


def keep_report(state: StateStore, status: SensorStatus) -> None:
    """Keep what a sensor says of itself; raise `Unavailable` while the state store is away."""
    with state.transaction() as session:
        session.merge(
            SensorReport(name=status.name, reported_at=status.reported_at, status=status.document())
        )


def sensor_statuses(session: Session, now: dt.datetime) -> list[SensorStatus]:
    """Return the newest report of every sensor that is still in use, by name."""
    rows = session.scalars(
        sa.select(SensorReport)
        .where(SensorReport.reported_at > now - FORGOTTEN)
        .order_by(SensorReport.name)
    )
    return [sensor_status(row.status) for row in rows]
