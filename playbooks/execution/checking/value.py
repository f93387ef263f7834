"""Faults of variables and conditions: undeclared, never set, of the wrong type."""

from collections.abc import Iterator, Mapping

from playbooks.cacao.condition import Condition, parse
from playbooks.cacao.playbook import Playbook, Step, StepKind, Variable
from playbooks.cacao.term import misfits
from playbooks.cacao.variable import TYPES, references, typed
from playbooks.execution.cause import FACTS
from playbooks.execution.checking.place import at
from playbooks.execution.checking.type_fit import fits
from situation.faults import Malformed

_DEFAULT = "default"


def value_faults(playbook: Playbook) -> Iterator[str]:
    """Yield what is wrong with the variables, and with whatever asks about them."""
    for variable in playbook.variables.values():
        yield from _declared(variable.name, variable)
    yield from _bindings(playbook)
    set_anywhere = _set(playbook)
    for step in playbook.steps.values():
        for variable in step.variables:
            yield from (at(step, fault) for fault in _declared(variable.name, variable))
        yield from (at(step, fault) for fault in _step_faults(playbook, step, set_anywhere))


def _declared(name: str, variable: Variable) -> Iterator[str]:
    if variable.type not in TYPES:
        yield f"variable {name}: unknown type {variable.type!r}"
    if variable.constant and variable.value is None:
        yield f"variable {name}: is constant and has no value"
    if variable.value is not None:
        try:
            typed(variable.type, variable.value)
        except Malformed as fault:
            yield f"variable {name}: {fault.reason}"


def _bindings(playbook: Playbook) -> Iterator[str]:
    for name, fact in playbook.bindings.items():
        variable = playbook.variables.get(name)
        known = FACTS.get(fact)
        if variable is None:
            yield f"binding {name}: there is no such variable"
        elif known is None:
            yield f"variable {name}: there is no fact {fact!r}"
        elif not fits(known.type, variable.type):
            yield f"variable {name}: {fact} is {known.type}, not {variable.type}"
        elif variable.constant:
            yield f"variable {name}: is constant and cannot be bound"


def _set(playbook: Playbook) -> frozenset[str]:
    """Return the variables that have a value at some time."""
    taken = {name for step in playbook.steps.values() for name in _outs(step)}
    own = {
        name for name, one in playbook.variables.items() if one.value is not None or one.external
    }
    return frozenset(taken | own | playbook.bindings.keys())


def _outs(step: Step) -> frozenset[str]:
    called = step.call.outs.values() if step.call else ()
    return frozenset((*called, *(step.out_args if step.kind is StepKind.PLAYBOOK else ())))


def _step_faults(playbook: Playbook, step: Step, set_anywhere: frozenset[str]) -> Iterator[str]:
    local = {one.name: one for one in step.variables}
    known = {**playbook.variables, **local}
    condition, fault = _condition(step)
    if fault:
        yield fault
    asked = condition.names if condition else frozenset[str]()
    if step.kind is StepKind.SWITCH:
        asked |= {step.switch}
    if step.kind is StepKind.PLAYBOOK:
        asked |= frozenset(step.in_args)
    asked |= references(step.call.parameters) if step.call else frozenset()
    ready = set_anywhere | {name for name, one in local.items() if one.value is not None}
    yield from _unset(asked, known, ready)
    yield from _taken(step, known)
    if condition and condition.names <= known.keys():
        yield from (f"condition: {misfit}" for misfit in misfits(condition.term, known))
    if step.switch in known:
        yield from _cases(step, known[step.switch])


def _condition(step: Step) -> tuple[Condition | None, str]:
    if step.kind not in (StepKind.IF, StepKind.WHILE):
        return None, ""
    try:
        return parse(step.condition), ""
    except Malformed as fault:
        return None, str(fault)


def _unset(
    asked: frozenset[str], known: Mapping[str, Variable], ready: frozenset[str]
) -> Iterator[str]:
    for name in sorted(asked):
        if name not in known:
            yield f"there is no variable {name}"
        elif name not in ready:
            yield f"variable {name} is never set"


def _taken(step: Step, known: Mapping[str, Variable]) -> Iterator[str]:
    for name in sorted(_outs(step)):
        if name not in known:
            yield f"there is no variable {name}"
        elif known[name].constant:
            yield f"variable {name} is constant and takes no value"


def _cases(step: Step, variable: Variable) -> Iterator[str]:
    for case in step.cases:
        if case == _DEFAULT:
            continue
        try:
            typed(variable.type, case)
        except Malformed as fault:
            yield f"case {case}: {fault.reason}"
