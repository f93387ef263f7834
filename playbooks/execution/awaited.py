"""What a step may wait for: each kind of row says whether it is still open, by its id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.orm import Session

from playbooks.execution.course.inverse import AFTER
from playbooks.execution.machine import STEP
from playbooks.notice.machine import DRAFTS
from situation.state.columns import JsonObject
from situation.state.tables import Measure, Notice, PlaybookRun, StepRun, Task


@dataclass(frozen=True, slots=True)
class Awaited:
    """How what is waited for stands; `reason` says why it failed."""

    state: Literal["open", "done", "failed"]
    outputs: JsonObject = field(default_factory=dict)
    reason: str = ""


STILL = Awaited("open")
_GONE = Awaited("failed", reason="what it waited for is not there")


def _task(session: Session, task_id: str) -> Awaited:
    task = session.get(Task, task_id)
    if task is None:
        return _GONE
    if task.state == "dropped":
        return Awaited("failed", reason="the task was dropped")
    said: JsonObject = {"done_by": task.done_by, "answer": task.answer}
    return Awaited("done", said) if task.state == "done" else STILL


def _notice(session: Session, notice_id: str) -> Awaited:
    notice = session.get(Notice, notice_id)
    if notice is None:
        return _GONE
    if notice.status == "dismissed":
        return Awaited("failed", reason="the notice was dismissed")
    return STILL if notice.status in DRAFTS else Awaited("done")


def _run(session: Session, run_id: str) -> Awaited:
    run = session.get(PlaybookRun, run_id)
    if run is None:
        return _GONE
    if run.state in ("failed", "stopped"):
        return Awaited("failed", reason=f"{run.id} ended {run.state}: {run.outcome}")
    return Awaited("done", _values(run)) if run.state == "succeeded" else STILL


def _values(run: PlaybookRun) -> JsonObject:
    known = ((name, said) for name, said in run.variables.items() if isinstance(said, dict))
    return {name: said["value"] for name, said in known if said.get("value") is not None}


def _measure(session: Session, measure_id: str) -> Awaited:
    measure = session.get(Measure, measure_id)
    if measure is None:
        return _GONE
    return STILL if measure.state in ("wanted", "lifting") else Awaited("done")


def _step(session: Session, step_run_id: str) -> Awaited:
    row = session.get(StepRun, step_run_id)
    return Awaited("done") if row is None or row.state in STEP.terminal else STILL


AWAITED: Mapping[str, Callable[[Session, str], Awaited]] = {
    "task": _task,
    "notice": _notice,
    "playbook_run": _run,
    "measure": _measure,
    AFTER: _step,
}
"""How to look at a row that a step waits for, by its kind."""

INNER = ("playbook_run", AFTER)
"""Kinds that a run moves itself, so they may change while a pass goes on."""
