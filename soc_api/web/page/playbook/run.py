"""Runs: their list, and one with its steps, what it waits for and what was done."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from soc_api.permission import Permission
from soc_api.web.query.frame import frame_of
from soc_api.web.query.playbook.intent import grouped
from soc_api.web.query.playbook.naming import GLYPHS, STARTS, clause_text
from soc_api.web.query.playbook.reading import name_text, playbook_of
from soc_api.web.query.playbook.run import run_view
from soc_api.web.query.playbook.run_list import RunFilter, RunState, run_counts, run_page
from soc_api.web.visit import SessionDep, Visit, VisitDep, allowed

router = APIRouter(dependencies=[allowed(Permission.VIEW_DESK)])

OK, NOT_FOUND = 200, 404
NAME_LIMIT = 200


@router.get("/playbooks/runs")
def runs(
    visit: VisitDep,
    session: SessionDep,
    *,
    state: Annotated[RunState, Query()] = "open",
    playbook: Annotated[str, Query(max_length=NAME_LIMIT)] = "",
    incident: Annotated[str, Query(max_length=NAME_LIMIT)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    drill: Annotated[str | None, Query()] = None,
) -> HTMLResponse:
    """Show the runs of a state, of all playbooks or one, about anything or one incident."""
    drill_id, asked = drill or None, RunFilter(state, playbook, incident, page)
    return visit.render(
        "playbook/runs.html",
        frame=frame_of(session, visit.now, place="playbooks", drill_id=drill_id),
        asked=asked,
        counts=run_counts(session, asked, drill_id),
        page=run_page(session, asked, drill_id, visit.now),
        starts=STARTS,
        glyphs=GLYPHS,
    )


@router.get("/playbooks/runs/{run_id}")
def run(
    visit: VisitDep,
    session: SessionDep,
    run_id: str,
    step: Annotated[str, Query(max_length=NAME_LIMIT)] = "",
) -> HTMLResponse:
    """Show one run, opened at a step or at what is most urgent."""
    return shown_run(visit, session, run_id, step=step)


def shown_run(
    visit: Visit,
    session: Session,
    run_id: str,
    *,
    step: str = "",
    code: int = OK,
    refused: str = "",
    opened: str = "",
) -> HTMLResponse:
    """Render a run as it is now; `refused` is the code of what was not done, `opened` its form."""
    house = visit.console.house
    view = run_view(session, house.actions, run_id, account=visit.account, step=step, now=visit.now)
    if view is None:
        raise HTTPException(NOT_FOUND)
    playbook = playbook_of(view.version)
    steps = playbook.steps.values() if playbook else ()
    return visit.render(
        "playbook/run.html",
        frame=frame_of(session, visit.now, place="playbooks", drill_id=view.row.drill_id),
        code=code,
        view=view,
        actions=house.actions,
        clauses={each.id: clause_text(house.plan, each.clause) for each in steps},
        words=name_text,
        groups=grouped,
        starts=STARTS,
        glyphs=GLYPHS,
        chosen=bool(step),
        refused=refused,
        opened=opened,
    )
