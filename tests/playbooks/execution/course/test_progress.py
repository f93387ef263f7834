"""What comes after a step, and where a control step branches."""

import pytest

from playbooks.cacao.playbook import Step, StepKind, Variable, Words
from playbooks.execution.course.progress import (
    Branch,
    after_failure,
    after_success,
    branches,
    step_of,
    switched,
)
from situation.faults import Malformed
from tests.playbooks.execution.book import book


def _step(kind: StepKind, **more: object) -> Step:
    return Step(id="s", kind=kind, name=Words("", ""), **more)  # type: ignore[arg-type]


VARIABLES = {
    "__n__": Variable("__n__", "integer", "2"),
    "__kind__": Variable("__kind__", "string", "mail"),
    "__none__": Variable("__none__", "string", None),
}


def test_the_end_of_a_scope_has_nothing_behind_it() -> None:
    assert after_success(_step(StepKind.END, on_completion="x")) is None
    assert after_success(_step(StepKind.ACTION, on_success="x")) == "x"


def test_a_failure_goes_on_only_where_the_step_says_so() -> None:
    assert after_failure(_step(StepKind.ACTION, on_success="x")) is None
    assert after_failure(_step(StepKind.ACTION, on_success="x", on_failure="y")) == "y"
    assert after_failure(_step(StepKind.ACTION, on_completion="x")) == "x"


def test_parallel_branches_are_numbered() -> None:
    found = branches(_step(StepKind.PARALLEL, next_steps=("a", "b")), VARIABLES, 1)
    assert found == (Branch("0", "a"), Branch("1", "b"))


@pytest.mark.parametrize(("condition", "found"), [("n > 1", (Branch("true", "a"),)), ("n > 2", ())])
def test_a_choice_without_a_way_is_over(condition: str, found: tuple[Branch, ...]) -> None:
    step = _step(StepKind.IF, condition=condition, on_true="a")
    assert branches(step, VARIABLES, 1) == found


def test_a_loop_has_a_branch_for_each_turn_up_to_the_last() -> None:
    step = _step(StepKind.WHILE, condition="n > 1", on_true="a", turns=2)
    assert branches(step, VARIABLES, 2) == (Branch("2", "a"),)
    with pytest.raises(Malformed, match="more than 2 times"):
        branches(step, VARIABLES, 3)


@pytest.mark.parametrize("written", ["kind", "__kind__", "__kind__:value", "$$__kind__:value"])
def test_a_switch_looks_at_its_variable_however_it_is_written(written: str) -> None:
    step = _step(StepKind.SWITCH, switch=written, cases={"mail": "a", "default": "b"})
    assert switched(step, VARIABLES) == "mail"
    assert branches(step, VARIABLES, 1) == (Branch("case", "a"),)


def test_a_switch_that_fits_nothing_takes_the_default_or_is_over() -> None:
    known = _step(StepKind.SWITCH, switch="__none__", cases={"mail": "a", "default": "b"})
    assert branches(known, VARIABLES, 1) == (Branch("case", "b"),)
    assert branches(_step(StepKind.SWITCH, switch="__none__", cases={"x": "a"}), VARIABLES, 1) == ()


def test_a_step_that_is_not_there_is_named() -> None:
    with pytest.raises(Malformed, match="nowhere"):
        step_of(book("mark"), "nowhere")
