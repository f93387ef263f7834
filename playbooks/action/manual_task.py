"""manual_task: a person is given something to do, and the step waits until it is done."""

import datetime as dt
from typing import Annotated

from pydantic import Field, StrictInt

from playbooks.action.action import Action, Effect, Guarantee, Outcome, Parameters, Scene
from playbooks.action.intent import Intent
from playbooks.action.parameter import Line, NamedLine, Text, taking
from playbooks.action.phrase import at_time, both
from playbooks.cacao.playbook import Words
from playbooks.incident.tasks import DROPPED, ROLES, Role, open_task, reopen_task
from playbooks.person import SYSTEM

KIND = "playbook_step"


class ManualTaskParameters(Parameters):
    """What is to be done, by whom, within how long. The English title may be left empty."""

    title_zh: NamedLine
    title_en: Line = ""
    text: Text = ""
    """Instructions of several lines, shown with the step."""
    role: Role = ""
    """Who has to do it; empty: anybody of the desk."""
    within_minutes: Annotated[StrictInt, Field(ge=1, le=43_200)] = 1440


def _due(scene: Scene, given: ManualTaskParameters) -> dt.datetime:
    return scene.now + dt.timedelta(minutes=given.within_minutes)


def _intend(scene: Scene, given: ManualTaskParameters) -> Intent:
    who, title = ROLES[given.role], both(given.title_zh, given.title_en)
    due = at_time(_due(scene, given))
    return Intent(
        command=f"manual_task role={given.role or 'any'} due={due}: {given.title_zh}",
        what=Words(f"交办人工任务：{title.zh}", f"give people a task: {title.en}"),
        how_long=Words(f"{due} 前完成，步骤等待", f"to be done by {due}; the step waits"),
        undo=Words("任务可以取消，取消即该步骤失败", "drop the task; then the step fails"),
        touches=Words(f"由{who[0]}办理", f"for {who[1]}"),
        unknown=("done_by", "answer"),
    )


def _object(scene: Scene) -> tuple[str, str]:
    if scene.incident is not None:
        return "incident", scene.incident.id
    if scene.object_kind == "warning":
        return scene.object_kind, scene.object_id
    return "playbook_run", scene.run_id


def _open(scene: Scene, given: ManualTaskParameters) -> Outcome:
    kind, object_id = _object(scene)
    title = both(given.title_zh, given.title_en)
    task = open_task(
        scene.session,
        kind=KIND,
        object_kind=kind,
        object_id=object_id,
        key=scene.key,
        title_zh=title.zh,
        title_en=title.en,
        clause=scene.clause,
        role=given.role,
        due_at=_due(scene, given),
        drill_id=scene.drill_id,
        now=scene.now,
    )
    if task.state == DROPPED:
        # The step is tried again, or was opened again with its run.
        due_at = _due(scene, given)
        reopen_task(scene.session, task.id, due_at=due_at, by=SYSTEM, now=scene.now)
    told = Words(f"已交办：{title.zh}", f"the task stands: {title.en}")
    return Outcome(awaits=("task", task.id), told=told)


MANUAL_TASK = Action(
    name="manual_task",
    words=Words("人工任务", "task for people"),
    effect=Effect.NOTIFY,
    guarantee=Guarantee.INSIDE,
    parameters=ManualTaskParameters,
    outputs={"done_by": "string", "answer": "string"},
    intend=taking(ManualTaskParameters, _intend),
    inside=taking(ManualTaskParameters, _open),
    by_people=True,
)
