"""The plan with its sources: what the city goes by, and which of it nobody has checked."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from soc_api.permission import Permission
from soc_api.web.query.frame import frame_of
from soc_api.web.query.plan import counts, plan_tables
from soc_api.web.visit import SessionDep, VisitDep, allowed

router = APIRouter()


@router.get("/plan", dependencies=[allowed(Permission.VIEW_PLAN)])
def plan(
    visit: VisitDep,
    session: SessionDep,
    instrument: Annotated[str, Query(max_length=60)] = "",
    *,
    unverified: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """Show the rules of one instrument or of all, or those alone that are to be checked."""
    held = visit.console.plan
    total, open_rules = counts(held)
    return visit.render(
        "plan.html",
        frame=frame_of(session, visit.now, place="plan", drill_id=None),
        tables=plan_tables(held, instrument=instrument, unverified=unverified),
        instruments=held.instruments,
        instrument=instrument,
        unverified=unverified,
        total=total,
        open_rules=open_rules,
        unknown_years=held.calendar.known_until,
    )
