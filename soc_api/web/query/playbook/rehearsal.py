"""The dry run of a playbook for a page: its form, and what each step would do."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from playbooks.cacao.playbook import Playbook, Words
from playbooks.cacao.variable import full_name, short_name
from playbooks.execution.cause import Cause, cause_of_incident, cause_of_nothing
from playbooks.execution.house import House
from playbooks.execution.rehearsal import Rehearsal, Rehearsed, rehearse
from playbooks.execution.trigger import about
from situation.faults import Malformed
from situation.state.tables import Incident
from soc_api.web.query.playbook.chart import (
    CONTROLS,
    Chart,
    Line,
    Rail,
    chart_of,
    told_condition,
)
from soc_api.web.query.playbook.folding import Folded, folded
from soc_api.web.query.playbook.intent import IntentText
from soc_api.web.query.playbook.naming import clause_text
from soc_api.web.query.playbook.reading import given_name, text_of
from soc_api.web.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody entered: values of variables, and what they assume, by short name."""

    values: Mapping[str, str] = field(default_factory=dict)
    assume: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A variable as a field of the form. `source` says where its value comes from."""

    name: str
    type: str
    value: str
    source: str
    """fact, default, given, or empty where it has no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedLine:
    """One step as it would come. `head` is the branch that begins with it, None where none does."""

    step: Rehearsed
    again: int
    """How many turns of this loop come behind the first; they are not told one by one."""
    line: Line
    number: int
    head: Text | None
    clause: Text
    intent: IntentText | None

    @property
    def name(self) -> Text:
        """Name of the step, empty for a control step without one."""
        step = self.step
        return given_name(step.name, is_control=step.kind in CONTROLS)

    @property
    def condition(self) -> Text:
        """The condition for people."""
        return told_condition(self.step.condition)

    @property
    def hangs_on(self) -> list[str]:
        """Variables that only the real run knows."""
        return [short_name(name) for name in self.step.hangs_on]


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalView:
    """What would happen, step by step; no line where `fault` says why nothing can be said."""

    fields: list[Field]
    lines: list[RehearsedLine]
    steps: Sequence[Rehearsed]
    """All of them, also the turns of loops that are not told."""
    unknown: list[Field]
    """What only the real run knows, and can be assumed."""
    fault: Malformed | None
    fails: bool
    was_cut: bool

    @property
    def acting(self) -> int:
        """How many steps would act."""
        return sum(bool(step.action) and step.is_certain for step in self.steps)

    @property
    def perhaps(self) -> int:
        """How many steps might act."""
        return sum(bool(step.action) and not step.is_certain for step in self.steps)

    @property
    def asked(self) -> int:
        """How many of them people would have to agree to."""
        return sum(bool(step.rule) for step in self.steps)

    @property
    def changes(self) -> int:
        """How many places would change."""
        return sum(len(step.intent.changes) for step in self.steps if step.intent)


def cause_for(
    session: Session, house: House, playbook: Playbook, incident: Incident | None
) -> Cause:
    """Return what the rehearsal, or the run, is about."""
    if incident is None:
        return cause_of_nothing()
    return cause_of_incident(session, house.plan, incident, about(playbook))


def rehearsal_view(
    session: Session,
    house: House,
    playbook: Playbook,
    *,
    incident: Incident | None,
    given: Given,
    now: dt.datetime,
) -> RehearsalView:
    """Rehearse a playbook with what was entered; nothing is written and no socket opened."""
    cause = cause_for(session, house, playbook, incident)
    found, fault = None, None
    try:
        found = rehearse(
            session,
            house,
            playbook,
            cause=cause,
            variables=given.values,
            assume=given.assume,
            now=now,
        )
    except Malformed as malformed:
        fault = malformed
    return RehearsalView(
        fields=_fields(playbook, cause, given),
        lines=_lines(house, playbook, found.steps) if found else [],
        steps=found.steps if found else (),
        unknown=_unknown(playbook, found, given),
        fault=fault,
        fails=found is not None and found.outcome == "failed",
        was_cut=found is not None and found.was_cut,
    )


def _fields(playbook: Playbook, cause: Cause, given: Given) -> list[Field]:
    results = _results(playbook)
    return [
        _field(playbook, cause, given, name)
        for name, variable in playbook.variables.items()
        if not variable.constant and (name not in results or name in playbook.bindings)
    ]


def _field(playbook: Playbook, cause: Cause, given: Given, name: str) -> Field:
    variable, short = playbook.variables[name], short_name(name)
    values = {
        "given": given.values.get(short, ""),
        "fact": cause.facts.get(playbook.bindings.get(name, ""), ""),
        "default": variable.value or "",
    }
    source = next((source for source, value in values.items() if value), "")
    return Field(name=short, type=variable.type, value=values.get(source, ""), source=source)


def _results(playbook: Playbook) -> set[str]:
    """Return the full names of the variables that steps set."""
    named: set[str] = set()
    for step in playbook.steps.values():
        named.update(step.call.outs.values() if step.call else step.out_args)
    return {full_name(name) for name in named}


def _unknown(playbook: Playbook, found: Rehearsal | None, given: Given) -> list[Field]:
    hanging = {name for step in found.steps for name in step.hangs_on} if found else set()
    names = hanging | set(found.unknown if found else ())
    names |= {full_name(name) for name in given.assume}
    return [
        Field(
            name=short_name(name),
            type=variable.type,
            value=given.assume.get(short_name(name), ""),
            source="",
        )
        for name, variable in playbook.variables.items()
        if name in names
    ]


def _lines(house: House, playbook: Playbook, steps: Sequence[Rehearsed]) -> list[RehearsedLine]:
    chart = chart_of(playbook)
    lines: list[RehearsedLine] = []
    place: tuple[Words, int] | None = None
    for each in folded(steps):
        step = each.step
        begins = step.depth > 0 and (step.branch, step.depth) != place
        place = (step.branch, step.depth)
        lines.append(_line(house, chart, each, begins=begins))
    return lines


def _line(house: House, chart: Chart, each: Folded, *, begins: bool) -> RehearsedLine:
    step = each.step
    rail: Rail = "all" if step.is_certain else "some"
    return RehearsedLine(
        step=step,
        again=each.again,
        line=Line(rails=(rail,) * step.depth),
        number=chart.steps.get(step.step_id, 0),
        head=_head(chart, step) if begins else None,
        clause=clause_text(house.plan, step.clause),
        intent=IntentText(step.intent.as_json()) if step.intent else None,
    )


def _head(chart: Chart, step: Rehearsed) -> Text | None:
    """Return the head of the branch that a step begins, as the drawing has it."""
    if step.step_id in chart.steps:
        return chart.heads.get(step.step_id)
    # A step of a playbook that this one calls is not in the drawing.
    return text_of(step.branch)
