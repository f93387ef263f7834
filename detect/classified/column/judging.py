"""Columns of the tables of one resource: gathered grid by grid, judged at the end."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from detect.classified.column.cell import EMPTY, all_plain, day_of
from detect.classified.column.grouping import Groups
from detect.classified.column.heading import HEAD_ROWS, headings
from detect.classified.column.sample import Sample
from detect.classified.column.title import title
from detect.classified.column.track import Tracks
from detect.classified.column.verdict import Judged, judge
from detect.classified.column.view import Column
from detect.classified.word.minor import AGE, Childhood
from situation.content.grade import DataGrade
from situation.content.kind import KINDS
from situation.content.piece import Grid
from situation.content.verdict import ColumnVerdict, Reason

_YOUNG_SHARE: Final = 0.02
_YOUNG_ROWS: Final = 2
"""Dates of birth of children from which a column is about them: fewer may be slips."""
_AGE_HEADING = re.compile(r"(?i)年龄|周岁|(?:^|[^a-z])age$|nianling|^nl$")

_ID_LENGTH: Final = 18

Counts = Mapping[str, int]


class _Table:
    """One table: what of its rows is needed to judge its columns."""

    def __init__(self, grid: Grid) -> None:
        width = len(_columns(grid))
        self.name = grid.name
        self.header = [*grid.header, *[""] * width][:width]
        self.rows = 0
        self.total = 0
        self.sample = Sample(width)
        self.counts: list[Counter[str]] = [Counter() for _ in range(width)]
        self.tracks = Tracks()
        self.groups = Groups()

    def take(self, grid: Grid, counts: Sequence[Counts]) -> None:
        columns = _columns(grid)
        self.rows += len(columns[0]) if columns else 0
        self.total = max(self.rows, grid.total_rows or 0)
        self.sample.take(columns)
        for all_of, row in zip(self.counts, counts, strict=False):
            all_of.update(row)
        self.tracks.take(self.header, columns, counts)
        self.groups.take(self.header, columns, counts)


def _columns(grid: Grid) -> Sequence[Sequence[str]]:
    """Return the columns of a grid; those of a table without rows are empty."""
    return grid.columns or [()] * len(grid.header)


class Columns:
    """The columns of the tables of one resource.

    `today` tells who is under 14.
    """

    def __init__(self, today: dt.date) -> None:
        self._childhood = Childhood(today)
        self._tables: dict[tuple[str, str, str, int], _Table] = {}
        self._judged: list[tuple[ColumnVerdict, ...]] | None = None

    def take(self, grid: Grid, counts: Sequence[Counts]) -> None:
        """Take the next rows of a table with what validators counted in each of its columns.

        Keys are kinds of whole cells, `masked:KIND`, and `text:KIND` for what stands within.
        """
        key = (grid.place.member, grid.place.sheet, grid.name, len(_columns(grid)))
        if key not in self._tables:
            self._tables[key] = _Table(grid)
        self._tables[key].take(grid, counts)
        self._judged = None

    def _by_table(self) -> list[tuple[ColumnVerdict, ...]]:
        if self._judged is None:
            self._judged = [tuple(self._judge(table)) for table in self._tables.values()]
        return self._judged

    def verdicts(self) -> tuple[ColumnVerdict, ...]:
        """Return what each column holds; a column can have several, its main kind first."""
        return tuple(verdict for verdicts in self._by_table() for verdict in verdicts)

    def kinds_together(self) -> tuple[frozenset[str], ...]:
        """Return the kinds of each table, which stand in one row; masked ones do not count."""
        return tuple(
            frozenset(one.kind for one in verdicts if one.kind and not is_masked(one))
            for verdicts in self._by_table()
        )

    def sampled_persons(self) -> int:
        """Return about how many people the tables are about of which a sample alone was read.

        It is the share of different values in the column of the best identifier, over all rows.
        """
        return sum(
            _persons(table, verdicts)
            for table, verdicts in zip(self._tables.values(), self._by_table(), strict=True)
            if table.total > table.rows
        )

    def smallest_group(self) -> int | None:
        """Return the smallest group of rows that look alike; None where nothing is masked."""
        sizes = (table.groups.smallest() for table in self._tables.values())
        return min((size for size in sizes if size is not None), default=None)

    def _judge(self, table: _Table) -> Iterator[ColumnVerdict]:
        found, skipped = headings(table.header, table.sample.head(HEAD_ROWS))
        for index, heading in enumerate(found):
            cells = table.sample.column(index)[skipped:]
            filled = _filled(cells, table.rows)
            column = Column(
                header=heading,
                cells=cells,
                counts=table.counts[index],
                filled=filled,
                beside=found[:index] + found[index + 1 :],
            )
            name = title(table.header[index], index)
            for judged in self._kinds(table, column):
                yield _verdict(table, name, judged, filled)

    def _kinds(self, table: _Table, column: Column) -> Iterator[Judged]:
        judged = judge(column)
        yield from judged or (NOTHING,)
        kinds = {one.kind for one in judged}
        if "gps" in kinds and table.tracks.found:
            yield Judged("track", _LIKELY, 1.0, "values", (Reason(code="track"),))
        if young := self._young(kinds, column):
            yield Judged("minor", _LIKELY, young, "values", (Reason(code="minor"),))

    def _young(self, kinds: set[str], column: Column) -> float:
        """Return the share of cells that are about a child; 0 where they are too few."""
        cells = [cell for cell in all_plain(column.cells) if cell not in EMPTY]
        if "resident_id" in kinds:
            young = sum(len(cell) == _ID_LENGTH and self._childhood.young(cell) for cell in cells)
            return young / len(cells) if young else 0.0
        if "birth_date" in kinds:
            return _enough(cells, self._is_born)
        return _enough(cells, _is_age) if _AGE_HEADING.search(column.header.strip()) else 0.0

    def _is_born(self, cell: str) -> bool:
        day = day_of(cell, serial=True)
        return day is not None and self._childhood.born(f"{day:%Y%m%d}")


NOTHING: Final = Judged("", 0.0, 0.0, "values")
_LIKELY: Final = 0.9


def is_masked(verdict: ColumnVerdict) -> bool:
    """Return whether a column holds values of which signs are hidden."""
    return any(reason.code == "masked" for reason in verdict.reasons)


def _persons(table: _Table, verdicts: Sequence[ColumnVerdict]) -> int:
    identifying = [one for one in verdicts if _rank(one) and not is_masked(one)]
    if not identifying:
        return 0
    best = min(identifying, key=_rank)
    cells = [cell for cell in table.sample.column(_place(table, best.column)) if cell]
    distinct = len(set(cells)) / max(len(cells), 1)
    return round(table.total * best.filled / max(table.rows, 1) * distinct)


def _rank(verdict: ColumnVerdict) -> int:
    kind = KINDS.get(verdict.kind)
    return kind.identifies if kind else 0


def _place(table: _Table, column: str) -> int:
    names = (title(name, index) for index, name in enumerate(table.header))
    return next(index for index, name in enumerate(names) if name == column)


def _enough(cells: Sequence[str], is_young: Callable[[str], bool]) -> float:
    young = sum(map(is_young, cells))
    enough = young >= max(_YOUNG_ROWS, _YOUNG_SHARE * len(cells))
    return young / len(cells) if enough else 0.0


_AGE_CELL = re.compile(r"([0-9]{1,2})(?:周?岁)?")


def _is_age(cell: str) -> bool:
    found = _AGE_CELL.fullmatch(cell)
    return found is not None and int(found[1]) < AGE


def _filled(cells: Sequence[str], rows: int) -> int:
    """Return about how many cells of a column are filled, by its sample."""
    empty = sum(map(EMPTY.__contains__, map(str.strip, cells)))
    return round(rows * (len(cells) - empty) / len(cells)) if cells else 0


def _verdict(table: _Table, column: str, judged: Judged, filled: int) -> ColumnVerdict:
    kind = KINDS.get(judged.kind)
    return ColumnVerdict(
        table=table.name,
        column=column,
        kind=judged.kind,
        confidence=judged.confidence,
        share=judged.share,
        rows=table.rows,
        filled=filled,
        by=judged.by,
        grade=kind.grade if kind else DataGrade.NONE,
        reasons=judged.reasons,
    )
