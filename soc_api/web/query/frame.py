"""What stands around every page: counts of the rail, the nearest clock, the age of the data."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import (
    Alert,
    Approval,
    Capture,
    CityWarning,
    DataFinding,
    Delivery,
    Drill,
    Incident,
    Notice,
)
from soc_api.web.query import due
from soc_api.web.query.due import Due
from soc_api.web.query.scope import within
from soc_api.web.query.sensor import troubled_count

DRILLS_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame of a page. `drill` is the drill that the page shows, None for the real city.

    `place` is the entry of the rail; `nearest` is always real; `drill_nearest` the drill's own.
    """

    place: str
    drill: Drill | None
    drills: list[Drill]
    open_alerts: int
    open_incidents: int
    unsigned_notices: int
    warnings: int
    """Warnings that hold."""
    approvals: int
    """Actions of playbooks that somebody has to decide."""
    dead_letters: int
    """Messages that nobody could be given, of the real city."""
    nearest: Due | None
    drill_nearest: Due | None
    open_findings: int
    """Findings of the data scan that wait for somebody, those about marks of secrecy aside."""
    data_at: dt.datetime | None
    sensors: int
    """Sensors that are in use; `sensors_troubled` of them are silent or have something wrong."""
    sensors_troubled: int

    @property
    def drill_id(self) -> str | None:
        """Id of the drill that the page shows."""
        return self.drill.id if self.drill else None


def frame_of(session: Session, now: dt.datetime, *, place: str, drill_id: str | None) -> Frame:
    """Read the frame of a page at `place`; an unknown drill reads as an empty one."""
    drill = session.get(Drill, drill_id) if drill_id else None
    if drill_id and drill is None:
        drill = Drill(id=drill_id, scenario=drill_id, started_at=now, finished_at=None, result={})
    drills = session.scalars(
        sa.select(Drill).order_by(Drill.started_at.desc()).limit(DRILLS_SHOWN)
    ).all()
    sensors, troubled = troubled_count(session, now)
    return Frame(
        sensors=sensors,
        sensors_troubled=troubled,
        place=place,
        drill=drill,
        drills=list(drills),
        open_alerts=_count(
            session, Alert, Alert.status == "open", within(Alert.drill_id, drill_id)
        ),
        open_incidents=_count(
            session, Incident, Incident.status == "open", within(Incident.drill_id, drill_id)
        ),
        unsigned_notices=_count(
            session, Notice, Notice.status == "sign_off", within(Notice.drill_id, drill_id)
        ),
        warnings=_count(
            session,
            CityWarning,
            CityWarning.state == "issued",
            within(CityWarning.drill_id, drill_id),
        ),
        approvals=_count(
            session, Approval, Approval.state == "pending", within(Approval.drill_id, drill_id)
        ),
        dead_letters=_count(session, Delivery, Delivery.state == "dead"),
        open_findings=_count(
            session,
            DataFinding,
            sa.not_(DataFinding.restricted),
            DataFinding.state.in_(("open", "returned")),
        ),
        nearest=due.nearest(session, None, now),
        drill_nearest=due.nearest(session, drill_id, now) if drill_id else None,
        data_at=session.scalar(
            sa.select(sa.func.max(Capture.replayed_at)).where(within(Capture.drill_id, drill_id))
        ),
    )


def _count(
    session: Session,
    table: type[Alert | Approval | CityWarning | DataFinding | Delivery | Incident | Notice],
    *conditions: sa.ColumnElement[bool],
) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0
