"""The outbox: what leaves by which channel, what waits, what nobody could be told."""

from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from playbooks.outbox.redriving import redrive
from situation.state.tables import Delivery
from soc_api.permission import Permission
from soc_api.web.query.frame import frame_of
from soc_api.web.query.scope import within
from soc_api.web.visit import ChangeDep, SessionDep, VisitDep, allowed

router = APIRouter()

SEE_OTHER = 303
ROWS_SHOWN = 200
STATES = ("pending", "dead", "delivered", "digested", "skipped")
State = Literal["all", "pending", "dead", "delivered", "digested", "skipped"]


@router.get("/outbox", dependencies=[allowed(Permission.VIEW_OUTBOX)])
def outbox(
    visit: VisitDep,
    session: SessionDep,
    state: Annotated[State, Query()] = "all",
    drill: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    """Show the deliveries, those that wait and those that failed first."""
    drill_id = drill or None
    mine = within(Delivery.drill_id, drill_id)
    chosen = [mine] if state == "all" else [mine, Delivery.state == state]
    found = sa.select(Delivery.state, sa.func.count()).where(mine).group_by(Delivery.state)
    held = dict(session.execute(found).all())
    rows = sa.select(Delivery).where(*chosen).order_by(Delivery.created_at.desc(), Delivery.id)
    return visit.render(
        "outbox.html",
        frame=frame_of(session, visit.now, place="outbox", drill_id=drill_id),
        rows=session.scalars(rows.limit(ROWS_SHOWN)).all(),
        state=state,
        counts={"all": sum(held.values())} | {key: held.get(key, 0) for key in STATES},
        shown=ROWS_SHOWN,
    )


@router.post("/outbox/redrive", dependencies=[allowed(Permission.REDRIVE)])
def send_again(visit: ChangeDep, delivery: Annotated[list[str] | None, Form()] = None) -> Response:
    """Send dead deliveries again."""
    with visit.console.state.transaction() as session:
        redrive(session, delivery or [], by=visit.person, now=visit.now)
    return RedirectResponse("/outbox?state=pending", SEE_OTHER)
