"""Reports of an incident: written from what is known, sent, received, handed out on paper."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.document.block import Document
from playbooks.document.data import report_data
from playbooks.document.pdf import pdf_of
from playbooks.document.word import word_of
from playbooks.incident.reports import (
    CHANNELS,
    draft_report,
    edit_report,
    record_receipt,
    send_report,
)
from playbooks.machine import Refusal
from situation.clock import CITY_ZONE
from situation.faults import Conflict, Malformed
from situation.state.tables import Incident, Report
from soc_api.permission import Permission
from soc_api.web.page.document import PDF, WORD, handed_out
from soc_api.web.page.incident.grade import SentDep
from soc_api.web.page.incident.record import STALE, changed
from soc_api.web.query.frame import frame_of
from soc_api.web.query.incident.course import last_change
from soc_api.web.query.incident.report import report_view
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT, UNREADABLE = 200, 303, 404, 409, 422
NOTE_LIMIT = 2000
SEND = "send"
NAME_LIMIT = 200

ReportKind = Literal["first", "follow_up", "closing", "pi_authority", "pi_persons"]

_TEMPLATES = {"closing": "closing", "pi_authority": "pi_notice", "pi_persons": "pi_notice"}
"""Template of a kind of report; any other has that of a report."""
_NO_ITEMS = ("form_token", "version", "act", "channel")


@router.post("/incidents/{incident_id}/reports", dependencies=[allowed(Permission.REPORT)])
def draft(
    visit: ChangeDep,
    incident_id: str,
    kind: Annotated[ReportKind, Form()],
    addressee: Annotated[str, Form(max_length=NAME_LIMIT)],
) -> Response:
    """Begin a report with what the incident tells, and lead to it."""
    begun: list[str] = []

    def change(session: Session) -> None:
        try:
            row = draft_report(
                session,
                visit.console.plan,
                incident_id,
                kind=kind,
                addressee=addressee,
                by=visit.person,
                now=visit.now,
            )
        except Malformed as fault:
            raise Refusal(fault.where, fault.reason, where=incident_id) from fault
        begun.append(f"/reports/{row.id}")

    answer = changed(visit, incident_id, change)
    return RedirectResponse(begun[0], SEE_OTHER) if begun else answer


@router.get("/reports/{report_id}.docx", dependencies=[allowed(Permission.VIEW_DESK)])
def word(visit: VisitDep, session: SessionDep, report_id: str) -> Response:
    """Hand out a report in Word."""
    return handed_out(word_of(_document(visit, session, report_id)), WORD, f"{report_id}.docx")


@router.get("/reports/{report_id}.pdf", dependencies=[allowed(Permission.VIEW_DESK)])
def pdf(visit: VisitDep, session: SessionDep, report_id: str) -> Response:
    """Hand out a report as a PDF."""
    return handed_out(pdf_of(_document(visit, session, report_id)), PDF, f"{report_id}.pdf")


@router.get("/reports/{report_id}", dependencies=[allowed(Permission.VIEW_DESK)])
def report(visit: VisitDep, session: SessionDep, report_id: str) -> HTMLResponse:
    """Show one report."""
    return _page(visit, session, report_id)


@router.post("/reports/{report_id}", dependencies=[allowed(Permission.REPORT)])
def write(
    visit: ChangeDep,
    report_id: str,
    sent: SentDep,
    version: Annotated[int, Form()],
) -> Response:
    """Keep what was written; with the act `send` record that the report went out, and how."""
    items = {
        key: value.replace("\r\n", "\n")
        for key, value in sent.items()
        if key not in _NO_ITEMS and isinstance(value, str)
    }
    state = visit.console.state
    try:
        with state.transaction() as session:
            row = edit_report(
                session,
                visit.console.plan,
                report_id,
                items=items,
                by=visit.person,
                expected_version=version,
                now=visit.now,
            )
            if sent.get("act") == SEND:
                session.flush()
                _send(session, visit, row, str(sent.get("channel", "")))
    except Conflict as conflict:
        return _not_done(visit, report_id, items, _code(conflict))
    except Malformed as fault:
        return _not_done(visit, report_id, items, fault=fault.where)
    return RedirectResponse(f"/reports/{report_id}", SEE_OTHER)


@router.post("/reports/{report_id}/receipt", dependencies=[allowed(Permission.REPORT)])
def receipt(
    visit: ChangeDep,
    report_id: str,
    version: Annotated[int, Form()],
    received_at: Annotated[str, Form(max_length=NAME_LIMIT)],
    note: Annotated[str, Form(max_length=NOTE_LIMIT)] = "",
) -> Response:
    """Record when the addressee received a report; `received_at` is the city's time."""
    try:
        with visit.console.state.transaction() as session:
            row = session.get(Report, report_id)
            record_receipt(
                session,
                visit.console.plan,
                report_id,
                received_at=_instant(received_at, row.sent_at if row else None),
                note=note,
                by=visit.person,
                expected_version=version,
                now=visit.now,
            )
    except Conflict as conflict:
        return _not_done(visit, report_id, {}, _code(conflict))
    except Malformed as fault:
        return _not_done(visit, report_id, {}, fault=fault.where)
    return RedirectResponse(f"/reports/{report_id}", SEE_OTHER)


def _send(session: Session, visit: Visit, row: Report, channel: str) -> None:
    send_report(
        session,
        visit.console.plan,
        row.id,
        channel=channel,
        by=visit.person,
        expected_version=row.version,
        now=visit.now,
    )


def _instant(text: str, sent_at: dt.datetime | None) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed("no date and time", where="received_at") from error
    local = at if at.tzinfo else at.replace(tzinfo=CITY_ZONE)
    # The field knows minutes only: the minute of the sending is not before the sending.
    within = sent_at is not None and dt.timedelta() < sent_at - local < dt.timedelta(minutes=1)
    return sent_at if within and sent_at else local


def _code(conflict: Conflict) -> str:
    return conflict.code if isinstance(conflict, Refusal) else STALE


def _not_done(
    visit: Visit, report_id: str, items: Mapping[str, str], refused: str = "", *, fault: str = ""
) -> HTMLResponse:
    code = CONFLICT if refused else UNREADABLE
    with visit.console.state.reading() as session:
        return _page(
            visit, session, report_id, items=items, code=code, refused=refused, fault=fault
        )


def _page(
    visit: Visit,
    session: Session,
    report_id: str,
    *,
    items: Mapping[str, str] | None = None,
    code: int = OK,
    refused: str = "",
    fault: str = "",
) -> HTMLResponse:
    view = report_view(session, visit.console.plan, report_id, visit.now)
    if view is None:
        raise HTTPException(NOT_FOUND)
    return visit.render(
        "report.html",
        frame=frame_of(session, visit.now, place="incidents", drill_id=view.row.drill_id),
        code=code,
        view=view,
        typed=items or {},
        channels=CHANNELS,
        refused=refused,
        last=last_change(session, view.incident.id) if refused == STALE else None,
        fault=fault,
        local_now=visit.now.astimezone(CITY_ZONE),
    )


def _document(visit: Visit, session: Session, report_id: str) -> Document:
    row = session.get(Report, report_id)
    if row is None:
        raise HTTPException(NOT_FOUND)
    incident = session.get_one(Incident, row.incident_id)
    data = report_data(visit.console.plan, row, incident)
    return visit.console.papers.fill(_TEMPLATES.get(row.kind, "report"), data, visit.language)
