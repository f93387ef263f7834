"""Parameters are checked one by one; functions of one action refuse those of another."""

import pytest
from pydantic import ValidationError

from playbooks.action.action import Parameters
from playbooks.action.parameter import (
    LINE_LENGTH,
    TEXT_LENGTH,
    Line,
    NamedLine,
    Switch,
    Text,
    taking,
)


class _Said(Parameters):
    name: NamedLine = "x"
    line: Line = ""
    text: Text = ""
    switch: Switch = False


class _Other(Parameters):
    number: int = 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  \n "),
        ("line", "x" * (LINE_LENGTH + 1)),
        ("line", "a\x00b"),
        ("line", "a\u202eb"),
        ("text", "x" * (TEXT_LENGTH + 1)),
        ("switch", "true"),
        ("switch", 1),
        ("unknown", "x"),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_place(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as raised:
        _Said.model_validate({field: value})
    (error,) = raised.value.errors()
    assert error["loc"] == (field,)


def test_a_line_is_one_line_and_a_text_keeps_its_lines() -> None:
    said = _Said.model_validate({"line": " a\nb ", "text": "a\r\nb\n"})
    assert (said.line, said.text) == ("a b", "a\nb")


def test_a_function_of_one_action_takes_no_parameters_of_another() -> None:
    act = taking(_Said, lambda seen, said: f"{seen}{said.name}")
    assert act("s", _Said()) == "sx"
    with pytest.raises(TypeError, match="_Said were expected, not _Other"):
        act("s", _Other())
