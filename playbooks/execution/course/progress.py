"""Progress: what comes after a step, and where a control step branches. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from playbooks.cacao.condition import parse
from playbooks.cacao.playbook import Playbook, Step, StepKind, Variable
from playbooks.cacao.variable import filled, full_name
from situation.faults import Malformed

ENDS = (StepKind.START, StepKind.END)
CONTROLS = (StepKind.PARALLEL, StepKind.IF, StepKind.WHILE, StepKind.SWITCH)
AT_ONCE = frozenset((*ENDS, *CONTROLS))
"""Kinds of step that do nothing outside the run, so they are settled where they are reached."""

DEFAULT = "default"
"""The case of a switch that is taken where no other one fits."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A way out of a control step: the last part of its scope, and its first step."""

    name: str
    step_id: str


def after_success(step: Step) -> str | None:
    """Return the step after one that was done or skipped; None where its scope ends."""
    return None if step.kind is StepKind.END else step.follows


def after_failure(step: Step) -> str | None:
    """Return the step that follows a failure by the step's own word, None where it has none."""
    return step.on_failure or step.on_completion


def branches(step: Step, variables: Mapping[str, Variable], turn: int) -> tuple[Branch, ...]:
    """Return the ways that a control step takes now, none where it is over.

    `turn` is the number of this turn of a loop, from 1. Raise `Malformed` for a condition that
    cannot be judged, and for a loop that turns too often.
    """
    if step.kind is StepKind.PARALLEL:
        return tuple(Branch(str(index), one) for index, one in enumerate(step.next_steps))
    if step.kind is StepKind.SWITCH:
        return _named("case", _case(step, variables))
    holds = parse(step.condition).holds(variables)
    if step.kind is StepKind.IF:
        return _named("true" if holds else "false", step.on_true if holds else step.on_false)
    if not holds:
        return ()
    if turn > step.turns:
        raise Malformed(f"turns more than {step.turns} times", where=step.id)
    return _named(str(turn), step.on_true)


def _named(name: str, step_id: str | None) -> tuple[Branch, ...]:
    return (Branch(name, step_id),) if step_id else ()


def _case(step: Step, variables: Mapping[str, Variable]) -> str | None:
    return step.cases.get(switched(step, variables), step.cases.get(DEFAULT))


def switched(step: Step, variables: Mapping[str, Variable]) -> str:
    """Return the value that a switch looks at, as CACAO text; empty where it has none."""
    name = step.switch.removeprefix("$$").removesuffix(":value")
    known = variables.get(full_name(name))
    if known is not None:
        return known.value or ""
    return str(filled({"switch": step.switch}, variables)["switch"])


def step_of(playbook: Playbook, step_id: str) -> Step:
    """Return a step by its id; raise `Malformed` where the workflow has none of that name."""
    step = playbook.steps.get(step_id)
    if step is None:
        raise Malformed("there is no such step", where=step_id)
    return step
