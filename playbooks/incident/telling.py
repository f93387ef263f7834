"""Who is told of what happens to an incident: the city's own duty desk, through the outbox."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.flag import REPORTED_LEVEL
from playbooks.outbox.posting import tell_desk
from situation.state.tables import Incident

GRAVE_LEVEL = 2
"""Down to this level messages are urgent."""

_WORTH = dt.timedelta(days=1)
"""How long such a message is worth sending."""


def tell_level(session: Session, incident: Incident, now: dt.datetime) -> None:
    """Tell the desk that an incident has reached a level that must be reported; once a level."""
    if incident.level <= REPORTED_LEVEL:
        _tell(session, incident, f"level_{incident.level}", None, now)


def tell_missed(
    session: Session, incident: Incident, clock_id: int, due_at: dt.datetime, now: dt.datetime
) -> None:
    """Tell the desk that the time of a clock ran out; once a clock."""
    _tell(session, incident, f"missed_{clock_id}", due_at, now)


def _tell(
    session: Session,
    incident: Incident,
    occasion: str,
    due_at: dt.datetime | None,
    now: dt.datetime,
) -> None:
    tell_desk(
        session,
        object_kind="incident",
        object_id=incident.id,
        occasion=occasion,
        payload={
            "number": incident.id,
            "kind_zh": "事件" if due_at is None else "事件报告时限已过",
            "kind_en": "incident" if due_at is None else "incident, time to report is over",
            "level": incident.level,
            "title_zh": incident.title_zh,
            "title_en": incident.title_en,
            "department": incident.department,
            "due_at": due_at.isoformat() if due_at else "",
            "link": f"/incidents/{incident.id}",
            "drill": incident.drill_id is not None,
        },
        urgent=incident.level <= GRAVE_LEVEL,
        drill_id=incident.drill_id,
        give_up_at=now + _WORTH,
        now=now,
    )
