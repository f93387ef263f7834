"""The form of facts: what would follow is shown while it is filled in, then confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from playbooks.incident.regrading import ask_downgrade, complete_facts, decide_downgrade
from playbooks.machine import Refusal
from situation.faults import Conflict, Malformed
from situation.state.tables import GradeChange, Incident
from soc_api.permission import Permission
from soc_api.web.fact_form import Reading, read
from soc_api.web.page.incident.record import ILLEGAL, REASON_LIMIT, STALE, UNFIT, changed
from soc_api.web.query.frame import frame_of
from soc_api.web.query.incident.course import last_change
from soc_api.web.query.incident.grade_form import GradeForm, entered_of, grade_form, states_of
from soc_api.web.query.incident.record import title_of
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT, UNREADABLE = 200, 303, 404, 409, 422
NO_CHANGE = "nothing"
REASON = "reason"

Verdict = Literal["approve", "refuse"]


async def _sent(request: Request) -> FormData:
    return await request.form()


SentDep = Annotated[FormData, Depends(_sent)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The form as somebody sent it; `texts` is None before anything was sent."""

    texts: Mapping[str, str] | None = None
    ticked: frozenset[str] = frozenset()
    version: int | None = None
    reason: str = ""
    act: str = ""


@router.get("/incidents/{incident_id}/grade", dependencies=[allowed(Permission.GRADE)])
def grade(visit: VisitDep, session: SessionDep, incident_id: str) -> HTMLResponse:
    """Show the form of facts of an incident."""
    return _page(visit, session, incident_id, Sheet())


@router.post("/incidents/{incident_id}/grade/preview", dependencies=[allowed(Permission.GRADE)])
def preview(visit: ChangeDep, session: SessionDep, incident_id: str, sent: SentDep) -> HTMLResponse:
    """Show what would follow, as the part of the page that is replaced while one types."""
    row = _incident(session, incident_id)
    sheet = _sheet(sent)
    form, reading = _form(visit, session, row, sheet)
    return _render(visit, session, form, sheet, template="grade_parts.html", faults=reading.faults)


@router.post("/incidents/{incident_id}/grade", dependencies=[allowed(Permission.GRADE)])
def confirm(visit: ChangeDep, incident_id: str, sent: SentDep) -> Response:
    """Record the facts that were told; raise the level, or ask a second person to lower it."""
    sheet, state = _sheet(sent), visit.console.state
    with state.reading() as session:
        row = _incident(session, incident_id)
        form, reading = _form(visit, session, row, sheet)
        if sheet.act == "preview":
            return _page(visit, session, incident_id, sheet)
        if reading.faults:
            return _page(visit, session, incident_id, sheet, code=UNREADABLE)
    try:
        with state.transaction() as session:
            _apply(session, visit, sheet, form, reading)
    except Refusal as refusal:
        return _refused(visit, incident_id, sheet, refusal.code)
    except Malformed:
        return _refused(visit, incident_id, sheet, UNFIT)
    except Conflict:
        return _refused(visit, incident_id, sheet, STALE)
    return RedirectResponse(f"/incidents/{incident_id}", SEE_OTHER)


@router.post(
    "/incidents/{incident_id}/downgrade/{change_id}",
    dependencies=[allowed(Permission.APPROVE_GRADE)],
)
def decide(
    visit: ChangeDep,
    incident_id: str,
    change_id: int,
    verdict: Annotated[Verdict, Form()],
    remark: Annotated[str, Form(max_length=REASON_LIMIT)] = "",
) -> Response:
    """Approve or refuse a downgrade that somebody else asked for."""

    def change(session: Session) -> None:
        asked = session.get(GradeChange, change_id)
        if asked is None or asked.incident_id != incident_id:
            raise Refusal(ILLEGAL, "no downgrade of this incident", where=str(change_id))
        decide_downgrade(
            session,
            visit.console.plan,
            change_id,
            approve=verdict == "approve",
            remark=remark,
            by=visit.person,
            now=visit.now,
        )

    return changed(visit, incident_id, change)


def _apply(session: Session, visit: Visit, sheet: Sheet, form: GradeForm, reading: Reading) -> None:
    plan, version = visit.console.plan, sheet.version or 0
    entered = entered_of(reading)
    if not entered and sheet.act != "ask":
        raise Refusal(NO_CHANGE, "no fact was changed", where=form.row.id)
    if entered:
        row = complete_facts(
            session,
            plan,
            form.row.id,
            entered=entered,
            reason=sheet.reason,
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )
        session.flush()
        version = row.version
    if sheet.act == "ask":
        ask_downgrade(
            session,
            plan,
            form.row.id,
            level=form.outcome.facts_level,
            reason=sheet.reason,
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )


def _refused(visit: Visit, incident_id: str, sheet: Sheet, code: str) -> HTMLResponse:
    with visit.console.state.reading() as session:
        return _page(visit, session, incident_id, sheet, code=CONFLICT, refused=code)


def _page(
    visit: Visit,
    session: Session,
    incident_id: str,
    sheet: Sheet,
    *,
    code: int = OK,
    refused: str = "",
) -> HTMLResponse:
    form, reading = _form(visit, session, _incident(session, incident_id), sheet)
    return _render(
        visit,
        session,
        form,
        sheet,
        template="grade.html",
        faults=reading.faults,
        code=code,
        refused=refused,
    )


def _render(
    visit: Visit,
    session: Session,
    form: GradeForm,
    sheet: Sheet,
    *,
    template: str,
    faults: Mapping[str, str],
    code: int = OK,
    refused: str = "",
) -> HTMLResponse:
    return visit.render(
        template,
        frame=frame_of(session, visit.now, place="incidents", drill_id=form.row.drill_id),
        code=code,
        view=form,
        groups=form.groups,
        outcome=form.outcome,
        title_of=title_of,
        faults=faults,
        # A form that was overtaken is sent again as it stands, against what is there now.
        version=form.row.version if refused or sheet.version is None else sheet.version,
        reason=sheet.reason,
        reason_fault="refused_reason" if refused == REASON else "",
        refused="" if refused == REASON else refused,
        last=last_change(session, form.row.id) if refused == STALE else None,
    )


def _form(visit: Visit, session: Session, row: Incident, sheet: Sheet) -> tuple[GradeForm, Reading]:
    reading = read(sheet.texts or {}, sheet.ticked, row.facts, states_of(row))
    while True:
        try:
            return _filled(visit, session, row, sheet, reading), reading
        except Malformed as fault:
            if fault.where not in reading.values:
                raise
            # What the plan refuses of a fact is said at its field, the others are graded.
            reading = reading.without(fault.where, "mend_refused")


def _filled(
    visit: Visit, session: Session, row: Incident, sheet: Sheet, reading: Reading
) -> GradeForm:
    return grade_form(
        session,
        visit.console.plan,
        row,
        reading,
        texts=sheet.texts,
        ticked=sheet.ticked,
        now=visit.now,
    )


def _sheet(sent: FormData) -> Sheet:
    version = str(sent.get("version", ""))
    return Sheet(
        texts={key: value for key, value in sent.items() if isinstance(value, str)},
        ticked=frozenset(value for value in sent.getlist("assumed") if isinstance(value, str)),
        version=int(version) if version.isdecimal() else 0,
        reason=str(sent.get("reason", "")),
        act=str(sent.get("act", "")),
    )


def _incident(session: Session, incident_id: str) -> Incident:
    row = session.get(Incident, incident_id)
    if row is None:
        raise HTTPException(NOT_FOUND)
    return row
