"""A column as the steps of a judgement look at it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import islice

from detect.classified.column.cell import EMPTY, all_plain
from detect.classified.column.lexicon import NONE, said


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column to judge. `cells` are a sample; `counts` may count over more of it.

    `counts` has, by kind, the cells that are it as a whole; `masked:KIND` those that are it with
    signs hidden; `text:KIND` those that hold it within other text. `filled` is how many cells
    they were counted over. `beside` are the headings of the other columns.
    """

    header: str
    cells: Sequence[str]
    counts: Mapping[str, int] = field(default_factory=dict)
    filled: int = 0
    beside: Sequence[str] = ()


class View:
    """What a column's heading says, its cells in one form, and shares of them."""

    def __init__(self, column: Column) -> None:
        self.said = [one for one in said(column.header) if one.kind != NONE]
        self.against = not self.said and bool(said(column.header))
        """Whether the heading speaks against every kind."""
        self.header = column.header.strip()
        found = Counter(all_plain(column.cells))
        self.cells = {cell: n for cell, n in found.items() if cell not in EMPTY}
        self.sampled = sum(self.cells.values())
        self._counts = column.counts
        self._filled = max(column.filled, self.sampled, 1)

    def glimpse(self, cells: int) -> "View":
        """Return a view of some of the different cells, to tell fast what it surely is not."""
        few = dict(islice(self.cells.items(), cells))
        view = copy(self)
        view.cells, view.sampled = few, sum(few.values())
        return view

    @property
    def distinct(self) -> float:
        """Share of the sampled cells that differ from one another."""
        return len(self.cells) / max(self.sampled, 1)

    def counted(self, key: str) -> float:
        """Return the share of cells that the validators counted under a key."""
        return min(1.0, self._counts.get(key, 0) / self._filled)

    def counted_kinds(self, prefix: str = "") -> dict[str, float]:
        """Return the shares of the kinds that were counted under a prefix."""
        keys = (key for key in self._counts if self._counts[key] and key.startswith(prefix))
        return {
            key.removeprefix(prefix): self.counted(key)
            for key in keys
            if prefix or ":" not in key or key.startswith("own:")
        }

    def share(self, check: Callable[[str], bool]) -> float:
        """Return the share of the sampled cells that a check holds of; each value is asked once."""
        fitting = sum(n for cell, n in self.cells.items() if check(cell))
        return fitting / max(self.sampled, 1)
