"""Scans: targets and runs with how far they are; started, asked for once, stopped by people."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from situation.content.resource import Zone
from situation.faults import Conflict, Malformed
from situation.settings import without_password
from soc_api.permission import Permission
from soc_api.scan.run.asking import ask_scan, stop_scan
from soc_api.scan.target import check_there, target_of
from soc_api.web.entered import refusal_of
from soc_api.web.query.data.scan import run_line, run_lines, target_lines
from soc_api.web.query.frame import frame_of
from soc_api.web.query.notice.record import departments
from soc_api.web.visit import ChangeDep, SessionDep, Visit, VisitDep, allowed

router = APIRouter()

OK, SEE_OTHER, NOT_FOUND, CONFLICT, UNPROCESSABLE = 200, 303, 404, 409, 422
LOCATION_LIMIT, NAME_LIMIT = 2000, 200
_VIEW = [allowed(Permission.VIEW_DATA)]
_MANAGE = [allowed(Permission.MANAGE_SCANS)]

Typed = dict[str, str]


@router.get("/data/scans", dependencies=_VIEW)
def scans(
    visit: VisitDep,
    session: SessionDep,
    target: Annotated[str, Query(max_length=LOCATION_LIMIT)] = "",
) -> HTMLResponse:
    """Show the targets and the last runs, of one target or of all."""
    return _scans(visit, session, target=target)


@router.get("/data/scans/{scan_id}", dependencies=_VIEW)
def scan(visit: VisitDep, session: SessionDep, scan_id: str) -> HTMLResponse:
    """Show one run: how far it is, what it counted, what it could not read."""
    return _scan(visit, session, scan_id)


@router.post("/data/scans", dependencies=_MANAGE)
def ask(
    visit: ChangeDep,
    location: Annotated[str, Form(max_length=LOCATION_LIMIT)],
    department: Annotated[str, Form(max_length=NAME_LIMIT)] = "",
    zone: Annotated[Zone, Form()] = "internal",
) -> Response:
    """Ask for a scan of a target by its name, or once of a path or URL."""
    console, wanted = visit.console, location.strip()
    typed = {"location": without_password(wanted), "department": department.strip(), "zone": zone}
    if not wanted:
        return _refused(visit, typed, UNPROCESSABLE, "location_missing")
    try:
        target = target_of(
            console.scanning.settings, wanted, department=department.strip(), zone=zone
        )
        check_there(target)
        with console.state.transaction() as session:
            run = ask_scan(session, target, by=visit.person, now=visit.now)
            run_id = run.id
    except (Conflict, Malformed) as fault:
        is_unfit = isinstance(fault, Malformed)
        code = _unfit(wanted) if is_unfit else refusal_of(fault, wanted)
        return _refused(visit, typed, UNPROCESSABLE if is_unfit else CONFLICT, code)
    return RedirectResponse(f"/data/scans/{run_id}", SEE_OTHER)


@router.post("/data/scans/{scan_id}/stop", dependencies=_MANAGE)
def stop(visit: ChangeDep, scan_id: str, version: Annotated[int, Form()]) -> Response:
    """Have a run stop after what it is reading."""
    state = visit.console.state
    with state.reading() as session:
        if run_line(session, visit.console.scanning.targets, scan_id, visit.now) is None:
            raise HTTPException(NOT_FOUND)
    try:
        with state.transaction() as session:
            stop_scan(session, scan_id, by=visit.person, expected_version=version, now=visit.now)
    except Conflict as fault:
        with state.reading() as session:
            return _scan(visit, session, scan_id, code=CONFLICT, refused=refusal_of(fault, "."))
    return RedirectResponse(f"/data/scans/{scan_id}", SEE_OTHER)


def _unfit(wanted: str) -> str:
    return "location_password" if without_password(wanted) != wanted else "location_unknown"


def _refused(visit: Visit, typed: Typed, code: int, refused: str) -> HTMLResponse:
    with visit.console.state.reading() as session:
        return _scans(visit, session, typed=typed, code=code, refused=refused)


def _scans(
    visit: Visit,
    session: Session,
    *,
    target: str = "",
    typed: Typed | None = None,
    code: int = OK,
    refused: str = "",
) -> HTMLResponse:
    console = visit.console
    targets = console.scanning.targets
    return visit.render(
        "data/scans.html",
        frame=frame_of(session, visit.now, place="data", drill_id=None),
        code=code,
        targets=target_lines(session, targets, console.jobs, console.plan, visit.now),
        runs=run_lines(session, targets, visit.now, target=target),
        target=target,
        departments=departments(session),
        typed=typed or {},
        refused=refused,
    )


def _scan(
    visit: Visit, session: Session, scan_id: str, *, code: int = OK, refused: str = ""
) -> HTMLResponse:
    line = run_line(session, visit.console.scanning.targets, scan_id, visit.now)
    if line is None:
        raise HTTPException(NOT_FOUND)
    return visit.render(
        "data/scan.html",
        frame=frame_of(session, visit.now, place="data", drill_id=None),
        code=code,
        line=line,
        refused=refused,
    )
