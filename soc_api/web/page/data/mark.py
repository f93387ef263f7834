"""Marks of secrecy, for the secrecy officer alone: where they stand, and what is said of them."""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.finding import deciding
from playbooks.finding.machine import FINDING
from situation.faults import Conflict, Malformed
from soc_api.permission import Permission
from soc_api.web.entered import refusal_of
from soc_api.web.query.data.mark import CLASSES, marked_findings, marked_view
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT = 200, 303, 404, 409
REASON_LIMIT = 2000
_VIEW = [allowed(Permission.VIEW_SECRECY)]

Act = Literal["confirm", "false_alarm", "declassify"]
DOINGS: Mapping[Act, Callable[..., object]] = {
    "confirm": deciding.confirm_mark,
    "false_alarm": deciding.false_mark,
    "declassify": deciding.declassified,
}
"""What may be said of a mark: it is true (属实), it is none (误报), it was lifted (已解密)."""


@router.get("/data/marks", dependencies=_VIEW)
def marks(visit: VisitDep, session: SessionDep) -> HTMLResponse:
    """Show every finding about a mark."""
    return visit.render(
        "data/marks.html",
        frame=frame_of(session, visit.now, place="data", drill_id=None),
        rows=marked_findings(session),
    )


@router.get("/data/marks/{mark_id}", dependencies=_VIEW)
def mark(visit: VisitDep, session: SessionDep, mark_id: str) -> HTMLResponse:
    """Show one finding about a mark: its text, where it stands, why it is taken for one."""
    return _page(visit, session, mark_id)


@router.post("/data/marks/{mark_id}/decide", dependencies=[allowed(Permission.DECIDE_SECRECY)])
def decide(
    visit: ChangeDep,
    mark_id: str,
    version: Annotated[int, Form()],
    act: Annotated[Act, Form()],
    reason: Annotated[str, Form(max_length=REASON_LIMIT)] = "",
) -> Response:
    """Say what a mark is, with a reason under one's name."""
    state = visit.console.state
    with state.reading() as session:
        if marked_view(session, mark_id) is None:
            raise HTTPException(NOT_FOUND)
    known = {"by": visit.person, "expected_version": version, "now": visit.now}
    try:
        with state.transaction() as session:
            DOINGS[act](session, mark_id, reason=reason, **known)
    except (Conflict, Malformed) as fault:
        with state.reading() as session:
            code = refusal_of(fault, reason)
            return _page(visit, session, mark_id, code=CONFLICT, refused=code, reason=reason)
    return RedirectResponse(f"/data/marks/{mark_id}", SEE_OTHER)


def _page(
    visit: Visit,
    session: Session,
    mark_id: str,
    *,
    code: int = OK,
    refused: str = "",
    reason: str = "",
) -> HTMLResponse:
    found = marked_view(session, mark_id)
    if found is None:
        raise HTTPException(NOT_FOUND)
    possible = FINDING.acts(found.view.row.state)
    return visit.render(
        "data/mark.html",
        frame=frame_of(session, visit.now, place="data", drill_id=None),
        code=code,
        found=found,
        view=found.view,
        classes=CLASSES,
        acts=[act for act in DOINGS if act in possible],
        refused=refused,
        reason=reason,
    )
