"""A sample of rows that come one by one: the first, the last, the longest, and some at random."""

import random
from collections import deque
from collections.abc import Iterable, Sequence
from heapq import heappush, heappushpop

Row = Sequence[str]

LONGEST = 50
"""Rows that are taken for their length: what is odd in a table is often long."""


class Sample:
    """Keeps `size` of the rows: a quarter from the head, one from the tail, the rest drawn.

    The reservoir (Vitter's algorithm R) draws evenly from what lies between. Rows come out in the
    order in which they came. A table that is no longer than `size` is kept whole.
    """

    def __init__(self, size: int, seed: int = 0) -> None:
        self._most_head, self._most_tail = size // 4, size // 4
        self._most_drawn = max(1, size - self._most_head - self._most_tail - LONGEST)
        self._random = random.Random(seed)  # noqa: S311 - a sample, no secret
        self._head: list[tuple[int, Row]] = []
        self._tail: deque[tuple[int, Row]] = deque()
        self._drawn: list[tuple[int, Row]] = []
        self._longest: list[tuple[int, int, Row]] = []
        self._between = 0
        self.count = 0

    def take(self, rows: Iterable[Row]) -> None:
        """Look at rows, each once."""
        for row in rows:
            self.count += 1
            if len(self._head) < self._most_head:
                self._head.append((self.count, row))
                continue
            self._tail.append((self.count, row))
            if len(self._tail) > self._most_tail:
                self._consider(*self._tail.popleft())

    def _consider(self, number: int, row: Row) -> None:
        self._between += 1
        if len(self._drawn) < self._most_drawn:
            self._drawn.append((number, row))
            return
        place = self._random.randrange(self._between)
        out = (number, row)
        if place < self._most_drawn:
            out, self._drawn[place] = self._drawn[place], out
        self._lengthen(*out)

    def _lengthen(self, number: int, row: Row) -> None:
        kept = (sum(map(len, row)), number, row)
        if len(self._longest) < LONGEST:
            heappush(self._longest, kept)
        else:
            heappushpop(self._longest, kept)

    def rows(self) -> list[tuple[int, Row]]:
        """Return what was kept, each row with its number from 1."""
        longest = [(number, row) for _, number, row in self._longest]
        return sorted([*self._head, *self._drawn, *longest, *self._tail], key=lambda one: one[0])
