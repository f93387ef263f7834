"""Faults of the playbooks that a playbook calls: circles, and variables that do not fit."""

from collections.abc import Callable, Iterator

from playbooks.cacao.playbook import Playbook, Step, StepKind
from playbooks.cacao.variable import full_name
from playbooks.execution.checking.place import at
from playbooks.execution.checking.type_fit import fits

Read = Callable[[str], Playbook | None]
"""The published playbook of a CACAO id, None where there is none that can be read."""


def below_faults(playbook: Playbook, read: Read) -> Iterator[str]:
    """Yield what is wrong with the steps that are playbooks; one that is unknown is told of."""
    for step in _calling(playbook):
        called = read(step.playbook_id)
        if called is None or called.id == playbook.id:
            continue
        if playbook.id in _below(called, read):
            yield at(step, f"{called.key} calls this playbook in turn")
        yield from (at(step, fault) for fault in _variable_faults(step, playbook, called))


def _calling(playbook: Playbook) -> Iterator[Step]:
    return (step for step in playbook.steps.values() if step.kind is StepKind.PLAYBOOK)


def _below(playbook: Playbook, read: Read) -> frozenset[str]:
    """Return the ids of whatever a playbook calls, and what those call, and so on."""
    found: set[str] = set()
    waiting = [playbook]
    while waiting:
        for step in _calling(waiting.pop()):
            if step.playbook_id in found:
                continue
            found.add(step.playbook_id)
            called = read(step.playbook_id)
            waiting.extend([called] if called else [])
    return frozenset(found)


def _variable_faults(step: Step, playbook: Playbook, called: Playbook) -> Iterator[str]:
    given = (("in", name) for name in map(full_name, step.in_args))
    taken = (("out", name) for name in map(full_name, step.out_args))
    for way, name in (*given, *taken):
        its, own = called.variables.get(name), playbook.variables.get(name)
        if its is None:
            yield f"{called.key} has no variable {name}"
            continue
        if its.constant and way == "in":
            yield f"{name} never changes in {called.key}"
        value, variable = (own, its) if way == "in" else (its, own)
        if value is not None and variable is not None and not fits(value.type, variable.type):
            yield f"{name} is {value.type}, not {variable.type} as it has to be"
