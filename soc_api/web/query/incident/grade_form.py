"""The form of facts of one incident, and what would follow if it were confirmed."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from playbooks.grading import ClockKey, GradeClock
from playbooks.incident.clocks import clocks_of, key_of
from playbooks.incident.regrading import Entered, Preview, preview
from playbooks.plan.document import Plan
from situation.state.tables import Incident, RunningClock
from soc_api.web.fact_form import GROUPS, FactField, Reading, known, written
from soc_api.web.query.incident.grade import (
    PENDING,
    Change,
    FactState,
    GradeReason,
    changes_of,
    clauses_of,
    fact_source,
    fact_state,
    grade_reason,
    names_of,
    tellers_of,
)
from soc_api.web.term import CLOCKS, named
from soc_api.web.text import Text

_UNITS = ("share", "minutes", "persons", "rmb")
_WORDS = {
    "ransomware.amount": "ransom_amount",
    "ransomware.method": "ransom_method",
    "ransomware.date": "ransom_date",
}
"""Facts that the plan has no name for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """A row of the form. `text` is what stands in the field, `fault` how it is to be mended.

    `word` is the phrase of its name where the plan has none; `known` tells whether the incident
    has this fact, `assumed` whether the box beside it is ticked.
    """

    field: FactField
    word: str
    text: str
    unit: str
    known: bool
    state: FactState
    assumed: bool
    source: Text
    clauses: list[Text]
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLines:
    """Facts that are asked for together."""

    key: str
    lines: list[FactLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeClock:
    """A clock in the outcome: `due_at` is None where it cannot start yet."""

    what: Text
    addressee: Text
    start: str
    limit_minutes: int
    due_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fact that would be recorded: its path, before and after."""

    key: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What would follow, as the page says it. `deciding` are the reasons of the facts' level.

    `waiting` are the clocks that would newly wait; those that wait already go on unseen.
    """

    level_now: int
    level_after: int
    facts_level: int
    lowers: bool
    told: list[Told]
    deciding: list[GradeReason]
    started: list[OutcomeClock]
    waiting: list[OutcomeClock]
    unchanged: list[OutcomeClock]
    withdrawn: list[OutcomeClock]
    response: list[Text]
    tasks: list[Text]
    flags: list[Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeForm:
    """The page of the form."""

    row: Incident
    groups: list[FactLines]
    changes: list[Change]
    outcome: Outcome

    @property
    def pending(self) -> Change | None:
        """The downgrade that waits for a second person."""
        return next((each for each in self.changes if each.row.state == PENDING), None)


def entered_of(reading: Reading) -> dict[str, Entered]:
    """Return what was read as the domain takes it; a ransom without details is an empty one."""
    return {
        key: Entered({} if value is True else value, _state(reading.states[key]))
        for key, value in reading.values.items()
    }


def states_of(row: Incident) -> dict[str, str]:
    """Return how sure each fact of the form is."""
    return {field.key: fact_state(row, field.key) for group in GROUPS for field in group.fields}


def grade_form(
    session: Session,
    plan: Plan,
    row: Incident,
    reading: Reading,
    *,
    texts: Mapping[str, str] | None,
    ticked: Collection[str],
    now: dt.datetime,
) -> GradeForm:
    """Return the form with what a person typed: `texts` by key, None before anything was sent.

    Raise `Malformed` with the path of a fact that the plan refuses.
    """
    names = names_of(session, tellers_of(row))
    typed = _Typed(texts, frozenset(ticked), reading.faults, names)
    groups = [
        FactLines(
            key=group.key,
            lines=[_line(plan, row, field, typed) for field in group.fields],
        )
        for group in GROUPS
    ]
    clocks = clocks_of(session, row.id)
    found = preview(plan, row, clocks, entered_of(reading), now)
    there = {key_of(clock) for clock in clocks}
    return GradeForm(
        row=row,
        groups=groups,
        changes=changes_of(session, row.id),
        outcome=_outcome(row, reading, found, there),
    )


def _state(word: str) -> FactState:
    return "proved" if word == "proved" else "assumed"


@dataclass(frozen=True, slots=True)
class _Typed:
    texts: Mapping[str, str] | None
    ticked: frozenset[str]
    faults: Mapping[str, str]
    names: Mapping[str, str]


def _line(plan: Plan, row: Incident, field: FactField, typed: _Typed) -> FactLine:
    key, value = field.key, known(row.facts, field.key)
    state = fact_state(row, key)
    unsure = value is not None and state == "assumed"
    return FactLine(
        field=field,
        word=_WORDS.get(key, ""),
        text=written(field, value) if typed.texts is None else typed.texts.get(key, ""),
        unit=_unit(plan, key),
        known=value is not None,
        state=state,
        assumed=unsure if typed.texts is None else key in typed.ticked,
        source=fact_source(row, key, typed.names),
        clauses=clauses_of(plan, key),
        fault=typed.faults.get(key, ""),
    )


def _unit(plan: Plan, key: str) -> str:
    unit = next((metric.unit for metric in plan.metrics if metric.key == key), "")
    return unit if unit in _UNITS else ""


def _outcome(
    row: Incident, reading: Reading, found: Preview, there: Collection[ClockKey]
) -> Outcome:
    reasons = [grade_reason(row, dataclasses.asdict(reason), {}) for reason in found.reasons]
    response = found.response
    return Outcome(
        level_now=found.level_now,
        level_after=found.level_after,
        facts_level=found.facts_level,
        lowers=found.lowers,
        told=[
            Told(key=key, before=known(row.facts, key), after=value)
            for key, value in reading.values.items()
        ],
        deciding=[reason for reason in reasons if reason.level == found.facts_level],
        started=[_coming(clock) for clock in found.started],
        waiting=[_coming(clock) for clock in found.waiting if clock.key not in there],
        unchanged=[_there(clock) for clock in found.unchanged],
        withdrawn=[_there(clock) for clock in found.withdrawn],
        response=[
            Text(response.zh, response.en),
            Text(response.lead_zh, response.lead_en),
            Text(response.duty_zh, response.duty_en),
        ],
        tasks=[Text(task.zh, task.en) for task in found.tasks],
        flags=[Text(flag.zh, flag.en) for flag in found.flags],
    )


def _coming(clock: GradeClock) -> OutcomeClock:
    return OutcomeClock(
        what=named(CLOCKS, clock.id),
        addressee=Text(clock.addressee, clock.addressee_en),
        start=clock.start,
        limit_minutes=clock.limit_minutes,
        due_at=clock.due_at,
    )


def _there(clock: RunningClock) -> OutcomeClock:
    return OutcomeClock(
        what=named(CLOCKS, clock.clock),
        addressee=Text(clock.addressee, clock.addressee_en),
        start=clock.start,
        limit_minutes=clock.limit_minutes,
        due_at=clock.due_at,
    )
