"""The drawing of a playbook: its steps as lines of a tree, each with the rails left of it.

A graph that branches and joins is told as a tree: what follows the branches of a control step
stands below them at the depth of the control step, and a step that two ways lead to is drawn
once and named by its number the second time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

from playbooks.cacao.playbook import Playbook, Step, StepKind
from playbooks.cacao.variable import short_name
from soc_api.web.text import Text

Rail = Literal["", "all", "some"]
"""A vertical line beside what stands in a branch: of branches that all run, or of which some do."""
Fork = Literal["", "more", "last"]

DEPTH_LIMIT = 12
"""Branches within branches that are drawn; deeper ones are named, not drawn."""

SILENT = (StepKind.START, StepKind.END)
"""Kinds of steps that are not drawn."""
CONTROLS = (StepKind.PARALLEL, StepKind.IF, StepKind.WHILE, StepKind.SWITCH)
"""Kinds of steps that have branches."""
_VARIABLE = re.compile(r"__([a-zA-Z0-9_-]+?)__:value")
_EXISTS = re.compile(r"\bEXISTS ([a-zA-Z0-9_-]+)")
_TOGETHER = (StepKind.PARALLEL, StepKind.WHILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the drawing: a step, the head of a branch, or where a way joins another.

    `rails` are the lines of the branches that it stands in, outermost first; at `fork` its own
    branch leaves the last of them. A head has `label` and no step; with `joins` it names the
    step, by its number, that the way goes on at.
    """

    rails: tuple[Rail, ...] = ()
    fork: Fork = ""
    step: Step | None = None
    number: int = 0
    label: Text | None = None
    joins: int = 0
    too_deep: bool = False

    @property
    def depth(self) -> int:
        """How many branches it stands in."""
        return len(self.rails)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A playbook drawn: the lines of its course, and those of the branch for what fails."""

    lines: tuple[Line, ...]
    exception: tuple[Line, ...]

    @cached_property
    def steps(self) -> dict[str, int]:
        """Numbers of the steps by their ids, in the order of the drawing."""
        drawn = (*self.lines, *self.exception)
        return {line.step.id: line.number for line in drawn if line.step}

    @cached_property
    def heads(self) -> dict[str, Text]:
        """Heads of the branches by the ids of the steps that they begin with."""
        drawn = pairwise((*self.lines, *self.exception))
        return {line.step.id: head.label for head, line in drawn if head.label and line.step}


@dataclass(slots=True)
class _Pen:
    """What was drawn so far: the number of each step by its id."""

    playbook: Playbook
    numbers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Branch:
    label: Text
    start: str


def chart_of(playbook: Playbook) -> Chart:
    """Draw a playbook."""
    pen = _Pen(playbook)
    lines = tuple(_sequence(pen, playbook.start, ()))
    exception = tuple(_sequence(pen, playbook.exception, ())) if playbook.exception else ()
    return Chart(lines=lines, exception=exception)


def plain_condition(text: str) -> str:
    """Return a condition as its author wrote it, without the signs that mark variables."""
    return _VARIABLE.sub(r"\1", text)


def told_condition(text: str) -> Text:
    """Return a condition for people: as its author wrote it, but for what stands in words."""
    plain = plain_condition(text)
    return Text(_EXISTS.sub(r"\1 有值", plain), _EXISTS.sub(r"\1 is set", plain))


def _sequence(pen: _Pen, start: str | None, rails: tuple[Rail, ...]) -> Iterator[Line]:
    """Draw the steps that follow one another from `start` on, each with its branches."""
    step_id = start
    while step_id:
        step = pen.playbook.steps.get(step_id)
        if step is None or step.kind is StepKind.END:
            return
        if step.id in pen.numbers:
            yield Line(rails=rails, joins=pen.numbers[step.id])
            return
        if step.kind is not StepKind.START:
            pen.numbers[step.id] = len(pen.numbers) + 1
            yield Line(rails=rails, step=step, number=pen.numbers[step.id])
            yield from _branches(pen, step, rails)
        step_id = step.follows


def _branches(pen: _Pen, step: Step, rails: tuple[Rail, ...]) -> Iterator[Line]:
    branches = _branches_of(pen, step)
    if branches and len(rails) >= DEPTH_LIMIT:
        yield Line(rails=rails, too_deep=True)
        return
    rail: Rail = "all" if step.kind in _TOGETHER else "some"
    for index, branch in enumerate(branches):
        last = index == len(branches) - 1
        yield Line(rails=(*rails, rail), fork="last" if last else "more", label=branch.label)
        yield from _sequence(pen, branch.start, (*rails, "" if last else rail))


def _branches_of(pen: _Pen, step: Step) -> list[_Branch]:
    found = [branch for branch in _own(step) if branch.start]
    if step.on_failure and step.on_failure != step.follows:
        found.append(_Branch(Text("失败时", "If it fails"), step.on_failure))
    return [branch for branch in found if not _is_empty(pen.playbook.steps, branch.start)]


def _own(step: Step) -> Sequence[_Branch]:
    match step.kind:
        case StepKind.PARALLEL:
            return [
                _Branch(Text(f"同时 {index}", f"At once, {index}"), start)
                for index, start in enumerate(step.next_steps, 1)
            ]
        case StepKind.IF:
            words = told_condition(step.condition)
            then = _Branch(Text(f"若 {words.zh}", f"If {words.en}"), step.on_true or "")
            return [then, _Branch(Text("否则", "Otherwise"), step.on_false or "")]
        case StepKind.WHILE:
            words = told_condition(step.condition)
            label = Text(
                f"只要 {words.zh}，最多 {step.turns} 轮",
                f"While {words.en}, {step.turns} turns at most",
            )
            return [_Branch(label, step.on_true or "")]
        case StepKind.SWITCH:
            return [_case(step, case, start) for case, start in step.cases.items()]
        case _:
            return []


def _case(step: Step, case: str, start: str) -> _Branch:
    if case == "default":
        return _Branch(Text("其他情形", "In any other case"), start)
    name = short_name(plain_condition(step.switch))
    return _Branch(Text(f"{name} 为 {case}", f"{name} is {case}"), start)


def _is_empty(steps: Mapping[str, Step], start: str) -> bool:
    """Tell whether a way ends before its first step."""
    step = steps.get(start)
    while step is not None and step.kind is StepKind.START and step.follows:
        step = steps.get(step.follows)
    return step is None or step.kind in SILENT
