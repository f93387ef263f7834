"""The audit: who did what to which object, when; and whether the chain is whole."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from situation.state.tables import AuditHead, AuditLine
from soc_api.permission import Permission
from soc_api.web.query.frame import frame_of
from soc_api.web.visit import SessionDep, VisitDep, allowed

router = APIRouter()

ROWS_SHOWN = 200


@router.get("/audit", dependencies=[allowed(Permission.VIEW_AUDIT)])
def audit(
    visit: VisitDep,
    session: SessionDep,
    actor: Annotated[str, Query(max_length=100)] = "",
    about: Annotated[str, Query(max_length=200)] = "",
    before: Annotated[int | None, Query(ge=1)] = None,
) -> HTMLResponse:
    """Show the newest lines, of one person or about one object if asked."""
    conditions = [AuditLine.actor == actor] if actor else []
    if about:
        conditions.append(AuditLine.object_id == about)
    if before is not None:
        conditions.append(AuditLine.number < before)
    lines = sa.select(AuditLine).where(*conditions).order_by(AuditLine.number.desc())
    rows = session.scalars(lines.limit(ROWS_SHOWN)).all()
    return visit.render(
        "audit.html",
        frame=frame_of(session, visit.now, place="audit", drill_id=None),
        rows=rows,
        head=session.scalar(sa.select(AuditHead)),
        actor=actor,
        about=about,
        more=rows[-1].number if len(rows) == ROWS_SHOWN else None,
    )
