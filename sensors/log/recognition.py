"""Recognition: which kind of log some first lines are of."""

from collections.abc import Sequence
from dataclasses import dataclass

from sensors.log.kind import LogKind

HEAD_LINES = 100
"""Lines from the beginning of a stream that a kind is guessed from."""

SURE_ENOUGH = 0.25
"""Likeness below which nothing is guessed."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind, and how alike the lines are to it, 0 to 1."""

    kind: LogKind
    likeness: float


def recognised(head: Sequence[str], kinds: Sequence[LogKind]) -> Guess | None:
    """Return the kind that the first lines are most like, or None where they are like none."""
    if not any(line.strip() for line in head):
        return None
    guesses = [Guess(kind, kind.likeness(head[:HEAD_LINES])) for kind in kinds]
    best = max(guesses, key=lambda guess: guess.likeness, default=None)
    return best if best and best.likeness >= SURE_ENOUGH else None
