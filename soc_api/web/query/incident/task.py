"""Tasks: what somebody still has to do, by the time that is left."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.action.manual_task import KIND as PLAYBOOK_STEP
from situation.state.tables import Task
from soc_api.web.query.due import RUNNING, Due
from soc_api.web.query.scope import within
from soc_api.web.text import Text

OPEN = "open"
TASKS_SHOWN = 100

_PAGES = {
    "incident": "/incidents/",
    "report": "/reports/",
    "notice": "/notices/",
    "warning": "/warnings/",
    "job": "/jobs/",
    "playbook_run": "/playbooks/runs/",
}
"""Where the page of an object lies, by its kind."""

_Object = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """A task as a list shows it. `due` is None where no time is set."""

    row: Task
    due: Due | None

    @property
    def title(self) -> Text:
        """What has to be done."""
        return Text(self.row.title_zh, self.row.title_en)

    @property
    def wants_answer(self) -> bool:
        """Whether a playbook goes on by what whoever does it answers."""
        return self.row.kind == PLAYBOOK_STEP

    @property
    def link(self) -> str:
        """Where the task's object is shown, empty if it has no page."""
        page = _PAGES.get(self.row.object_kind, "")
        return f"{page}{self.row.object_id}" if page else ""


def tasks_of(session: Session, objects: Collection[_Object], now: dt.datetime) -> list[TaskLine]:
    """Return the open tasks of these objects, each a kind and an id."""
    return _lines(session, [sa.tuple_(Task.object_kind, Task.object_id).in_(objects)], now)


def open_tasks(session: Session, drill_id: str | None, now: dt.datetime) -> list[TaskLine]:
    """Return the open tasks of the city, or of one drill, what is due first on top."""
    return _lines(session, [within(Task.drill_id, drill_id)], now)


def open_count(session: Session, drill_id: str | None) -> int:
    """Count the open tasks."""
    query = sa.select(sa.func.count()).select_from(Task)
    conditions = (Task.state == OPEN, within(Task.drill_id, drill_id))
    return session.scalar(query.where(*conditions)) or 0


def _lines(
    session: Session, conditions: Collection[sa.ColumnElement[bool]], now: dt.datetime
) -> list[TaskLine]:
    rows = session.scalars(
        sa.select(Task)
        .where(Task.state == OPEN, *conditions)
        .order_by(Task.due_at.is_(None), Task.due_at, Task.opened_at, Task.id)
        .limit(TASKS_SHOWN)
    )
    return [TaskLine(row=row, due=_due(row, now)) for row in rows]


def _due(row: Task, now: dt.datetime) -> Due | None:
    if row.due_at is None:
        return None
    return Due(
        what=Text(row.title_zh, row.title_en),
        addressee=Text("", ""),
        clause=row.clause,
        started_at=row.opened_at,
        due_at=row.due_at,
        met_at=None,
        state=RUNNING,
        link="",
        document=row.object_id,
        level=0,
        now=now,
    )
