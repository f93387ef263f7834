"""The loops of a dry run: their first turn is told, those behind it are counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.cacao.playbook import StepKind
from playbooks.execution.rehearsal import Rehearsed

GOES_ON = "taken"


@dataclass(slots=True)
class Folded:
    """One step that is told. `again` counts the turns of a loop behind the first."""

    step: Rehearsed
    again: int = 0


@dataclass(slots=True)
class _Loop:
    """A loop that was entered: its row, and whether its first turn is over."""

    row: Folded
    is_again: bool = False

    def holds(self, step: Rehearsed) -> bool:
        """Tell whether a step stands in it, or is its condition once more."""
        return step.depth > self.row.step.depth or self.turns_at(step)

    def turns_at(self, step: Rehearsed) -> bool:
        """Tell whether a step is its condition, looked at once more."""
        mine = self.row.step
        return (step.step_id, step.depth) == (mine.step_id, mine.depth)


def folded(steps: Sequence[Rehearsed]) -> list[Folded]:
    """Return the steps without the later turns of loops; what would fail in one stays."""
    told: list[Folded] = []
    loops: list[_Loop] = []
    for step in steps:
        while loops and not loops[-1].holds(step):
            loops.pop()
        if loops and loops[-1].turns_at(step):
            _turn(loops[-1], step)
        if step.fault or not any(loop.is_again for loop in loops):
            told.append(Folded(step))
            if step.kind is StepKind.WHILE and not (loops and loops[-1].turns_at(step)):
                loops.append(_Loop(told[-1]))
    return told


def _turn(loop: _Loop, step: Rehearsed) -> None:
    loop.is_again = True
    loop.row.again += step.verdict == GOES_ON and not step.fault
