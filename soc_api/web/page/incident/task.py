"""Tasks: somebody says that one is done."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from playbooks.incident.tasks import LONGEST_ANSWER, finish_task
from playbooks.machine import Refusal
from situation.faults import Conflict
from situation.state.tables import Incident, Task
from soc_api.permission import Permission
from soc_api.web.link import local_path
from soc_api.web.page.desk import desk_page
from soc_api.web.page.incident.record import STALE, incident_page
from soc_api.web.visit import ChangeDep, allowed

router = APIRouter()

SEE_OTHER, NOT_FOUND, CONFLICT = 303, 404, 409
ANSWER_LIMIT = LONGEST_ANSWER


@router.post("/tasks/{task_id}/finish", dependencies=[allowed(Permission.REPORT)])
def finish(
    visit: ChangeDep,
    task_id: str,
    next_path: Annotated[str, Form(alias="next")] = "/",
    answer: Annotated[str, Form(max_length=ANSWER_LIMIT)] = "",
) -> Response:
    """Mark a task as done, with the answer that a playbook waits for; go back to where it stood."""
    state = visit.console.state
    with state.reading() as session:
        task = session.get(Task, task_id)
        if task is None:
            raise HTTPException(NOT_FOUND)
    try:
        with state.transaction() as session:
            finish_task(session, task_id, answer=answer, by=visit.person, now=visit.now)
    except Conflict as conflict:
        code = conflict.code if isinstance(conflict, Refusal) else STALE
        with state.reading() as session:
            if session.get(Incident, task.object_id) is None:
                return desk_page(visit, session, task.drill_id, code=CONFLICT, refused=code)
            return incident_page(visit, session, task.object_id, code=CONFLICT, refused=code)
    return RedirectResponse(local_path(next_path), SEE_OTHER)
