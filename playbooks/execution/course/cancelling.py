"""Cancelling: whoever waits for a step that is cancelled is let go, too."""

import datetime as dt

from sqlalchemy.orm import Session

from playbooks.execution import approval
from playbooks.incident.tasks import TASK, drop_task
from playbooks.person import SYSTEM, Person
from situation.state.tables import StepRun, Task

_BY = Person(SYSTEM.name, "administrator")
"""The platform, as one that may drop a task whoever it is for."""


def let_go(session: Session, row: StepRun, *, reason: str, now: dt.datetime) -> None:
    """Void the approval and drop the task that a step waits for."""
    if row.state == "approval":
        standing = approval.standing(session, row.id)
        if standing is not None and standing.state in (approval.PENDING, approval.APPROVED):
            approval.void(session, standing, reason, now)
    if row.awaits_kind == "task":
        task = session.get(Task, row.awaits_id)
        if task is not None and task.state == TASK.initial:
            drop_task(session, task.id, by=_BY, now=now, reason=reason)
