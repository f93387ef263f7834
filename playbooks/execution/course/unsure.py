"""Doubt: a step whose engine died where nobody can tell whether it acted asks a person."""

import datetime as dt

from playbooks.cacao.playbook import Step
from playbooks.execution.course.walk import Walk
from playbooks.incident.tasks import TASK, finish_task, open_task, task_id_of
from playbooks.person import Person
from situation.state.tables import StepRun, Task

TASK_KIND = "playbook_unsure"
ANSWER_BY = dt.timedelta(hours=1)


def task_object(walk: Walk) -> tuple[str, str]:
    """Return kind and id of what the task of a run stands under."""
    run = walk.run
    return ("incident", run.incident_id) if run.incident_id else ("playbook_run", run.id)


def doubt(walk: Walk, row: StepRun, step: Step) -> None:
    """Leave a step as it is until a person says whether it happened."""
    row.lease_until = None
    row.deadline_at = max(walk.run.deadline_at, walk.now + ANSWER_BY)
    walk.move(row, "doubt")
    kind, object_id = task_object(walk)
    name = step.name
    open_task(
        walk.session,
        kind=TASK_KIND,
        object_kind=kind,
        object_id=object_id,
        key=_key(row),
        title_zh=f"{walk.run.id}「{name.zh or row.step_id}」执行中断，请核实是否已生效",
        title_en=f"{name.en or row.step_id} of {walk.run.id} was cut off: find out if it acted",
        due_at=walk.now + ANSWER_BY,
        drill_id=walk.run.drill_id,
        now=walk.now,
    )


def end_doubt(walk: Walk, row: StepRun, *, by: Person) -> None:
    """Finish the task of a step in doubt, if it is: now it is known."""
    kind, object_id = task_object(walk)
    task = walk.session.get(Task, task_id_of(TASK_KIND, kind, object_id, _key(row)))
    if task is not None and task.state == TASK.initial:
        finish_task(walk.session, task.id, by=by, now=walk.now)


def _key(row: StepRun) -> str:
    # One that was in doubt before and was tried again may be in doubt again.
    return f"{row.id}:{row.attempts}"
