"""The schedule: how each job stands, and what people do with it."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.schedule.job import JobRow
from playbooks.schedule.ledger import pause, resume, run_now
from situation.faults import Conflict, Malformed
from soc_api.permission import Permission
from soc_api.web.entered import refusal_of
from soc_api.web.query.frame import frame_of
from soc_api.web.query.job import COUNTS, REASONS, clockwork, job_views, turns_of
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT = 200, 303, 404, 409
REASON_LIMIT = 2000
_VIEW = [allowed(Permission.VIEW_DESK)]
_MANAGE = [allowed(Permission.MANAGE_JOBS)]

Version = Annotated[int, Form()]


@router.get("/jobs", dependencies=_VIEW)
def jobs(visit: VisitDep, session: SessionDep) -> HTMLResponse:
    """Show every job: when it is wanted, how it stands, how old its last success is."""
    console = visit.console
    return visit.render(
        "jobs.html",
        frame=frame_of(session, visit.now, place="jobs", drill_id=None),
        views=job_views(session, console.jobs, console.plan, visit.now),
        clockwork=clockwork(session, visit.now),
        reasons=REASONS,
    )


@router.get("/jobs/{job_name}", dependencies=_VIEW)
def job(visit: VisitDep, session: SessionDep, job_name: str) -> HTMLResponse:
    """Show one job with its last turns."""
    return _page(visit, session, _row(visit, job_name))


@router.post("/jobs/{job_name}/run", dependencies=_MANAGE)
def run(visit: ChangeDep, job_name: str) -> Response:
    """Ask for a turn of a job now."""
    row = _row(visit, job_name)
    return _act(visit, row, lambda session: run_now(session, row, by=visit.person, now=visit.now))


@router.post("/jobs/{job_name}/pause", dependencies=_MANAGE)
def hold(
    visit: ChangeDep,
    job_name: str,
    version: Version,
    reason: Annotated[str, Form(max_length=REASON_LIMIT)] = "",
) -> Response:
    """Pause a job, for a reason."""
    row = _row(visit, job_name)

    def change(session: Session) -> None:
        pause(
            session,
            row.name,
            reason=reason,
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )

    return _act(visit, row, change, reason)


@router.post("/jobs/{job_name}/resume", dependencies=_MANAGE)
def go_on(visit: ChangeDep, job_name: str, version: Version) -> Response:
    """Let a paused job go on."""
    row = _row(visit, job_name)

    def change(session: Session) -> None:
        resume(
            session,
            row,
            visit.console.plan,
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )

    return _act(visit, row, change)


def _row(visit: Visit, name: str) -> JobRow:
    found = next((row for row in visit.console.jobs if row.name == name), None)
    if found is None:
        raise HTTPException(NOT_FOUND)
    return found


def _act(
    visit: Visit, row: JobRow, change: Callable[[Session], object], reason: str = ""
) -> Response:
    """Do it and show the job; a refusal is shown on its page as it is now."""
    state = visit.console.state
    try:
        with state.transaction() as session:
            change(session)
    except (Conflict, Malformed) as fault:
        with state.reading() as session:
            refused = refusal_of(fault, reason)
            return _page(visit, session, row, code=CONFLICT, refused=refused)
    return RedirectResponse(f"/jobs/{row.name}", SEE_OTHER)


def _page(
    visit: Visit, session: Session, row: JobRow, *, code: int = OK, refused: str = ""
) -> HTMLResponse:
    view = job_views(session, [row], visit.console.plan, visit.now)[0]
    turns, people = turns_of(session, row)
    return visit.render(
        "job.html",
        frame=frame_of(session, visit.now, place="jobs", drill_id=None),
        code=code,
        view=view,
        turns=turns,
        people=people,
        counts=COUNTS,
        reasons=REASONS,
        refused=refused,
    )
