"""A step becomes one exact action, the same digest for the same values."""

import pytest

from playbooks.cacao.playbook import Call, Clause, Step, StepKind, Variable, Words
from playbooks.execution.rendering import clause_text, rendered, rendered_anew, said_of
from situation.faults import Malformed
from situation.state.columns import JsonObject
from tests.playbooks.execution.deeds import ACTIONS
from tests.playbooks.incident.case import PLAN

KNOWN = {
    "__who__": Variable("__who__", "string", "li"),
    "__hours__": Variable("__hours__", "integer", "4"),
    "__none__": Variable("__none__", "string", None),
}


def _step(action: str = "mark", **given: object) -> Step:
    name = Words("做", "do")
    return Step(id="s", kind=StepKind.ACTION, name=name, call=Call(action, dict(given)))


def test_variables_are_filled_in_with_their_types() -> None:
    made = rendered(_step(name="to __who__:value", hours="__hours__:value"), KNOWN, ACTIONS)
    assert made.action is ACTIONS["mark"]
    parameters = made.json["parameters"]
    assert isinstance(parameters, dict)
    assert (parameters["name"], parameters["hours"]) == ("to li", 4)


def test_what_was_rendered_renders_the_same_again() -> None:
    made = rendered(_step(name="__who__:value"), KNOWN, ACTIONS)
    assert rendered_anew(made.json, ACTIONS) == made
    other = rendered(_step(name="wang"), KNOWN, ACTIONS)
    assert other.sha256 != made.sha256


@pytest.mark.parametrize(
    ("step", "where"),
    [
        (_step("nothing"), "nothing"),
        (_step(name="__none__:value"), "none"),
        (_step(hours="geheim"), "hours"),
        (_step(strange="geheim"), "strange"),
        (Step(id="s", kind=StepKind.ACTION, name=Words("", "")), "s"),
    ],
)
def test_what_cannot_be_an_action_is_named_without_its_value(step: Step, where: str) -> None:
    with pytest.raises(Malformed, match=where) as fault:
        rendered(step, KNOWN, ACTIONS)
    assert "geheim" not in str(fault.value)


def test_a_clause_reads_as_people_know_it() -> None:
    instrument = PLAN.instruments[0]
    text = clause_text(PLAN, Clause(instrument.key, "4.1"))
    assert text == f"{instrument.zh} 4.1"
    assert clause_text(PLAN, None) == ""


def test_a_variable_is_kept_with_its_marks() -> None:
    expected: JsonObject = {"type": "string", "value": "x", "constant": True}
    assert said_of(Variable("__a__", "string", "x", constant=True)) == expected
