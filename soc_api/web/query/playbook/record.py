"""One playbook: its drawing, what starts it, its variables, its versions and their differences."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.action.action import Action, Effect
from playbooks.cacao.playbook import Playbook, Variable
from playbooks.cacao.variable import short_name
from playbooks.execution.cause import FACTS
from playbooks.execution.house import House
from playbooks.execution.versions import VERSION, faults_in
from situation.faults import Malformed
from situation.state.tables import PlaybookRun, PlaybookVersion
from soc_api.web.query.incident.grade import names_of
from soc_api.web.query.playbook.chart import Chart, Line, chart_of
from soc_api.web.query.playbook.naming import clause_text, trigger_text
from soc_api.web.query.playbook.reading import name_of, playbook_of, text_of
from soc_api.web.query.playbook.shelf import version_for
from soc_api.web.term import Names
from soc_api.web.text import Text

BY_PLATFORM = "system"
_GUARDED = (Effect.CONTAIN, Effect.DESTROY)
_CONTEXT = 3
_STEP_ID = re.compile(r" \([a-z-]+--[0-9a-f-]{36}\)")
"""How a fault names its step beside the name; nobody reads it."""
DIFFERENCE_LIMIT = 2000
"""Lines of a difference that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableLine:
    """A variable of the playbook, with the fact of the cause that fills it, if one does."""

    variable: Variable
    name: str
    fact: Text | None

    @property
    def is_asked(self) -> bool:
        """Whether whoever starts it by hand gives the value."""
        return not self.variable.constant


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookView:
    """One version of a playbook with everything that its page shows."""

    row: PlaybookVersion
    playbook: Playbook | None
    chart: Chart
    clauses: Mapping[str, Text]
    """The clause of each step that carries one out, by the step's id."""
    triggers: list[Text]
    variables: list[VariableLine]
    versions: list[PlaybookVersion]
    runs: Mapping[int, int]
    """Runs of each version by its id."""
    people: Mapping[str, str]
    faults: list[str]
    """What stands against publishing a version that is in the making."""

    @property
    def name(self) -> Text:
        """Name of the playbook."""
        return name_of(self.row)

    @property
    def about(self) -> Text:
        """What it is for."""
        return text_of(self.playbook.about) if self.playbook else Text("", "")

    @property
    def acting(self) -> int:
        """How many steps do something."""
        steps = self.playbook.steps.values() if self.playbook else ()
        return sum(step.call is not None or bool(step.playbook_id) for step in steps)

    @property
    def acts(self) -> tuple[str, ...]:
        """What may be done with the version now."""
        return VERSION.acts(self.row.state)

    @property
    def successor(self) -> PlaybookVersion | None:
        """The newest version that is in the making, beside the one shown."""
        rows = [row for row in self.versions if row.state in ("draft", "review")]
        return next((row for row in rows if row.id != self.row.id), None)

    def who(self, name: str | None) -> str:
        """Return the shown name of somebody."""
        return self.people.get(name or "", name or "")


def playbook_view(
    session: Session, house: House, names: Names, key: str, number: int | None
) -> PlaybookView | None:
    """Return a playbook by its short name, None if there is none.

    `number` chooses the version, None the one that stands for the playbook.
    """
    versions = versions_of(session, key)
    by_number = {row.number: row for row in versions}
    row = version_for(versions) if number is None else by_number.get(number)
    if row is None:
        return None
    playbook = playbook_of(row)
    chart = chart_of(playbook) if playbook else Chart(lines=(), exception=())
    return PlaybookView(
        row=row,
        playbook=playbook,
        chart=chart,
        clauses=_clauses(house, playbook),
        triggers=[trigger_text(names, each) for each in playbook.triggers] if playbook else [],
        variables=variables_of(playbook) if playbook else [],
        versions=list(versions),
        runs=_runs(session, [each.id for each in versions]),
        people=names_of(session, {name for each in versions for name in _people(each)}),
        faults=_faults(session, house, row),
    )


def versions_of(session: Session, key: str) -> Sequence[PlaybookVersion]:
    """Return the versions of a playbook by its short name, the newest first."""
    return session.scalars(
        sa.select(PlaybookVersion)
        .where(PlaybookVersion.key == key)
        .order_by(PlaybookVersion.number.desc(), PlaybookVersion.id.desc())
    ).all()


def variables_of(playbook: Playbook) -> list[VariableLine]:
    """Return the variables of a playbook in the order in which they are declared."""
    return [
        VariableLine(
            variable=variable,
            name=short_name(name),
            fact=text_of(FACTS[bound].words)
            if (bound := playbook.bindings.get(name, "")) in FACTS
            else None,
        )
        for name, variable in playbook.variables.items()
    ]


def asks_approval(action: Action | None, line: Line) -> bool:
    """Tell whether people have to agree before the step of a line acts."""
    if line.step is not None and line.step.quorum:
        return True
    return action is not None and (action.needs_approval or action.effect in _GUARDED)


def text_of_version(row: PlaybookVersion) -> str:
    """Return the form that a version was written as, or its document where it had none."""
    return row.source or json.dumps(row.document, ensure_ascii=False, indent=1, sort_keys=True)


def difference(before: PlaybookVersion, after: PlaybookVersion) -> list[str]:
    """Return the lines in which two versions differ, as a unified diff without its head."""
    forms = bool(before.source) and bool(after.source)
    old, new = (
        text_of_version(row)
        if forms
        else json.dumps(row.document, ensure_ascii=False, indent=1, sort_keys=True)
        for row in (before, after)
    )
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=_CONTEXT)
    return list(lines)[2:DIFFERENCE_LIMIT]


def _clauses(house: House, playbook: Playbook | None) -> dict[str, Text]:
    steps = playbook.steps.values() if playbook else ()
    return {step.id: clause_text(house.plan, step.clause) for step in steps if step.clause}


def _runs(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = (
        sa.select(PlaybookRun.version_id, sa.func.count())
        .where(PlaybookRun.version_id.in_(ids), PlaybookRun.drill_id.is_(None))
        .group_by(PlaybookRun.version_id)
    )
    return dict(session.execute(query).all())


def _people(row: PlaybookVersion) -> list[str]:
    return [name for name in (row.written_by, row.reviewed_by) if name]


def _faults(session: Session, house: House, row: PlaybookVersion) -> list[str]:
    if row.state not in ("draft", "review"):
        return []
    try:
        return [_STEP_ID.sub("", fault) for fault in faults_in(session, house, row)]
    except Malformed as fault:
        return [str(fault)]
