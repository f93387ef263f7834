"""The list of incidents and the page of one."""

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse

from soc_api.web.query import incident as query
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import SessionDep, VisitDep

router = APIRouter()

NOT_FOUND = 404

IncidentStatus = Literal["open", "closed", "all"]
CourseFilter = Literal["all", "alert", "clock", "notice", "change"]


@router.get("/incidents")
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


@router.get("/incidents/{incident_id}")
def incident(
    visit: VisitDep,
    session: SessionDep,
    incident_id: str,
    kind: Annotated[CourseFilter, Query()] = "all",
) -> HTMLResponse:
    """Show one incident."""
    view = query.incident_view(session, incident_id, visit.now)
    if view is None:
        raise HTTPException(NOT_FOUND)
    return visit.render(
        "incident.html",
        frame=frame_of(session, visit.now, place="incidents", drill_id=view.row.drill_id),
        view=view,
        kind=kind,
    )
