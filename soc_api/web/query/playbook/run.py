"""One run: its steps with their states, what it waits for, what was done and can be taken back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.action.action import Action
from playbooks.cacao.playbook import Playbook
from situation.state.tables import (
    Account,
    Incident,
    PlaybookRun,
    PlaybookVersion,
    StepRun,
)
from soc_api.web.query.due import Due
from soc_api.web.query.incident.grade import names_of
from soc_api.web.query.playbook.approval import Card, cards_of_run
from soc_api.web.query.playbook.chart import SILENT, Chart, Line, chart_of
from soc_api.web.query.playbook.course import NOTHING, Told, course_of
from soc_api.web.query.playbook.due import run_due
from soc_api.web.query.playbook.reading import name_of, playbook_of, text_of
from soc_api.web.query.playbook.shelf import OPEN_RUN
from soc_api.web.query.playbook.step import DO, UNDO, StepView, step_view
from soc_api.web.text import Text

_EMPTY = Chart(lines=(), exception=())
_URGENT = ("approval", "unsure", "running", "waiting", "due", "failed")
"""States by which the step is chosen that the page opens with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One line of the drawing with what became of its step.

    `turns` are the rows of the step, one for each turn of a loop, the newest last; empty where
    the run has not come there.
    """

    line: Line
    turns: tuple[StepRun, ...] = ()
    undoing: StepRun | None = None
    """The row that takes the newest turn back, if it has one."""

    @property
    def newest(self) -> StepRun | None:
        """The row of the newest turn."""
        return self.turns[-1] if self.turns else None

    @property
    def state(self) -> str:
        """State of the newest turn; empty where the run has not come there."""
        newest = self.newest
        return newest.state if newest else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One run with everything that its page shows."""

    row: PlaybookRun
    version: PlaybookVersion
    incident: Incident | None
    lines: list[StepLine]
    exception: list[StepLine]
    total: int
    """Steps that act, in the drawing."""
    done: int
    current: StepView | None
    cards: list[Card]
    course: list[Told]
    children: list[str]
    """Runs that steps of this one started."""
    people: Mapping[str, str]
    due: Due
    undoable: int
    """Actions that could be taken back now."""

    @property
    def name(self) -> Text:
        """Name of the playbook."""
        return name_of(self.version)

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.row.state in OPEN_RUN

    @property
    def state(self) -> str:
        """What it stands at: that of its most urgent step while it runs, else its own."""
        if self.row.state != "running":
            return self.row.state
        states = {turn.state for line in self.lines for turn in line.turns}
        held = next((each for each in ("unsure", "approval") if each in states), "")
        return held or self.row.state

    @property
    def pending(self) -> list[Card]:
        """Approvals that wait."""
        return [card for card in self.cards if card.row.state == "pending"]

    @property
    def shown_card(self) -> Card | None:
        """The newest approval of the step that is shown."""
        if self.current is None:
            return None
        own = self.current.row.id
        return next((card for card in self.cards if card.row.step_run_id == own), None)

    def who(self, name: str) -> str:
        """Return the shown name of somebody."""
        return self.people.get(name, name)


def run_view(
    session: Session,
    actions: Mapping[str, Action],
    run_id: str,
    *,
    account: Account,
    step: str,
    now: dt.datetime,
) -> RunView | None:
    """Return one run, None if there is none; `step` is the row of the step to show, if any."""
    row = session.get(PlaybookRun, run_id)
    if row is None:
        return None
    version = session.get_one(PlaybookVersion, row.version_id)
    playbook = playbook_of(version)
    chart = chart_of(playbook) if playbook else _EMPTY
    steps = _steps(session, run_id)
    lines, exception = _lines(chart.lines, steps), _lines(chart.exception, steps)
    cards = cards_of_run(session, account, run_id, now)
    chosen = _chosen(steps, step)
    course = course_of(session, row, version, cards, _names(playbook))
    people = names_of(session, {row.started_by} | {told.by for told in course if told.by})
    return RunView(
        row=row,
        version=version,
        incident=session.get(Incident, row.incident_id) if row.incident_id else None,
        lines=lines,
        exception=exception if any(line.turns for line in exception) else [],
        total=sum(_acts(line.line) for line in lines),
        done=sum(_acts(line.line) and line.state == "done" for line in lines),
        current=step_view(
            session, chosen, playbook, chart=chart, actions=actions, steps=steps, now=now
        )
        if chosen
        else None,
        cards=cards,
        course=course,
        children=[each.awaits_id for each in steps if each.awaits_kind == "playbook_run"],
        people=people,
        due=run_due(row, now),
        undoable=sum(_undoable(each) for each in steps),
    )


def _undoable(row: StepRun) -> bool:
    return row.purpose == DO and row.state == "done" and bool(row.undo) and row.undone_at is None


def _steps(session: Session, run_id: str) -> Sequence[StepRun]:
    return session.scalars(
        sa.select(StepRun).where(StepRun.run_id == run_id).order_by(StepRun.opened_at, StepRun.id)
    ).all()


def _lines(drawn: Sequence[Line], steps: Sequence[StepRun]) -> list[StepLine]:
    turns: dict[str, list[StepRun]] = {}
    undoing: dict[str, StepRun] = {}
    for row in steps:
        if row.purpose == UNDO and row.undoes:
            undoing[row.undoes] = row
        else:
            turns.setdefault(row.step_id, []).append(row)
    return [_line(line, turns, undoing) for line in drawn]


def _line(
    line: Line, turns: Mapping[str, list[StepRun]], undoing: Mapping[str, StepRun]
) -> StepLine:
    own = tuple(turns.get(line.step.id, ())) if line.step else ()
    return StepLine(line=line, turns=own, undoing=undoing.get(own[-1].id) if own else None)


def _acts(line: Line) -> bool:
    return line.step is not None and (line.step.call is not None or bool(line.step.playbook_id))


def _names(playbook: Playbook | None) -> dict[str, Text]:
    """Return the names of the steps by their ids, empty for those that only begin and end."""
    steps = playbook.steps.values() if playbook else ()
    return {step.id: NOTHING if step.kind in SILENT else text_of(step.name) for step in steps}


def _chosen(steps: Sequence[StepRun], asked: str) -> StepRun | None:
    """Return the row that was asked for, else the most urgent, else what was done last."""
    named = next((row for row in steps if row.id == asked), None)
    if named is not None:
        return named
    # What waits for its time was not rendered yet, so it has no action.
    acting = [
        row for row in steps if row.purpose == DO and (row.action or row.state == "due")
    ] or list(steps)
    urgent = [row for row in acting if row.state in _URGENT]
    if urgent:
        return min(urgent, key=lambda row: (_URGENT.index(row.state), row.due_at, row.id))
    return max(acting, key=lambda row: (row.opened_at, row.id), default=None)
