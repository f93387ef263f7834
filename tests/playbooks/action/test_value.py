"""set_value: a value becomes CACAO text, and a loop can count."""

import pytest
from pydantic import ValidationError

from playbooks.action.value import SetValueParameters
from situation.state.store import StateStore
from tests.playbooks.action.scene import done, intended


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"value": "甲"}, "甲"),
        ({"value": True}, "true"),
        ({"value": 4}, "4"),
        ({"value": 4, "plus": 1}, "5"),
        ({"value": 4, "plus": -6}, "-2"),
        ({"value": 0.5}, "0.5"),
        ({"value": ["甲", 1]}, '["甲", 1]'),
        ({"value": {"a": "乙"}}, '{"a": "乙"}'),
    ],
)
def test_a_value_is_told_as_text_before_and_after(
    either_state: StateStore, said: dict[str, object], text: str
) -> None:
    assert done(either_state, "set_value", said).outputs == {"value": text}
    assert intended(either_state, "set_value", said).outputs == {"value": text}


@pytest.mark.parametrize("value", ["4", True, 0.5, [4]])
def test_only_a_whole_number_is_added_to(value: object) -> None:
    with pytest.raises(ValidationError, match="only to a whole number"):
        SetValueParameters.model_validate({"value": value, "plus": 1})
