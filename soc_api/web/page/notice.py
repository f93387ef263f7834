"""The ledger of notices, the pane beside it, the page of one, and its issue."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.notice import drafting as issuing
from situation.faults import Conflict
from soc_api.web.query import notice as query
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep

router = APIRouter()

NOT_FOUND = 404
CONFLICT = 409
SEE_OTHER = 303

NoticeStatus = Literal["sign_off", "issued", "all"]


@router.get("/notices")
def notices(
    visit: VisitDep,
    session: SessionDep,
    status: Annotated[NoticeStatus, Query()] = "all",
    at: Annotated[str, Query()] = "",
    drill: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    """Show the ledger with the notice at the cursor beside it."""
    drill_id = drill or None
    lines = query.notice_lines(session, visit.now, drill_id=drill_id, status=status)
    shown = {line.row.id for line in lines}
    chosen = at if at in shown else lines[0].row.id if lines else None
    return visit.render(
        "notices.html",
        frame=frame_of(session, visit.now, place="notices", drill_id=drill_id),
        status=status,
        counts=query.counts(session, visit.now, drill_id),
        lines=lines,
        view=query.notice_view(session, chosen, visit.now) if chosen else None,
        fault=False,
    )


@router.get("/notices/{notice_id}")
def notice(visit: VisitDep, session: SessionDep, notice_id: str) -> HTMLResponse:
    """Show one notice on its own page."""
    return _one(visit, session, notice_id, template="notice.html")


@router.get("/notices/{notice_id}/pane")
def pane(visit: VisitDep, session: SessionDep, notice_id: str) -> HTMLResponse:
    """Show one notice as the pane beside the ledger."""
    return _one(visit, session, notice_id, template="notice_pane.html")


@router.post("/notices/{notice_id}/issue")
def issue(visit: ChangeDep, notice_id: str, version: Annotated[int, Form()]) -> Response:
    """Issue a notice as it was seen; show what it is now if somebody was quicker."""
    state = visit.console.state
    with state.reading() as session:
        if query.notice_view(session, notice_id, visit.now) is None:
            raise HTTPException(NOT_FOUND)
    try:
        with state.transaction() as session:
            issuing.issue(
                session,
                notice_id,
                actor=visit.account.name,
                expected_version=version,
                now=visit.now,
            )
    except Conflict:
        with state.reading() as session:
            return _one(
                visit, session, notice_id, template="notice.html", code=CONFLICT, fault=True
            )
    return RedirectResponse(f"/notices/{notice_id}", SEE_OTHER)


def _one(
    visit: Visit,
    session: Session,
    notice_id: str,
    *,
    template: str,
    code: int = 200,
    fault: bool = False,
) -> HTMLResponse:
    view = query.notice_view(session, notice_id, visit.now)
    if view is None:
        raise HTTPException(NOT_FOUND)
    return visit.render(
        template,
        frame=frame_of(session, visit.now, place="notices", drill_id=view.row.drill_id),
        code=code,
        view=view,
        fault=fault,
    )
