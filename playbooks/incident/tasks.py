"""Tasks: what a person still has to do for an incident, a notice or a warning."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.machine import Machine, Refusal, Transition
from playbooks.person import SYSTEM, Person
from playbooks.revision import found
from playbooks.text import typed
from situation.state.store import audit
from situation.state.tables import Task

DROPPED = "dropped"

TASK = Machine(
    "open",
    (),
    (
        Transition("finish", ("open",), "done"),
        Transition("drop", ("open",), DROPPED),
        # Who asked for it asks once more.
        Transition("reopen", ("done", DROPPED), "open"),
    ),
)

Role = Literal["", "analyst", "duty_lead", "data_officer", "secrecy_officer", "administrator"]

ROLES: Mapping[Role, tuple[str, str]] = {
    "": ("值班人员", "anybody of the desk"),
    "analyst": ("值班分析员", "an analyst"),
    "duty_lead": ("值班长", "the duty lead"),
    "data_officer": ("数据安全员", "the data-security officer"),
    "secrecy_officer": ("保密员", "the secrecy officer"),
    "administrator": ("管理员", "an administrator"),
}
"""Who a task can be for, in both languages."""

_ABOVE: Mapping[str, frozenset[str]] = {
    "duty_lead": frozenset({"analyst", "data_officer"}),
    "administrator": frozenset(ROLES) - {"secrecy_officer"},
    "system": frozenset(ROLES),
}
"""Roles whose tasks another one may end too."""


LONGEST_ANSWER = 200
"""Characters that an answer may have."""


def task_id_of(kind: str, object_kind: str, object_id: str, key: str = "") -> str:
    """Return the id of a task, the same each time."""
    named = f"task\x1f{kind}\x1f{object_kind}\x1f{object_id}\x1f{key}"
    return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()


def open_task(  # noqa: PLR0913 - each is a column of the row
    session: Session,
    *,
    kind: str,
    object_kind: str,
    object_id: str,
    title_zh: str,
    title_en: str,
    due_at: dt.datetime | None,
    drill_id: str | None,
    now: dt.datetime,
    clause: str = "",
    key: str = "",
    role: Role = "",
    by: Person = SYSTEM,
) -> Task:
    """Open a task and return it; one of the same kind, object and key is opened once.

    `key` tells tasks of one kind apart that an object has several of. `role` is who has to do
    it, empty for anybody of the desk. A task that was done or dropped is returned as it is.
    """
    task_id = task_id_of(kind, object_kind, object_id, key)
    there = session.get(Task, task_id)
    if there is not None:
        return there
    task = Task(
        id=task_id,
        drill_id=drill_id,
        kind=kind,
        object_kind=object_kind,
        object_id=object_id,
        title_zh=title_zh,
        title_en=title_en,
        clause=clause,
        role=role,
        due_at=due_at,
        state=TASK.initial,
        opened_at=now,
    )
    session.add(task)
    session.flush()
    _note(session, task, "task.open", by=by, now=now)
    return task


def finish_task(
    session: Session, task_id: str, *, by: Person, now: dt.datetime, answer: str = ""
) -> Task:
    """Mark a task as done, with what came of it where somebody waits for an answer.

    Raise `Refusal` if it is not open, or is for another role.
    """
    said = typed(answer, "answer", longest=LONGEST_ANSWER)
    task = _for(found(session, Task, task_id), by)
    task.answer = said
    return _end(session, task, "finish", by=by, now=now)


def drop_task(
    session: Session, task_id: str, *, by: Person, now: dt.datetime, reason: str = ""
) -> Task:
    """Mark a task as needless; raise `Refusal` if it is not open, or is for another role."""
    why = typed(reason, "reason")
    task = _for(found(session, Task, task_id), by)
    return _end(session, task, "drop", by=by, now=now, reason=why)


def reopen_task(
    session: Session, task_id: str, *, due_at: dt.datetime | None, by: Person, now: dt.datetime
) -> Task:
    """Open a task that was ended once more, until `due_at`; raise `Refusal` if it is open."""
    task = found(session, Task, task_id)
    task.state = TASK.after(task.state, "reopen", where=task.id)
    task.done_at, task.done_by, task.due_at = None, None, due_at
    _note(session, task, "task.reopen", by=by, now=now)
    return task


def end_tasks(
    session: Session,
    act: str,
    object_id: str,
    kinds: tuple[str, ...] = (),
    *,
    by: Person,
    now: dt.datetime,
) -> None:
    """Finish or drop the open tasks of an object, those of `kinds` or all of them."""
    wanted = sa.select(Task).where(Task.object_id == object_id, Task.state == TASK.initial)
    if kinds:
        wanted = wanted.where(Task.kind.in_(kinds))
    for task in session.scalars(wanted.order_by(Task.id)).all():
        _end(session, task, act, by=by, now=now)


def _for(task: Task, by: Person) -> Task:
    if task.role in ("", by.role) or task.role in _ABOVE.get(by.role, ()):
        return task
    raise Refusal("role", f"it is for the role {task.role}", where=task.id)


def _end(
    session: Session, task: Task, act: str, *, by: Person, now: dt.datetime, reason: str = ""
) -> Task:
    task.state = TASK.after(task.state, act, where=task.id)
    task.done_at, task.done_by = now, by.name
    _note(session, task, f"task.{act}", by=by, now=now, reason=reason)
    return task


def _note(
    session: Session, task: Task, action: str, *, by: Person, now: dt.datetime, reason: str = ""
) -> None:
    audit(
        session,
        now,
        by.name,
        action,
        kind=task.object_kind,
        object_id=task.object_id,
        task=task.id,
        task_kind=task.kind,
        title=task.title_zh,
        reason=reason,
    )
