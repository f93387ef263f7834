"""Approvals: the inbox, one of them, and what a person says to it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.execution.voting import vote
from situation.faults import Conflict, Malformed
from soc_api.permission import Permission
from soc_api.web.link import local_path
from soc_api.web.page.playbook.change import STALE, code_of
from soc_api.web.query.frame import frame_of
from soc_api.web.query.playbook import approval as query
from soc_api.web.query.playbook.approval import Card, Tab
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT = 200, 303, 404, 409
REMARK_LIMIT = 2000
DIGEST_LIMIT = 64
CHANGED = "action_changed"
"""Code of an approval whose action is another one by now."""

Verdict = Literal["approve", "refuse"]


@router.get("/approvals", dependencies=[allowed(Permission.VIEW_DESK)])
def approvals(
    visit: VisitDep,
    session: SessionDep,
    tab: Annotated[Tab | None, Query()] = None,
    at: Annotated[str, Query(max_length=200)] = "",
    drill: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    """Show the inbox; it opens with what waits for the reader, else with all that waits."""
    drill_id = drill or None
    inbox = query.inbox(session, visit.account, tab, drill_id, visit.now)
    chosen = next((card for card in inbox.cards if card.row.id == at), None)
    return visit.render(
        "playbook/approvals.html",
        frame=frame_of(session, visit.now, place="approvals", drill_id=drill_id),
        tab=inbox.tab,
        counts=inbox.counts,
        cards=inbox.cards,
        chosen=chosen or next(iter(inbox.cards), None),
        shown=query.ROWS_SHOWN,
        refused="",
    )


@router.get("/approvals/{approval_id}", dependencies=[allowed(Permission.VIEW_DESK)])
def approval(visit: VisitDep, session: SessionDep, approval_id: str) -> HTMLResponse:
    """Show one approval."""
    return _page(visit, session, approval_id)


@router.get("/approvals/{approval_id}/pane", dependencies=[allowed(Permission.VIEW_DESK)])
def pane(visit: VisitDep, session: SessionDep, approval_id: str) -> HTMLResponse:
    """Return one approval as the part that stands beside the list."""
    card = _card(visit, session, approval_id)
    frame = frame_of(session, visit.now, place="approvals", drill_id=card.row.drill_id)
    return visit.render("playbook/approval_pane.html", frame=frame, card=card)


@router.post("/approvals/{approval_id}", dependencies=[allowed(Permission.APPROVE_ACTION)])
def decide(
    visit: ChangeDep,
    approval_id: str,
    *,
    verdict: Annotated[Verdict, Form()],
    sha256: Annotated[str, Form(max_length=DIGEST_LIMIT)],
    remark: Annotated[str, Form(max_length=REMARK_LIMIT)] = "",
    next_path: Annotated[str, Form(alias="next")] = "/approvals",
) -> Response:
    """Agree to the action that the page showed, or refuse it; `sha256` says which it was."""
    with visit.console.state.reading() as session:
        _card(visit, session, approval_id)
    try:
        with visit.console.state.transaction() as session:
            vote(
                session,
                approval_id,
                approve=verdict == "approve",
                remark=remark,
                sha256=sha256,
                by=visit.person,
                now=visit.now,
            )
    except (Conflict, Malformed) as fault:
        code = CHANGED if code_of(fault) == STALE else code_of(fault)
        with visit.console.state.reading() as session:
            return _page(visit, session, approval_id, code=CONFLICT, refused=code)
    return RedirectResponse(local_path(next_path), SEE_OTHER)


def _card(visit: Visit, session: Session, approval_id: str) -> Card:
    card = query.card_of(session, visit.account, approval_id, visit.now)
    if card is None:
        raise HTTPException(NOT_FOUND)
    return card


def _page(
    visit: Visit, session: Session, approval_id: str, *, code: int = OK, refused: str = ""
) -> HTMLResponse:
    card = _card(visit, session, approval_id)
    return visit.render(
        "playbook/approval.html",
        frame=frame_of(session, visit.now, place="approvals", drill_id=card.row.drill_id),
        code=code,
        card=card,
        refused=refused,
    )
