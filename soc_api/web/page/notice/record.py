"""One notice: its page, the pane beside the ledger, the files that prove something of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from playbooks.notice.machine import ITEM
from situation.clock import CITY_ZONE
from situation.state.tables import Attachment
from soc_api.permission import Permission
from soc_api.web.page.document import handed_out
from soc_api.web.query.due import step_of
from soc_api.web.query.frame import frame_of
from soc_api.web.query.notice.act import hand_of
from soc_api.web.query.notice.record import NoticeView, departments, notice_view, open_incidents
from soc_api.web.visit import SessionDep, Visit, VisitDep, allowed

router = APIRouter(dependencies=[allowed(Permission.VIEW_DESK)])

NOT_FOUND = 404
FILE_TYPE = "application/octet-stream"
FORM_TIME = "%Y-%m-%d %H:%M"
"""How a time is typed, the city's, on the clock of 24 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why something was not done, said in the reader's language.

    `act` and `place` are where it is shown; `values` is what was typed there.
    """

    said: str
    act: str = ""
    place: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@router.get("/notices/{notice_id}")
def notice(visit: VisitDep, session: SessionDep, notice_id: str) -> HTMLResponse:
    """Show one notice on its own page."""
    return notice_page(visit, session, notice_id, template="notice.html")


@router.get("/notices/{notice_id}/pane")
def pane(visit: VisitDep, session: SessionDep, notice_id: str) -> HTMLResponse:
    """Show one notice as the pane beside the ledger."""
    return notice_page(visit, session, notice_id, template="notice_pane.html")


@router.get("/notices/{notice_id}/files/{attachment_id}")
def file(visit: VisitDep, session: SessionDep, notice_id: str, attachment_id: str) -> Response:  # noqa: ARG001 - who comes in
    """Hand out a file that the department sent."""
    found = session.get(Attachment, attachment_id)
    if found is None or found.notice_id != notice_id:
        raise HTTPException(NOT_FOUND)
    return handed_out(found.content, FILE_TYPE, found.name)


def notice_page(
    visit: Visit,
    session: Session,
    notice_id: str,
    *,
    template: str = "notice.html",
    code: int = 200,
    trouble: Trouble | None = None,
) -> HTMLResponse:
    """Render a notice as it is now, with what went wrong; 404 if there is none."""
    view = notice_view(session, notice_id, visit.now)
    if view is None:
        raise HTTPException(NOT_FOUND)
    return visit.render(
        template,
        frame=frame_of(session, visit.now, place="notices", drill_id=view.row.drill_id),
        code=code,
        trouble=trouble,
        **shown(visit, session, view),
    )


def shown(visit: Visit, session: Session, view: NoticeView) -> dict[str, object]:
    """Return what the templates of a notice are given beside their frame."""
    author = view.feedbacks[0].submitted_by if view.feedbacks else None
    unfixed = any(item.state not in ITEM.terminal for item in view.items)
    suggested = visit.now + max(view.feedback_limit, dt.timedelta(hours=1))
    return {
        "view": view,
        "hand": hand_of(view.row, visit.person, visit.may, author=author, unfixed=unfixed),
        "departments": departments(session),
        "incidents": open_incidents(session, view.row.drill_id),
        "suggested_due": f"{suggested.astimezone(CITY_ZONE):{FORM_TIME}}",
        "step_of": step_of,
    }
