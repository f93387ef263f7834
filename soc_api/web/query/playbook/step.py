"""One step of a run: its action, what came of it, what it waits for, how it is taken back."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from playbooks.action.action import Action
from playbooks.cacao.playbook import Playbook, Step
from situation.state.tables import Notice, PlaybookRun, StepRun, Task
from soc_api.web.query.due import Due
from soc_api.web.query.playbook.chart import Chart
from soc_api.web.query.playbook.due import step_due, undo_due
from soc_api.web.query.playbook.reading import text_of
from soc_api.web.query.playbook.run_list import OPEN_STEP
from soc_api.web.text import Text

DO, UNDO = "do", "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A named value of an action: a parameter, or an output."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """The step that the middle of the page shows."""

    row: StepRun
    run: PlaybookRun
    step: Step | None
    number: int
    name: Text
    action: Action | None
    parameters: list[Value]
    outputs: list[Value]
    undoing: StepRun | None
    due: Due | None
    link: str
    """Where what it waits for is shown, empty if it has no page."""
    task: Task | None
    """The open task that it waits for."""

    @property
    def can_undo(self) -> bool:
        """Whether it did something that can be taken back now."""
        row = self.row
        begun = self.undoing is not None and self.undoing.state not in ("due", "failed")
        return (
            row.purpose == DO
            and row.state == "done"
            and bool(row.undo)
            and not (row.undone_at or begun)
        )

    @property
    def can_retry(self) -> bool:
        """Whether it can be tried again: it made its run fail, or it is an undoing that failed."""
        row, run = self.row, self.run
        failed_by_it = run.state == "failed" and not run.ends_as and row.ended_at == run.ended_at
        return row.state == "failed" and (row.purpose == UNDO or failed_by_it)

    @property
    def ends(self) -> bool:
        """Whether it is taken back by itself at a time that is known."""
        return self.undoing is not None and self.undoing.state == "due"


def step_view(
    session: Session,
    row: StepRun,
    playbook: Playbook | None,
    *,
    chart: Chart,
    actions: Mapping[str, Action],
    steps: Sequence[StepRun],
    now: dt.datetime,
) -> StepView:
    """Return a step of a run with its action, what came of it, and what it waits for."""
    step = playbook.steps.get(row.step_id) if playbook else None
    undoing = next((each for each in steps if each.undoes == row.id), None)
    name = str(row.action.get("name", step.call.action if step and step.call else ""))
    parameters = row.action.get("parameters")
    return StepView(
        row=row,
        run=session.get_one(PlaybookRun, row.run_id),
        step=step,
        number=chart.steps.get(row.step_id, 0),
        name=text_of(step.name) if step else Text(row.step_id, row.step_id),
        action=actions.get(name),
        parameters=_values(parameters if isinstance(parameters, dict) else {}),
        outputs=_values(row.outputs),
        undoing=undoing,
        due=_due(row, undoing, now),
        link=_link(session, row),
        task=_open_task(session, row),
    )


def _due(row: StepRun, undoing: StepRun | None, now: dt.datetime) -> Due | None:
    if row.state in OPEN_STEP:
        return step_due(row, now)
    return undo_due(undoing, now) if undoing is not None and undoing.state == "due" else None


def _values(found: Mapping[str, object]) -> list[Value]:
    return [
        Value(
            name=name,
            text=each if isinstance(each, str) else json.dumps(each, ensure_ascii=False),
        )
        for name, each in found.items()
    ]


def _open_task(session: Session, row: StepRun) -> Task | None:
    if row.state != "waiting" or row.awaits_kind != "task":
        return None
    task = session.get(Task, row.awaits_id)
    return task if task is not None and task.state == "open" else None


def _link(session: Session, row: StepRun) -> str:
    match row.awaits_kind:
        case "playbook_run":
            return f"/playbooks/runs/{row.awaits_id}"
        case "notice" if session.get(Notice, row.awaits_id) is not None:
            return f"/notices/{row.awaits_id}"
        case "task":
            task = session.get(Task, row.awaits_id)
            of_incident = task is not None and task.object_kind == "incident"
            return f"/incidents/{task.object_id}" if task and of_incident else ""
        case "measure":
            return "/measures"
        case _:
            return ""
