"""Keeping: outputs of a step become variables of its run."""

from collections.abc import Mapping

from playbooks.cacao.playbook import Step, StepKind
from playbooks.cacao.variable import full_name, text_of, typed
from playbooks.execution.rendering import said_of, variables_of
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.tables import PlaybookRun


def keep_outputs(run: PlaybookRun, step: Step, outputs: JsonObject) -> None:
    """Give outputs to the variables that the step names for them.

    Raise `Malformed` for a variable that the playbook has not, that never changes, or whose type
    does not fit.
    """
    said: JsonObject = {}
    for output, name in _named(step).items():
        value = outputs.get(output)
        if value is not None:
            said[full_name(name)] = _kept(run, full_name(name), value)
    if said:
        run.variables = {**run.variables, **said}


def _named(step: Step) -> Mapping[str, str]:
    if step.kind is StepKind.PLAYBOOK:
        return {full_name(name): name for name in step.out_args}
    return step.call.outs if step.call else {}


def _kept(run: PlaybookRun, name: str, value: object) -> JsonObject:
    known = variables_of(run).get(name)
    if known is None:
        raise Malformed("there is no such variable", where=name)
    if known.constant:
        raise Malformed("never changes", where=name)
    text = value if isinstance(value, str) else text_of(known.type, value)
    typed(known.type, text)
    said = said_of(known)
    return said | {"value": text}
