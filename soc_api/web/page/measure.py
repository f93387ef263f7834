"""What holds now: blocks, sinkholes and suppressions, and how people take them back."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.execution.undoing import undo_step
from situation.faults import Conflict, Malformed
from situation.state.tables import Measure, Suppression
from soc_api.permission import Permission
from soc_api.web.entered import refusal_of
from soc_api.web.link import Linker
from soc_api.web.query.frame import frame_of
from soc_api.web.query.measure import measures_view
from soc_api.web.query.polling import polled_lists
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT = 200, 303, 404, 409
REASON_LIMIT = 2000

Reason = Annotated[str, Form(max_length=REASON_LIMIT)]


@router.get("/measures", dependencies=[allowed(Permission.VIEW_DESK)])
def measures(
    visit: VisitDep, session: SessionDep, drill: Annotated[str | None, Query()] = None
) -> HTMLResponse:
    """Show what holds in the city, or in one drill."""
    return _page(visit, session, drill or None)


@router.post("/measures/{measure_id}/lift", dependencies=[allowed(Permission.RUN_PLAYBOOK)])
def lift(visit: ChangeDep, measure_id: str, reason: Reason = "") -> Response:
    """Lift a measure: its step is taken back, as it would be at its end."""
    return _take_back(visit, Measure, measure_id, reason)


@router.post("/suppressions/{suppression_id}/end", dependencies=[allowed(Permission.RUN_PLAYBOOK)])
def end(visit: ChangeDep, suppression_id: str, reason: Reason = "") -> Response:
    """End a suppression; what it hid opens again."""
    return _take_back(visit, Suppression, suppression_id, reason)


def _take_back(
    visit: Visit, table: type[Measure] | type[Suppression], row_id: str, reason: str
) -> Response:
    console = visit.console
    with console.state.reading() as session:
        drills = session.scalars(sa.select(table.drill_id).where(table.id == row_id)).all()
    if not drills:
        raise HTTPException(NOT_FOUND)
    try:
        with console.state.transaction() as session:
            undo_step(session, console.house, row_id, reason=reason, by=visit.person, now=visit.now)
    except (Conflict, Malformed) as fault:
        with console.state.reading() as session:
            refused = refusal_of(fault, reason)
            return _page(visit, session, drills[0], code=CONFLICT, refused=refused)
    return RedirectResponse(Linker(drills[0]).to("/measures"), SEE_OTHER)


def _page(
    visit: Visit, session: Session, drill_id: str | None, *, code: int = OK, refused: str = ""
) -> HTMLResponse:
    return visit.render(
        "measures.html",
        frame=frame_of(session, visit.now, place="measures", drill_id=drill_id),
        code=code,
        view=measures_view(session, visit.now, drill_id),
        polled=polled_lists(session, visit.console.house.points),
        refused=refused,
    )
