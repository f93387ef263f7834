"""The list of incidents, the page of one, and what people do with it: stages and clocks."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.incident.clocks import meet_clock, pause_clock, resume_clock
from playbooks.incident.stage import advance
from playbooks.machine import Refusal
from situation.faults import Conflict, Malformed
from situation.state.tables import Incident, RunningClock
from soc_api.permission import Permission
from soc_api.web.query.frame import frame_of
from soc_api.web.query.incident import record as query
from soc_api.web.query.incident.clock import pauses_of
from soc_api.web.query.incident.report import KINDS
from soc_api.web.query.incident.stage import REASONED
from soc_api.web.query.playbook.naming import GLYPHS
from soc_api.web.visit import ChangeDep, Lacking, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT = 200, 303, 404, 409
REASON_LIMIT = 2000
STALE = "stale"
UNFIT = "unfit"
"""Code of a text that no form has: with a control character, or too long."""
ILLEGAL = "illegal"

IncidentStatus = Literal["open", "closed", "all"]
CourseFilter = Literal["all", "alert", "clock", "grade", "report", "notice", "change"]
Reason = Annotated[str, Form(max_length=REASON_LIMIT)]


@router.get("/incidents", dependencies=[allowed(Permission.VIEW_DESK)])
def incidents(
    visit: VisitDep,
    session: SessionDep,
    status: Annotated[IncidentStatus, Query()] = "open",
    drill: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    """Show the incidents of a state."""
    drill_id = drill or None
    return visit.render(
        "incidents.html",
        frame=frame_of(session, visit.now, place="incidents", drill_id=drill_id),
        status=status,
        counts=query.counts(session, drill_id),
        lines=query.incident_lines(session, visit.now, drill_id=drill_id, status=status),
    )


@router.get("/incidents/{incident_id}", dependencies=[allowed(Permission.VIEW_DESK)])
def incident(
    visit: VisitDep,
    session: SessionDep,
    incident_id: str,
    kind: Annotated[CourseFilter, Query()] = "all",
) -> HTMLResponse:
    """Show one incident."""
    return incident_page(visit, session, incident_id, kind=kind)


@router.post("/incidents/{incident_id}/stage", dependencies=[allowed(Permission.GRADE)])
def stage(
    visit: ChangeDep,
    incident_id: str,
    act: Annotated[str, Form()],
    version: Annotated[int, Form()],
    reason: Reason = "",
) -> Response:
    """Lead an incident to its next stage; to end one asks for the right to close."""
    if act in REASONED and not visit.may(Permission.CLOSE):
        raise Lacking(Permission.CLOSE)

    def change(session: Session) -> None:
        advance(
            session,
            visit.console.plan,
            incident_id,
            act,
            by=visit.person,
            reason=reason,
            expected_version=version,
            now=visit.now,
        )

    return changed(visit, incident_id, change)


@router.post("/incidents/{incident_id}/clocks", dependencies=[allowed(Permission.REPORT)])
def clock(
    visit: ChangeDep,
    incident_id: str,
    which: Annotated[int, Form()],
    act: Annotated[str, Form(max_length=100)],
) -> Response:
    """Record that a clock was met, is paused for a reason of the plan (`pause:key`), or goes on."""

    def change(session: Session) -> None:
        row = session.get(RunningClock, which)
        if row is None or row.incident_id != incident_id:
            raise Refusal(ILLEGAL, "no clock of this incident", where=str(which))
        name, _, why = act.partition(":")
        if name == "meet":
            meet_clock(session, row.id, by=visit.person, now=visit.now)
        elif name == "resume":
            resume_clock(session, row.id, by=visit.person, now=visit.now)
        else:
            plan = visit.console.plan
            pause_clock(session, plan, row.id, reason=why, by=visit.person, now=visit.now)

    return changed(visit, incident_id, change)


def changed(
    visit: Visit, incident_id: str, change: Callable[[Session], object], *, to: str = ""
) -> Response:
    """Carry out a change of an incident and lead to `to`, the incident if it is empty.

    What is refused leaves all as it was; the page shows the incident as it is now, and why.
    """
    state = visit.console.state
    with state.reading() as session:
        if session.get(Incident, incident_id) is None:
            raise HTTPException(NOT_FOUND)
    try:
        with state.transaction() as session:
            change(session)
    except (Conflict, Malformed) as fault:
        code = fault.code if isinstance(fault, Refusal) else STALE
        code = UNFIT if isinstance(fault, Malformed) else code
        with state.reading() as session:
            return incident_page(visit, session, incident_id, code=CONFLICT, refused=code)
    return RedirectResponse(to or f"/incidents/{incident_id}", SEE_OTHER)


def incident_page(
    visit: Visit,
    session: Session,
    incident_id: str,
    *,
    kind: CourseFilter = "all",
    code: int = OK,
    refused: str = "",
) -> HTMLResponse:
    """Render the page of an incident as it is now; `refused` is the code of what was not done."""
    view = query.incident_view(session, visit.console.plan, incident_id, visit.now)
    if view is None:
        raise HTTPException(NOT_FOUND)
    return visit.render(
        "incident.html",
        frame=frame_of(session, visit.now, place="incidents", drill_id=view.row.drill_id),
        code=code,
        view=view,
        kind=kind,
        kinds=KINDS,
        reasoned=REASONED,
        run_glyphs=GLYPHS,
        pauses=pauses_of(visit.console.plan, view.clocks),
        refused=refused,
    )
