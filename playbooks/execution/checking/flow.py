"""Faults of the workflow itself: where it leads."""

from collections.abc import Callable, Iterator

from playbooks.cacao import graph
from playbooks.cacao.playbook import Playbook, StepKind
from playbooks.execution.checking.place import at


def flow_faults(playbook: Playbook, knows: Callable[[str], bool]) -> Iterator[str]:
    """Yield what is unresolved, never reached, goes round or would be done several times."""
    if len(playbook.steps) > graph.MOST_STEPS:
        yield f"workflow: has more than {graph.MOST_STEPS} steps"
        return
    for where, target in graph.unresolved(playbook):
        yield f"{where}: there is no step {target}"
    there = graph.reached(playbook, (playbook.start, playbook.exception))
    round_about = graph.circles(playbook)
    twice = frozenset() if round_about else graph.shared(playbook)
    for step in playbook.steps.values():
        if step.id not in there:
            yield at(step, "is never reached")
        if step.id in round_about:
            yield at(step, "leads back to itself; only a while-condition repeats steps")
        if step.id in twice:
            yield at(step, "is reached by several branches, so it would be done several times")
        if step.kind is StepKind.PLAYBOOK:
            yield from (
                at(step, fault) for fault in _call_faults(playbook, step.playbook_id, knows)
            )


def _call_faults(
    playbook: Playbook, playbook_id: str, knows: Callable[[str], bool]
) -> Iterator[str]:
    if playbook_id == playbook.id:
        yield "calls its own playbook"
    elif not knows(playbook_id):
        yield f"there is no published playbook {playbook_id}"
