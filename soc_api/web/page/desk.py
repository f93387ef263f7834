"""The overview."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from soc_api.permission import Permission
from soc_api.web.query.desk.overview import desk_view
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK = 200


@router.get("/", dependencies=[allowed(Permission.VIEW_DESK)])
def desk(
    visit: VisitDep, session: SessionDep, drill: Annotated[str | None, Query()] = None
) -> HTMLResponse:
    """Show the overview of the city, or of one drill."""
    return desk_page(visit, session, drill or None)


def desk_page(
    visit: Visit,
    session: Session,
    drill_id: str | None,
    *,
    code: int = OK,
    refused: str = "",
) -> HTMLResponse:
    """Render the overview as it is now; `refused` is the code of what was not done."""
    console = visit.console
    desk = desk_view(
        session,
        visit.now,
        drill_id,
        jobs=console.jobs,
        scans=console.scanning.targets,
        plan=console.plan,
    )
    return visit.render(
        "desk.html",
        frame=frame_of(session, visit.now, place="desk", drill_id=drill_id),
        code=code,
        desk=desk,
        waiting=[each for each in desk.decisions if each.concerns(visit.account)],
        health=console.events.health(),
        refused=refused,
    )
