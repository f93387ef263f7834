"""Inverses: what a run contained is taken back by steps of their own, newest first."""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.execution.course.identity import DO, UNDO, step_run_id_of
from playbooks.execution.course.log import note
from playbooks.execution.course.timing import HUMAN
from playbooks.execution.machine import OPEN, STEP
from playbooks.incident.tasks import TASK, finish_task, open_task, reopen_task, task_id_of
from playbooks.person import SYSTEM
from playbooks.revision import found
from situation.state.tables import PlaybookRun, StepRun, Task

AFTER = "step_run"
"""Kind of what an inverse waits for while a later step is taken back first."""
TASK_KIND = "undo_failed"


def runs_below(session: Session, run: PlaybookRun) -> Iterator[PlaybookRun]:
    """Yield a run and those that its steps started, each before its own."""
    yield run
    steps = sa.select(StepRun.id).where(StepRun.run_id == run.id)
    below = sa.select(PlaybookRun).where(PlaybookRun.parent_step_id.in_(steps))
    for child in session.scalars(below.order_by(PlaybookRun.id).with_for_update()).all():
        yield from runs_below(session, child)


def takes_back(session: Session, run: PlaybookRun) -> bool:
    """Say whether a run, or one that started it, is taking back what was done."""
    if run.state == "compensating":
        return True
    if run.parent_step_id is None:
        return False
    parent = session.get_one(StepRun, run.parent_step_id)
    return takes_back(session, session.get_one(PlaybookRun, parent.run_id))


def undoable(session: Session, run: PlaybookRun) -> list[StepRun]:
    """Return the steps of a run and of those below it that can be taken back, newest first."""
    ids = [one.id for one in runs_below(session, run)]
    kept = sa.select(StepRun).where(
        StepRun.run_id.in_(ids), StepRun.purpose == DO, StepRun.undone_at.is_(None)
    )
    newest = kept.order_by(StepRun.started_at.desc(), StepRun.id)
    return [row for row in session.scalars(newest) if row.undo]


def has_to_take_back(session: Session, run: PlaybookRun) -> bool:
    """Say whether there is something to take back, or may be once what is under way has ended."""
    return bool(undoable(session, run)) or is_undoing(session, run)


def is_undoing(session: Session, run: PlaybookRun) -> bool:
    """Say whether something of a run is still being taken back, or still under way."""
    ids = [one.id for one in runs_below(session, run)]
    still = sa.or_(
        sa.and_(StepRun.purpose == UNDO, StepRun.state.in_(OPEN)), StepRun.state == "running"
    )
    return (
        session.scalar(sa.select(StepRun.id).where(StepRun.run_id.in_(ids), still).limit(1))
        is not None
    )


def open_undos(
    session: Session, rows: list[StepRun], *, by: str, now: dt.datetime, reason: str
) -> list[StepRun]:
    """Open the inverses of steps, each waiting for the one before it; return their rows."""
    opened: list[StepRun] = []
    for row in rows:
        before = opened[-1] if opened else None
        opened.append(open_undo(session, row, due_at=now, by=by, now=now, reason=reason))
        if before is not None and opened[-1].state == "due":
            _wait_for(session, opened[-1], before, by=by, now=now)
    return opened


def open_undo(
    session: Session,
    row: StepRun,
    *,
    due_at: dt.datetime,
    by: str,
    now: dt.datetime,
    reason: str,
) -> StepRun:
    """Open the inverse of a step for `due_at`; one that waits for later comes sooner.

    One that failed is tried again.
    """
    undo_id = step_run_id_of(row.run_id, row.step_id, row.id, UNDO)
    there = session.get(StepRun, undo_id) or _made(session, undo_id, row, now)
    if there.state == "failed":
        there.state, there.attempts, there.ended_at = STEP.after("failed", "repeat"), 0, None
    if there.state == "due":
        there.due_at = min(there.due_at, due_at) if there.attempts else due_at
        there.deadline_at = there.due_at + HUMAN
        note(
            session,
            there,
            "open",
            by=by,
            now=now,
            detail={"due_at": there.due_at.isoformat(), "reason": reason},
        )
    session.flush()
    return there


def _made(session: Session, undo_id: str, row: StepRun, now: dt.datetime) -> StepRun:
    made = StepRun(
        id=undo_id,
        run_id=row.run_id,
        step_id=row.step_id,
        scope=row.id,
        purpose=UNDO,
        undoes=row.id,
        state=STEP.initial,
        due_at=now,
        deadline_at=now + HUMAN,
        attempts=0,
        action=row.action,
        action_sha256=row.action_sha256,
        outputs={},
        undo={},
        opened_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _wait_for(
    session: Session, row: StepRun, before: StepRun, *, by: str, now: dt.datetime
) -> None:
    row.state = STEP.after(row.state, "wait", where=row.id)
    row.awaits_kind, row.awaits_id = AFTER, before.id
    note(session, row, "waits", by=by, now=now, detail={"for": AFTER, "id": before.id})
    session.flush()


def tell_failure(session: Session, row: StepRun, *, now: dt.datetime) -> None:
    """Open the task that a person takes over what could not be taken back, each time it fails."""
    run = found(session, PlaybookRun, row.run_id)
    name = str(row.action.get("name", row.step_id))
    object_kind, object_id = _task_object(run)
    due_at = now + dt.timedelta(hours=1)
    task = open_task(
        session,
        kind=TASK_KIND,
        object_kind=object_kind,
        object_id=object_id,
        key=row.id,
        title_zh=f"{run.id} 的动作 {name} 未能撤销，请人工核实并恢复",
        title_en=f"{name} of {run.id} could not be taken back; check and restore by hand",
        due_at=due_at,
        drill_id=run.drill_id,
        now=now,
    )
    if task.state != TASK.initial:
        reopen_task(session, task.id, due_at=due_at, by=SYSTEM, now=now)


def end_failure(session: Session, row: StepRun, *, now: dt.datetime) -> None:
    """Finish the task about a step that could not be taken back, if there is one: now it is."""
    run = found(session, PlaybookRun, row.run_id)
    task = session.get(Task, task_id_of(TASK_KIND, *_task_object(run), row.id))
    if task is not None and task.state == TASK.initial:
        finish_task(session, task.id, by=SYSTEM, now=now)


def _task_object(run: PlaybookRun) -> tuple[str, str]:
    return ("incident", run.incident_id) if run.incident_id else ("playbook_run", run.id)
