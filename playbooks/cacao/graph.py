"""The workflow as a graph: what leads where, what is never reached, goes round or is shared.

A step that several branches reach which are all walked would be done once for each of them; only
an end is harmless there.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from playbooks.cacao.playbook import Playbook, Step, StepKind

MOST_STEPS = 500


def targets(step: Step) -> Iterator[tuple[str, str]]:
    """Yield the steps that one names, each with the property that names it."""
    named = {
        "on_completion": step.on_completion,
        "on_success": step.on_success,
        "on_failure": step.on_failure,
        "on_true": step.on_true,
        "on_false": step.on_false,
    }
    yield from ((where, target) for where, target in named.items() if target)
    yield from ((f"cases.{case}", target) for case, target in step.cases.items())
    yield from ((f"next_steps.{number}", each) for number, each in enumerate(step.next_steps))


def unresolved(playbook: Playbook) -> Iterator[tuple[str, str]]:
    """Yield the ids that name no step, each with its place."""
    roots = {"workflow_start": playbook.start, "workflow_exception": playbook.exception}
    for where, root in roots.items():
        if root and root not in playbook.steps:
            yield where, root
    for step in playbook.steps.values():
        for where, target in targets(step):
            if target not in playbook.steps:
                yield f"workflow.{step.id}.{where}", target


def reached(playbook: Playbook, roots: Iterable[str | None]) -> frozenset[str]:
    """Return the ids of the steps that are reached from some, these among them."""
    found = {root for root in roots if root in playbook.steps}
    waiting = list(found)
    while waiting:
        step = playbook.steps[str(waiting.pop())]
        new = {target for _, target in targets(step) if target in playbook.steps} - found
        found |= new
        waiting += new
    return frozenset(str(step_id) for step_id in found)


def circles(playbook: Playbook) -> frozenset[str]:
    """Return the ids of the steps that lead back to themselves, or lie between such."""
    ways = {
        step.id: {target for _, target in targets(step) if target in playbook.steps}
        for step in playbook.steps.values()
    }
    while True:
        # What leads nowhere, and what nothing leads to, is in no circle.
        ahead = {target for targets_there in ways.values() for target in targets_there}
        left = {each: there & ways.keys() for each, there in ways.items() if each in ahead}
        left = {each: there for each, there in left.items() if there}
        if left == ways:
            return frozenset(ways)
        ways = left


def shared(playbook: Playbook) -> frozenset[str]:
    """Return the ids of the steps, ends apart, that several ways reach which are all walked."""
    found = reached(playbook, [playbook.start]) & reached(playbook, [playbook.exception])
    for step in playbook.steps.values():
        branches = [reached(playbook, roots) for roots in _branches(step)]
        onward = reached(playbook, (step.follows, step.on_failure))
        for branch in branches:
            found |= branch & onward
        if step.kind is StepKind.PARALLEL:
            for one, other in combinations(branches, 2):
                found |= one & other
    return frozenset(each for each in found if playbook.steps[each].kind is not StepKind.END)


def _branches(step: Step) -> Iterator[tuple[str, ...]]:
    ways: Mapping[StepKind, tuple[str | None, ...]] = {
        StepKind.PARALLEL: step.next_steps,
        StepKind.IF: (step.on_true, step.on_false),
        StepKind.WHILE: (step.on_true,),
        StepKind.SWITCH: tuple(step.cases.values()),
    }
    yield from ((way,) for way in ways.get(step.kind, ()) if way)
