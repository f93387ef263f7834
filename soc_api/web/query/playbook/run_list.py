"""The list of runs: by state, playbook and incident, a page at a time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Approval, PlaybookRun, PlaybookVersion, StepRun
from soc_api.web.query.due import Due
from soc_api.web.query.playbook.due import approval_due, step_due
from soc_api.web.query.playbook.reading import name_of, playbook_of, text_of
from soc_api.web.query.playbook.shelf import HELD, OPEN_RUN
from soc_api.web.query.scope import Query, within
from soc_api.web.text import Text

RunState = Literal["open", "waiting", "failed", "ended", "all"]
STATES: tuple[RunState, ...] = get_args(RunState)

OPEN_STEP = ("unsure", "approval", "running", "waiting", "due")
"""States of a step that is not at its end, the most urgent first."""
ROWS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are asked for; what is empty filters nothing."""

    state: RunState = "open"
    playbook: str = ""
    incident: str = ""
    page: int = 1

    def parameters(self, **changed: str | int) -> dict[str, str | int]:
        """Return it as parameters of an address, with changes; a change begins at page 1."""
        kept: dict[str, str | int] = {
            "state": "" if self.state == "open" else self.state,
            "playbook": self.playbook,
            "incident": self.incident,
        }
        return kept | changed


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One row: the run, what it stands at, and until when somebody has to act."""

    row: PlaybookRun
    version: PlaybookVersion
    at_step: Text
    at_state: str
    """State of the step it stands at, empty where it ended."""
    due: Due | None

    @property
    def name(self) -> Text:
        """Name of the playbook."""
        return name_of(self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One page of the list."""

    lines: list[RunLine]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // ROWS_SHOWN))

    @property
    def first(self) -> int:
        """Place of the first row in the whole list."""
        return (self.page - 1) * ROWS_SHOWN + 1


def run_page(session: Session, asked: RunFilter, drill_id: str | None, now: dt.datetime) -> RunPage:
    """Return a page of runs, the newest first; a page beyond the last is the last."""
    conditions = [*_narrowed(asked, drill_id), _of_state(asked.state)]
    counted = sa.select(sa.func.count()).select_from(PlaybookRun).where(*conditions)
    total = session.scalar(_with_version(counted)) or 0
    page = min(asked.page, max(1, -(-total // ROWS_SHOWN)))
    rows = session.execute(
        _with_version(sa.select(PlaybookRun, PlaybookVersion))
        .where(*conditions)
        .order_by(PlaybookRun.started_at.desc(), PlaybookRun.id.desc())
        .limit(ROWS_SHOWN)
        .offset((page - 1) * ROWS_SHOWN)
    ).all()
    return RunPage(lines=_lines(session, rows, now), total=total, page=page)


def run_counts(session: Session, asked: RunFilter, drill_id: str | None) -> dict[RunState, int]:
    """Count the runs of each tab under the other filters."""
    narrowed = _narrowed(asked, drill_id)
    columns = [
        sa.func.sum(sa.case((_of_state(state), 1), else_=0)).label(state) for state in STATES
    ]
    query = _with_version(sa.select(*columns).select_from(PlaybookRun)).where(*narrowed)
    found = session.execute(query).one()
    return {state: int(found[index] or 0) for index, state in enumerate(STATES)}


def runs_of(
    session: Session, asked: RunFilter, drill_id: str | None, now: dt.datetime, limit: int
) -> list[RunLine]:
    """Return the newest runs of a filter, for a panel."""
    rows = session.execute(
        _with_version(sa.select(PlaybookRun, PlaybookVersion))
        .where(*_narrowed(asked, drill_id), _of_state(asked.state))
        .order_by(PlaybookRun.started_at.desc(), PlaybookRun.id.desc())
        .limit(limit)
    ).all()
    return _lines(session, rows, now)


def _with_version(query: Query) -> Query:
    return query.join(PlaybookVersion, PlaybookVersion.id == PlaybookRun.version_id)


def _narrowed(asked: RunFilter, drill_id: str | None) -> list[sa.ColumnElement[bool]]:
    conditions = [within(PlaybookRun.drill_id, drill_id)]
    if asked.playbook:
        conditions.append(PlaybookVersion.key == asked.playbook)
    if asked.incident:
        conditions.append(PlaybookRun.incident_id == asked.incident)
    return conditions


def _of_state(state: RunState) -> sa.ColumnElement[bool]:
    held = (
        sa.select(StepRun.id)
        .where(StepRun.run_id == PlaybookRun.id, StepRun.state.in_(HELD))
        .exists()
    )
    conditions: dict[RunState, sa.ColumnElement[bool]] = {
        "open": PlaybookRun.state.in_(OPEN_RUN),
        "waiting": held,
        "failed": PlaybookRun.state == "failed",
        "ended": PlaybookRun.state.in_(("succeeded", "stopped")),
        "all": sa.true(),
    }
    return conditions[state]


def _lines(
    session: Session,
    rows: Sequence["sa.Row[PlaybookRun, PlaybookVersion]"],
    now: dt.datetime,
) -> list[RunLine]:
    ids = [run.id for run, _ in rows]
    steps: dict[str, list[StepRun]] = {}
    for step in session.scalars(
        sa.select(StepRun).where(
            StepRun.run_id.in_(ids), StepRun.state.in_(OPEN_STEP), StepRun.purpose == "do"
        )
    ):
        steps.setdefault(step.run_id, []).append(step)
    pending = {
        row.step_run_id: row
        for row in session.scalars(
            sa.select(Approval).where(Approval.run_id.in_(ids), Approval.state == "pending")
        )
    }
    return [_line(run, version, steps.get(run.id, []), pending, now) for run, version in rows]


def _line(
    run: PlaybookRun,
    version: PlaybookVersion,
    steps: Sequence[StepRun],
    pending: dict[str, Approval],
    now: dt.datetime,
) -> RunLine:
    actions = [step for step in steps if step.action] or list(steps)
    at = min(actions, key=lambda step: (OPEN_STEP.index(step.state), step.due_at), default=None)
    approval = pending.get(at.id) if at else None
    due = approval_due(approval, now) if approval else step_due(at, now) if at else None
    playbook = playbook_of(version)
    step = playbook.steps.get(at.step_id) if playbook and at else None
    return RunLine(
        row=run,
        version=version,
        at_step=text_of(step.name) if step else Text("", ""),
        at_state=at.state if at else "",
        due=due,
    )
