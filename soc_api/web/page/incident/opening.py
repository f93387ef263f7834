"""An incident that somebody reported by phone: opened by hand, then graded by its facts."""

import datetime as dt

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.incident.hand import open_by_hand
from situation.clock import CITY_ZONE
from situation.faults import Malformed
from situation.state.tables import Department
from soc_api.permission import Permission
from soc_api.web.entered import EnteredDep
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter(dependencies=[allowed(Permission.GRADE)])

UNPROCESSABLE, SEE_OTHER = 422, 303
FORM_TIME = "%Y-%m-%dT%H:%M"


@router.get("/incidents/new")
def new(visit: VisitDep, session: SessionDep) -> HTMLResponse:
    """Show the form; it was learned of just now unless another time is given."""
    return _form(
        visit, session, {"discovered_at": f"{visit.now.astimezone(CITY_ZONE):{FORM_TIME}}"}
    )


@router.post("/incidents/new")
def create(visit: ChangeDep, values: EnteredDep) -> Response:
    """Open the incident and lead on to its facts, or say at the field what is wrong."""
    try:
        with visit.console.state.transaction() as session:
            row = open_by_hand(
                session,
                visit.console.plan,
                title_zh=values.get("title_zh", ""),
                title_en=values.get("title_en", ""),
                category=values.get("category", ""),
                department=values.get("department", ""),
                asset=values.get("asset", ""),
                discovered_at=_instant(values.get("discovered_at", "")),
                drill_id=None,
                by=visit.person,
                now=visit.now,
            )
    except Malformed as fault:
        with visit.console.state.reading() as session:
            return _form(visit, session, values, fault=fault)
    return RedirectResponse(f"/incidents/{row.id}/grade", SEE_OTHER)


def _instant(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)
    except ValueError as error:
        raise Malformed("is no time", where="discovered_at") from error


def _form(
    visit: Visit, session: Session, values: dict[str, str], *, fault: Malformed | None = None
) -> HTMLResponse:
    plan = visit.console.plan
    return visit.render(
        "incident_new.html",
        frame=frame_of(session, visit.now, place="incidents", drill_id=None),
        code=UNPROCESSABLE if fault else 200,
        categories=plan.categories,
        sub_categories=plan.sub_categories,
        departments=session.scalars(sa.select(Department.name).order_by(Department.name)).all(),
        values=values,
        fault=fault,
    )
