"""The incident of the city in full work: clocks in every state, tasks, reports, a downgrade."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.incident.tasks import open_task
from playbooks.person import SYSTEM
from situation.state.store import audit
from situation.state.tables import GradeChange, Incident, Report, RunningClock
from tests.soc_api.web.city import INCIDENT, NOW

AUTHORITY = "《国家网络安全事件报告管理办法》（2025）4"
DRAFT_REPORT = "report-first"
SENT_REPORT = "report-follow-up"
HOSTILE = '<b onclick="x()">\'&{{ 7 * 7 }}</b>'


def work_on(session: Session) -> None:
    """Put the incident into the middle of its handling."""
    row = session.get_one(Incident, INCIDENT)
    row.stage = "responding"
    session.flush()
    at = NOW - dt.timedelta(minutes=30)
    audit(
        session,
        at,
        "zhou",
        "incident.respond",
        kind="incident",
        object_id=INCIDENT,
        before="graded",
        after="responding",
    )
    _add_clocks(session)
    _add_tasks(session)
    _add_reports(session)


def ask_down(session: Session, *, by: str = "lin") -> int:
    """Add a downgrade that `by` asked for, and return its id."""
    change = GradeChange(
        incident_id=INCIDENT,
        before=3,
        after=4,
        reason=f"电话核实：涉及人数为 12 万，并非 124 万 {HOSTILE}",
        asked_by=by,
        asked_at=NOW - dt.timedelta(minutes=6),
        state="pending",
    )
    session.add(change)
    session.flush()
    return change.id


def clock_in(session: Session, state: str) -> RunningClock:
    """Return the first clock of the incident that is in a state."""
    return session.scalars(
        sa.select(RunningClock)
        .where(RunningClock.incident_id == INCIDENT, RunningClock.state == state)
        .order_by(RunningClock.id)
    ).first()  # type: ignore[return-value]


def _clock(clock: str, addressee: tuple[str, str], **values: object) -> RunningClock:
    shown: dict[str, object] = {
        "incident_id": INCIDENT,
        "clock": clock,
        "addressee": addressee[0],
        "addressee_en": addressee[1],
        "clause": AUTHORITY,
        "limit_minutes": 60,
    }
    return RunningClock(**(shown | values))


def _add_clocks(session: Session) -> None:
    start = NOW - dt.timedelta(minutes=80)
    due = start + dt.timedelta(minutes=60)
    missed = _clock(
        "T-SUP",
        ("事发单位", "the unit"),
        started_at=start,
        due_at=due,
        missed_at=due,
        state="missed",
    )
    paused = _clock(
        "T-HOLE",
        ("市大数据局", "city data bureau"),
        started_at=NOW - dt.timedelta(minutes=20),
        due_at=NOW + dt.timedelta(minutes=40),
        paused_at=NOW - dt.timedelta(minutes=5),
        pause_reason="waiting_for_court",
        state="paused",
    )
    onward = _clock("T-OTH-2", ("国家网信部门", "national CAC"), start="receipt", state="waiting")
    closing = _clock(
        "T-FIN",
        ("省级网信部门", "provincial CAC"),
        limit_minutes=43_200,
        start="response_end",
        state="waiting",
    )
    session.add_all([missed, paused, onward, closing])


def _add_tasks(session: Session) -> None:
    for kind, zh, en, minutes in (
        ("supplement_report", "补报首次报告缺的 4 项", "Supply 4 items of the first report", 80),
        ("confirm_facts", f"核实涉及人数 {HOSTILE}", "Confirm the number of persons", None),
        ("zero_report", "今日零报告", "Zero report of today", -12),
    ):
        open_task(
            session,
            kind=kind,
            object_kind="incident",
            object_id=INCIDENT,
            title_zh=zh,
            title_en=en,
            due_at=NOW + dt.timedelta(minutes=minutes) if minutes is not None else None,
            drill_id=None,
            now=NOW - dt.timedelta(minutes=35),
            clause=AUTHORITY if minutes else "",
            by=SYSTEM,
        )


def _add_reports(session: Session) -> None:
    at = NOW - dt.timedelta(minutes=25)
    for report_id, kind, number, sent in (
        (SENT_REPORT, "follow_up", 1, at),
        (DRAFT_REPORT, "first", 2, None),
    ):
        session.add(
            Report(
                id=report_id,
                incident_id=INCIDENT,
                kind=kind,
                number=number,
                addressee="省级网信部门",
                channel="hotline",
                items={},
                missing=[],
                state="sent" if sent else "draft",
                written_by="zhou",
                sent_by="zhou" if sent else None,
                sent_at=sent,
                created_at=at,
                updated_at=at,
            )
        )
