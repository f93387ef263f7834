"""The overview."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from soc_api.web.query.desk import desk_view
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import SessionDep, VisitDep

router = APIRouter()


@router.get("/")
def desk(
    visit: VisitDep, session: SessionDep, drill: Annotated[str | None, Query()] = None
) -> HTMLResponse:
    """Show the overview of the city, or of one drill."""
    return visit.render(
        "desk.html",
        frame=frame_of(session, visit.now, place="desk", drill_id=drill or None),
        desk=desk_view(session, visit.now, drill or None),
        health=visit.console.events.health(),
    )
