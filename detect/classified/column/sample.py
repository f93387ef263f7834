"""Samples of tables: first rows, a reservoir of the others, last rows, the longest cells."""

import random
from collections.abc import Sequence
from typing import Final

HEAD: Final = 250
RESERVOIR: Final = 700
TAIL: Final = 50
"""Rows; a value in one row of a hundred is seen in a sample of a thousand with 99.99 %."""


class Sample:
    """A sample of the rows of one table, column by column, taken in one pass."""

    def __init__(self, width: int) -> None:
        self._head: list[list[str]] = [[] for _ in range(width)]
        self._kept: list[list[str]] = [[] for _ in range(width)]
        self._tail: list[list[str]] = [[] for _ in range(width)]
        self._longest: list[str] = [""] * width
        self._dice = random.Random(1)  # noqa: S311 - a sample, the same for the same table
        self._seen = 0

    def take(self, columns: Sequence[Sequence[str]]) -> None:
        """Take the next rows."""
        rows = len(columns[0]) if columns else 0
        into_head = max(0, min(rows, HEAD - self._seen))
        rest = range(into_head, rows)
        places = self._places(len(rest), max(0, self._seen + into_head - HEAD))
        for index, cells in enumerate(columns):
            self._head[index].extend(cells[:into_head])
            self._keep(self._kept[index], cells, into_head, places)
            self._tail[index] = list(cells[max(into_head, rows - TAIL) :]) or self._tail[index]
            self._longest[index] = max(
                self._longest[index], max(cells, key=len, default=""), key=len
            )
        self._seen += rows

    def _places(self, count: int, before: int) -> list[tuple[int, int]]:
        """Return which of the next rows are kept, and in which place of the reservoir."""
        free = max(0, min(count, RESERVOIR - before))
        chosen = [(row, before + row) for row in range(free)]
        seen = before + count
        expected = round((count - free) * RESERVOIR / seen) if seen else 0
        later = self._dice.sample(range(free, count), min(expected, count - free))
        return chosen + [(row, self._dice.randrange(RESERVOIR)) for row in sorted(later)]

    @staticmethod
    def _keep(
        kept: list[str], cells: Sequence[str], first: int, places: Sequence[tuple[int, int]]
    ) -> None:
        for row, place in places:
            if place < len(kept):
                kept[place] = cells[first + row]
            else:
                kept.append(cells[first + row])

    def column(self, index: int) -> list[str]:
        """Return the sampled cells of a column, those of its head first."""
        tail = self._tail[index] if self._seen > HEAD + RESERVOIR else []
        longest = [self._longest[index]] if self._seen > HEAD + RESERVOIR else []
        return [*self._head[index], *self._kept[index], *tail, *longest]

    def head(self, rows: int) -> list[list[str]]:
        """Return the first rows, row by row."""
        return [list(row) for row in zip(*(cells[:rows] for cells in self._head), strict=True)]
