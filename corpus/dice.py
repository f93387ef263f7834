"""Seeded draws. Whoever needs draws of his own splits some off under a name."""

import random
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")

DIGITS = "0123456789"


class Dice:
    """Draws from a seed, alike on all machines; a block with dice of its own shifts no other."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._random = random.Random(seed)
        self.random = self._random.random

    def split(self, name: str) -> "Dice":
        """Return draws of their own."""
        return Dice(f"{self._seed}/{name}")

    def between(self, low: float, high: float) -> float:
        """Draw evenly from `low` to `high`."""
        return low + (high - low) * self.random()

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Draw one of the choices."""
        return choices[int(self.random() * len(choices))]

    def some(self, choices: Sequence[Choice], count: int) -> list[Choice]:
        """Draw `count` different ones of the choices, in a random order."""
        return self._random.sample(choices, min(count, len(choices)))

    def chance(self, share: float) -> bool:
        """Tell whether something happens that happens in this share of cases."""
        return self.random() < share

    def digits(self, count: int) -> str:
        """Draw decimal digits."""
        return self.text(count, DIGITS)

    def text(self, count: int, alphabet: str) -> str:
        """Draw characters of an alphabet."""
        size, draw = len(alphabet), self.random
        return "".join([alphabet[int(draw() * size)] for _ in range(count)])

    def octets(self, count: int) -> bytes:
        """Draw octets."""
        return self._random.randbytes(count)
