"""The steps of a workflow as CACAO 2.0 writes them, section 4, and their commands, section 5."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from playbooks.cacao.extension import STEP_EXTENSION, StepExtension
from playbooks.cacao.shape import (
    UUID_FORM,
    Extensions,
    Identifier,
    Identifiers,
    Reference,
    References,
    Shape,
    Texts,
    Timestamp,
    Variables,
    Whole,
    by_kind,
    formed,
    keyed,
)

_CASE_KINDS = "action|end|if-condition|parallel|playbook|start|switch-condition|while-condition"


class Command(Shape):
    """A command of an action; its own properties depend on its type, which may be any."""

    type: str
    description: str = ""
    version: str = ""
    playbook_activity: str = ""
    external_references: list[Reference] = Field(default_factory=list)


class StepShape(Shape):
    """What all steps have; delay and timeout in milliseconds."""

    type: str
    name: str = ""
    description: str = ""
    external_references: References = Field(default_factory=list)
    delay: Annotated[Whole, Field(ge=1)] = 0
    timeout: Whole = 0
    step_variables: Variables = Field(default_factory=dict)
    owner: Identifier = ""
    on_completion: Identifier = ""
    on_success: Identifier = ""
    on_failure: Identifier = ""
    step_extensions: Annotated[Extensions, keyed({f"^{STEP_EXTENSION}$": StepExtension})] = Field(
        default_factory=dict
    )

    @property
    def own(self) -> StepExtension:
        """Return what our extension says of it, nothing where it has none."""
        found = self.step_extensions.get(STEP_EXTENSION)
        return found if isinstance(found, StepExtension) else StepExtension()

    def refuse_given(self, *names: str) -> None:
        """Raise `ValueError` for a name that this kind of step must not have."""
        found = [name for name in names if name in self.model_fields_set]
        if found:
            raise ValueError(f"a step of type {self.type} has no {', '.join(found)}")


class StartShape(StepShape):
    """The start of a workflow."""

    type: Literal["start"]

    @model_validator(mode="after")
    def _one_way(self) -> "StartShape":
        self.refuse_given("on_failure", "on_success")
        return self


class EndShape(StepShape):
    """The end of a workflow or of a branch."""

    type: Literal["end"]

    @model_validator(mode="after")
    def _no_way(self) -> "EndShape":
        self.refuse_given("on_completion", "on_failure", "on_success")
        return self


class ActionShape(StepShape):
    """Commands that an agent carries out on targets."""

    type: Literal["action"]
    commands: Annotated[list[Command], Field(min_length=1)]
    agent: Identifier
    targets: Identifiers = Field(default_factory=list)
    in_args: Texts = Field(default_factory=list)
    out_args: Texts = Field(default_factory=list)


class PlaybookShape(StepShape):
    """Another playbook as a step."""

    type: Literal["playbook-action"]
    playbook_id: Identifier
    playbook_version: Timestamp = ""
    in_args: Texts = Field(default_factory=list)
    out_args: Texts = Field(default_factory=list)


class ParallelShape(StepShape):
    """Branches that are walked at once."""

    type: Literal["parallel"]
    next_steps: Annotated[list[Identifier], Field(min_length=2)]


class IfShape(StepShape):
    """One branch or another."""

    type: Literal["if-condition"]
    condition: str
    on_true: Identifier
    on_false: Identifier = ""


class WhileShape(StepShape):
    """A branch that is walked as long as a condition holds."""

    type: Literal["while-condition"]
    condition: str
    on_true: Identifier


class SwitchShape(StepShape):
    """The branch of a value. The schemas anchor the ids of cases at their end alone."""

    type: Literal["switch-condition"]
    switch: str
    cases: Annotated[
        dict[str, object],
        keyed({"": Annotated[str, formed(rf"(?:{_CASE_KINDS})--{UUID_FORM}$", "id of a step")]}),
    ]


Workflow = Annotated[
    dict[str, object],
    by_kind(
        {
            "action": ActionShape,
            "end": EndShape,
            "if-condition": IfShape,
            "parallel": ParallelShape,
            "playbook-action": PlaybookShape,
            "start": StartShape,
            "switch-condition": SwitchShape,
            "while-condition": WhileShape,
        }
    ),
]
"""Steps by their ids."""
