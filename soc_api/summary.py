"""What a replay found, as the JSON of the command line and as ten lines for a person."""

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from situation.clock import CITY_ZONE
from situation.state.store import StateStore
from situation.state.tables import Alert, Capture, Incident, Notice, RunningClock

Document = dict[str, object]

LEVELS = {
    1: ("Ⅰ", "特别重大", "especially major"),
    2: ("Ⅱ", "重大", "major"),
    3: ("Ⅲ", "较大", "significant"),
    4: ("Ⅳ", "一般", "general"),
}


def summary(state: StateStore, capture: Capture, seconds: float) -> Document:
    """Return what stands on the desk for the time and the drill of a capture."""
    with state.reading() as session:
        alerts = _alerts(session, capture)
        incidents = _incidents(session, {a.incident_id for a in alerts if a.incident_id})
        notices = _notices(session, [incident.id for incident in incidents])
        clocks = _clocks(session, [incident.id for incident in incidents])
    return {
        "capture": capture.name,
        "drill": capture.drill_id,
        "packets": capture.packets,
        "bytes": capture.bytes,
        "flows": capture.flows,
        "seconds": round(seconds, 3),
        "alerts": [_alert(alert) for alert in alerts],
        "incidents": [_incident(incident, clocks) for incident in incidents],
        "notices": [_notice(notice) for notice in notices],
        "counters": capture.counters,
    }


def _alerts(session: Session, capture: Capture) -> Sequence[Alert]:
    if capture.first_packet is None or capture.last_packet is None:
        return []
    of_capture: tuple[ColumnElement[bool], ...] = (
        Alert.drill_id.is_(None)
        if capture.drill_id is None
        else Alert.drill_id == capture.drill_id,
        Alert.last_seen >= capture.first_packet,
        Alert.first_seen <= capture.last_packet,
    )
    by_weight = (Alert.severity.desc(), Alert.first_seen, Alert.id)
    return session.scalars(select(Alert).where(*of_capture).order_by(*by_weight)).all()


def _incidents(session: Session, ids: set[str]) -> Sequence[Incident]:
    chosen = select(Incident).where(Incident.id.in_(ids)).order_by(Incident.level, Incident.id)
    return session.scalars(chosen).all()


def _notices(session: Session, incident_ids: Sequence[str]) -> Sequence[Notice]:
    chosen = select(Notice).where(Notice.incident_id.in_(incident_ids)).order_by(Notice.number)
    return session.scalars(chosen).all()


def _clocks(session: Session, incident_ids: Sequence[str]) -> Sequence[RunningClock]:
    chosen = select(RunningClock).where(RunningClock.incident_id.in_(incident_ids))
    return session.scalars(chosen.order_by(RunningClock.due_at, RunningClock.id)).all()


def _alert(alert: Alert) -> Document:
    return {
        "id": alert.id,
        "detector": alert.detector,
        "subject": alert.subject,
        "severity": alert.severity,
        "score": alert.score,
        "p_value": alert.p_value,
        "technique": alert.technique,
        "department": alert.department,
        "first_seen": alert.first_seen.isoformat(),
        "last_seen": alert.last_seen.isoformat(),
        "sentence": {"zh": alert.sentence_zh, "en": alert.sentence_en},
        "reasons": alert.reasons,
    }


def _incident(incident: Incident, clocks: Sequence[RunningClock]) -> Document:
    return {
        "id": incident.id,
        "title": {"zh": incident.title_zh, "en": incident.title_en},
        "level": incident.level,
        "department": incident.department,
        "reasons": incident.reasons,
        "flags": incident.flags,
        "alert_count": incident.alert_count,
        "clocks": [
            {"id": clock.clock, "addressee": clock.addressee, "due": clock.due_at.isoformat()}
            for clock in clocks
            if clock.incident_id == incident.id and clock.due_at is not None
        ],
    }


def _notice(notice: Notice) -> Document:
    return {
        "id": notice.id,
        "number": notice.number,
        "department": notice.department,
        "level": notice.level,
        "status": notice.status,
        "receipt_due": notice.receipt_due.isoformat(),
        "feedback_due": notice.feedback_due.isoformat(),
    }


SHOWN_ALERTS = 10
SHOWN_INCIDENTS = 3
"""How many a person is told of on the terminal; the console and the JSON have them all."""


def lines(found: Document) -> Iterator[str]:
    """Yield the summary as lines, the figures first, each alert with its first reason."""
    yield (
        f"Capture   {found['capture']}: {found['packets']:,} packets, {found['bytes']:,} octets, "
        f"{found['flows']:,} flows"
    )
    alerts, incidents = _list(found, "alerts"), _list(found, "incidents")
    notices = _list(found, "notices")
    yield f"Alerts    {len(alerts):,}"
    yield from _first(SHOWN_ALERTS, [[_alert_line(alert)] for alert in alerts])
    if not incidents:
        yield "Incident  none"
    yield from _first(SHOWN_INCIDENTS, [list(_incident_lines(one)) for one in incidents])
    yield from _first(SHOWN_INCIDENTS, [[_notice_line(notice)] for notice in notices])
    counters = found["counters"]
    yield f"Dropped   {_losses(counters if isinstance(counters, dict) else {})}"


def _list(found: Document, name: str) -> list[Document]:
    rows = found[name]
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _first(shown: int, told: list[list[str]]) -> Iterator[str]:
    for one in told[:shown]:
        yield from one
    if len(told) > shown:
        yield f"          and {len(told) - shown:,} more, see the console or --json"


def _alert_line(alert: Document) -> str:
    reasons = _list(alert, "reasons")
    why = f" ({reasons[0]['en']})" if reasons else ""
    return f"          {'▮' * int(str(alert['severity'])):<4} {_english(alert['sentence'])}{why}"


def _incident_lines(incident: Document) -> Iterator[str]:
    numeral, zh, en = LEVELS[int(str(incident["level"]))]
    name = _english(incident["title"])
    yield f"Incident  {numeral} {zh} ({en}): {name}, from {incident['alert_count']} alerts"
    for reason in _list(incident, "reasons")[:2]:
        yield f"          because {because(reason)}"
    for clock in _list(incident, "clocks")[:3]:
        yield f"          clock {clock['id']}: {clock['addressee']} by {_local(clock['due'])}"


def _notice_line(notice: Document) -> str:
    return (
        f"Notice    {notice['number']} to {notice['department']}: sign by "
        f"{_local(notice['receipt_due'])}, answer by {_local(notice['feedback_due'])}"
    )


def _english(text: object) -> str:
    return str(text["en"]) if isinstance(text, dict) else ""


def because(reason: Document) -> str:
    """Return what was met and the clause that says so, in English."""
    value = reason.get("value_en") or reason.get("value")
    met = reason["metric_en"] if value is None else f"{reason['metric_en']} {value}"
    sure = "" if reason.get("verified") else ", not verified"
    return (
        f"{met} (level {reason['level']} after {reason['instrument_en']} {reason['clause']}{sure})"
    )


def _local(time: object) -> str:
    return dt.datetime.fromisoformat(str(time)).astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M")


_LOSSES = ("refused", "dns_refused", "events_refused", "rejected_by_store", "judging_losses")
"""Counters that hold a loss by its reason."""


def losses(counters: Document) -> dict[str, int]:
    """Return what was lost by its reason, from the counters of a capture."""
    return {
        reason: count
        for name in _LOSSES
        if isinstance(rows := counters.get(name), dict)
        for reason, count in rows.items()
        if count
    }


def _losses(counters: Document) -> str:
    found = losses(counters)
    return ", ".join(f"{count:,} {reason}" for reason, count in found.items()) or "nothing"
