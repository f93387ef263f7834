"""Faults of the actions: unknown ones, parameters that cannot fit, outputs that there are not."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError

from playbooks.action.action import Action, Effect, Guarantee
from playbooks.cacao.playbook import Call, Playbook, Step, Variable
from playbooks.cacao.variable import filled, references
from playbooks.execution.checking.place import at
from playbooks.execution.checking.type_fit import examples, fits
from playbooks.plan import Plan
from situation.faults import Malformed

_NAMES = frozenset(("missing", "extra_forbidden"))
"""Faults of names: they do not hang on any value."""
_ASKED = "asked"


def call_faults(playbook: Playbook, actions: Mapping[str, Action], plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the actions of all steps."""
    likely = examples(playbook)
    for step in playbook.steps.values():
        if step.call is None:
            continue
        if _commands(playbook, step) > 1:
            yield at(step, "has several commands; each needs a step of its own")
        action = actions.get(step.call.action)
        if action is None:
            yield at(step, f"there is no action {step.call.action!r}")
            continue
        local = likely | {one.name: one for one in step.variables}
        faults = (
            *_parameter_faults(step.call, action, local),
            *_output_faults(step.call, action, playbook),
            *_repeat_faults(step, action),
            *_quorum_faults(step, action, plan),
        )
        yield from (at(step, fault) for fault in faults)


def _commands(playbook: Playbook, step: Step) -> int:
    workflow = playbook.document.get("workflow")
    written = workflow.get(step.id) if isinstance(workflow, dict) else None
    commands = written.get("commands") if isinstance(written, dict) else None
    return len(commands) if isinstance(commands, list) else 0


def _parameter_faults(call: Call, action: Action, likely: Mapping[str, Variable]) -> Iterator[str]:
    try:
        parameters = filled(call.parameters, likely)
    except Malformed:
        return  # a variable that there is not is told of with the variables
    try:
        action.parameters.model_validate(parameters)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            if _is_certain(call.parameters, fault["loc"], fault["type"]):
                place = ".".join(("parameters", *map(str, fault["loc"])))
                yield f"{place}: {fault['msg']}"


def _is_certain(parameters: object, place: Sequence[str | int], kind: str) -> bool:
    """Tell whether a fault is one whatever the variables turn out to be."""
    if kind in _NAMES:
        return True
    part = parameters
    for name in place:
        part = _inner(part, name)
    whole = isinstance(part, str) and kind.endswith("_type")
    return not references(part) or whole


def _inner(part: object, name: str | int) -> object:
    # A place may name kinds of a choice, which are no parts of the value.
    if isinstance(part, dict):
        return part.get(name, part)
    if isinstance(part, list) and isinstance(name, int) and name < len(part):
        return part[name]
    return part


def _output_faults(call: Call, action: Action, playbook: Playbook) -> Iterator[str]:
    for output, name in call.outs.items():
        variable = playbook.variables.get(name)
        if output not in action.outputs:
            yield f"{action.name} has no output {output!r}"
        elif variable is not None and not fits(action.outputs[output], variable.type):
            yield f"output {output} is {action.outputs[output]}, variable {name} is {variable.type}"


def _repeat_faults(step: Step, action: Action) -> Iterator[str]:
    once = action.guarantee is Guarantee.ONCE or action.effect is Effect.DESTROY
    if step.retries and once:
        yield f"{action.name} must not be repeated, so it has no retries"


def _quorum_faults(step: Step, action: Action, plan: Plan) -> Iterator[str]:
    effect = action.effect.value if action.effect in (Effect.CONTAIN, Effect.DESTROY) else _ASKED
    least = min((row.quorum for row in plan.approval_rules if row.effect == effect), default=0)
    if step.quorum is not None and step.quorum < least:
        yield f"asks {step.quorum} people, the plan at least {least}"
