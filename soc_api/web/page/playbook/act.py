"""What people do with a run: stop it, take back, say what happened, try again."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from playbooks.execution.resolving import resolve_unsure, retry_step
from playbooks.execution.stopping import stop_run
from playbooks.execution.undoing import undo_run, undo_step
from situation.faults import Conflict, Malformed
from situation.state.tables import PlaybookRun, StepRun
from soc_api.permission import Permission
from soc_api.web.page.playbook.change import code_of
from soc_api.web.page.playbook.run import shown_run
from soc_api.web.visit import ChangeDep, Visit, allowed

router = APIRouter(dependencies=[allowed(Permission.RUN_PLAYBOOK)])

SEE_OTHER, NOT_FOUND, CONFLICT = 303, 404, 409
TEXT_LIMIT = 2000

Reason = Annotated[str, Form(max_length=TEXT_LIMIT)]
Happened = Literal["yes", "no"]


@router.post("/playbooks/runs/{run_id}/stop")
def stop(
    visit: ChangeDep,
    run_id: str,
    version: Annotated[int, Form()],
    reason: Reason = "",
    undo: Annotated[bool, Form()] = False,  # noqa: FBT002 - a box of the form
) -> Response:
    """Stop a run, and take back what it contained where that is asked for."""

    def change(session: Session) -> None:
        stop_run(
            session,
            visit.console.house,
            run_id,
            undo=undo,
            reason=reason,
            by=visit.person,
            expected_version=version,
            now=visit.now,
        )

    return _changed(visit, run_id, change, opened="stop")


@router.post("/playbooks/runs/{run_id}/undo")
def undo_all(visit: ChangeDep, run_id: str, reason: Reason = "") -> Response:
    """Take back all that a run contained."""

    def change(session: Session) -> None:
        house = visit.console.house
        undo_run(session, house, run_id, reason=reason, by=visit.person, now=visit.now)

    return _changed(visit, run_id, change)


@router.post("/playbooks/runs/{run_id}/steps/{step_run_id}/undo")
def undo(visit: ChangeDep, run_id: str, step_run_id: str, reason: Reason = "") -> Response:
    """Take back what one step did."""

    def change(session: Session) -> None:
        house = visit.console.house
        undo_step(session, house, step_run_id, reason=reason, by=visit.person, now=visit.now)

    return _changed(visit, run_id, change, step=step_run_id)


@router.post("/playbooks/runs/{run_id}/steps/{step_run_id}/resolve")
def resolve(
    visit: ChangeDep,
    run_id: str,
    step_run_id: str,
    happened: Annotated[Happened, Form()],
    remark: Reason = "",
) -> Response:
    """Say whether a step happened of which nobody can tell."""

    def change(session: Session) -> None:
        resolve_unsure(
            session,
            visit.console.house,
            step_run_id,
            happened=happened == "yes",
            remark=remark,
            by=visit.person,
            now=visit.now,
        )

    return _changed(visit, run_id, change, step=step_run_id)


@router.post("/playbooks/runs/{run_id}/steps/{step_run_id}/retry")
def retry(visit: ChangeDep, run_id: str, step_run_id: str) -> Response:
    """Try a failed step again; the run goes on from there."""

    def change(session: Session) -> None:
        retry_step(session, visit.console.house, step_run_id, by=visit.person, now=visit.now)

    return _changed(visit, run_id, change, step=step_run_id)


def _changed(
    visit: Visit,
    run_id: str,
    change: Callable[[Session], None],
    *,
    step: str = "",
    opened: str = "",
) -> Response:
    """Carry out a change of a run and lead back to it, or say there why it was not done."""
    state = visit.console.state
    with state.reading() as session:
        _see_own(session, run_id, step)
    try:
        with state.transaction() as session:
            change(session)
    except (Conflict, Malformed) as fault:
        with state.reading() as session:
            return shown_run(
                visit,
                session,
                run_id,
                step=step,
                code=CONFLICT,
                refused=code_of(fault),
                opened=opened,
            )
    return RedirectResponse(
        f"/playbooks/runs/{run_id}" + (f"?step={step}" if step else ""), SEE_OTHER
    )


def _see_own(session: Session, run_id: str, step_run_id: str) -> None:
    if session.get(PlaybookRun, run_id) is None:
        raise HTTPException(NOT_FOUND)
    if step_run_id:
        row = session.get(StepRun, step_run_id)
        if row is None or row.run_id != run_id:
            raise HTTPException(NOT_FOUND)
