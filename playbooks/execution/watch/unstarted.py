"""What could not start by itself: left to people as a task, with a line of the audit."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.execution.cause import Cause
from playbooks.execution.versions import KIND as VERSION_KIND
from playbooks.incident.tasks import open_task, task_id_of
from playbooks.person import SYSTEM
from situation.faults import Fault
from situation.state.store import audit
from situation.state.tables import PlaybookVersion, Task

UNSTARTED = "playbook_unstarted"
"""Kind of the task to start by hand what could not start by itself."""


def left_to_people(session: Session, objects: Mapping[str, tuple[str, str]]) -> set[str]:
    """Return the trigger keys that were left to people before; each is given with its object."""
    by_task = {task_id_of(UNSTARTED, *about, key): key for key, about in objects.items()}
    found = session.scalars(sa.select(Task.id).where(Task.id.in_(by_task)))
    return {by_task[task_id] for task_id in found}


def leave_to_people(
    session: Session,
    version: PlaybookVersion,
    cause: Cause,
    key: str,
    *,
    fault: Fault,
    now: dt.datetime,
) -> None:
    """Open the task to start by hand what could not start for a cause; `key` is its trigger key."""
    detail = {"key": version.key, "about": [cause.object_kind, cause.object_id]}
    _note_unstarted(session, version, now, reason=str(fault), **detail)
    open_task(
        session,
        kind=UNSTARTED,
        object_kind=cause.object_kind,
        object_id=cause.object_id,
        key=key,
        title_zh=f"剧本《{version.name_zh}》未能自动启动（{cause.object_id}），请人工启动或处置",
        title_en=f"The playbook {version.name_en} could not start for {cause.object_id}; see to it",
        due_at=None,
        drill_id=cause.drill_id,
        now=now,
    )


def leave_unreadable(session: Session, version_id: int, now: dt.datetime) -> None:
    """Open the task to look at a published version that cannot be read, once."""
    version = session.get_one(PlaybookVersion, version_id)
    if session.get(Task, task_id_of(UNSTARTED, VERSION_KIND, str(version_id))) is not None:
        return
    _note_unstarted(session, version, now, key=version.key, reason="it cannot be read")
    open_task(
        session,
        kind=UNSTARTED,
        object_kind=VERSION_KIND,
        object_id=str(version_id),
        title_zh=f"剧本《{version.name_zh}》的已发布版本无法读取，不会自动启动",
        title_en=f"The published version of {version.name_en} cannot be read and starts nothing",
        due_at=None,
        drill_id=None,
        now=now,
    )


def _note_unstarted(
    session: Session, version: PlaybookVersion, now: dt.datetime, **detail: object
) -> None:
    audit(
        session,
        now,
        SYSTEM.name,
        "playbook.unstarted",
        kind=VERSION_KIND,
        object_id=str(version.id),
        **detail,
    )
