"""set_value: a value for a variable of the run."""

import json
from typing import Annotated

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from playbooks.action.action import Action, Effect, Guarantee, Outcome, Parameters, Scene
from playbooks.action.intent import Intent
from playbooks.action.parameter import taking
from playbooks.action.phrase import AT_ONCE, NO_UNDO, NOBODY
from playbooks.cacao.playbook import Words

_FARTHEST = 1_000_000


class SetValueParameters(Parameters):
    """The value; `plus` is added to a whole number, so that a loop can count."""

    value: StrictBool | StrictInt | StrictFloat | StrictStr | list[object] | dict[str, object]
    plus: Annotated[StrictInt, Field(ge=-_FARTHEST, le=_FARTHEST)] = 0

    @model_validator(mode="after")
    def _adds_to_numbers(self) -> "SetValueParameters":
        if self.plus and (isinstance(self.value, bool) or not isinstance(self.value, int)):
            raise ValueError("plus: only to a whole number")
        return self

    def text(self) -> str:
        """Return the value as CACAO text."""
        if isinstance(self.value, str):
            return self.value
        value = self.value
        if isinstance(value, int) and not isinstance(value, bool):
            value += self.plus
        return json.dumps(value, ensure_ascii=False)


def _intend(_scene: Scene, given: SetValueParameters) -> Intent:
    said = given.text()
    return Intent(
        command=f"set_value {said}",
        what=Words(f"将变量设为 {said}", f"set the variable to {said}"),
        how_long=AT_ONCE,
        undo=NO_UNDO,
        touches=NOBODY,
        outputs={"value": said},
    )


def _set(_scene: Scene, given: SetValueParameters) -> Outcome:
    said = given.text()
    told = Words(f"变量设为 {said}", f"the variable is {said}")
    return Outcome(outputs={"value": said}, told=told)


SET_VALUE = Action(
    name="set_value",
    words=Words("设置变量", "set a variable"),
    effect=Effect.READ,
    guarantee=Guarantee.INSIDE,
    parameters=SetValueParameters,
    outputs={"value": "string"},
    intend=taking(SetValueParameters, _intend),
    inside=taking(SetValueParameters, _set),
)
