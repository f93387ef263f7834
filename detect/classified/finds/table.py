"""Finds in tables: gathered by column, and counted once the columns are judged."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from detect.classified.column.cell import EMPTY
from detect.classified.column.judging import is_masked
from detect.classified.column.lexicon import kind_of
from detect.classified.column.title import title
from detect.classified.context import raised
from detect.classified.finds.column import Pass, pass_over
from detect.classified.finds.found import Found, PlaceOf
from detect.classified.ruleset import Ruleset
from detect.classified.settling import ACCEPTED, by_chance
from situation.content.kind import KINDS
from situation.content.piece import Grid
from situation.content.place import Place
from situation.content.verdict import ColumnVerdict

Counts = Mapping[str, int]
"""Cells of a column by kind; with `masked:` before it where digits are hidden, with `text:` where
the kind stands within longer cells."""

_BY_PREFIX = frozenset({"mobile", "landline"})
"""Kinds that their first digits tell and no check: meters and accounts begin like that as well."""
_LEAST = 0.5
"""Share of the cells of a judged column that have to pass the kind's check to be what is counted;
else all that fit are."""


@dataclass
class _Column:
    heading: str
    table: str
    whole: dict[str, Found] = field(default_factory=dict)
    within: dict[str, Found] = field(default_factory=dict)
    said: Found | None = None
    """All filled cells, where the heading alone names a kind that has no validator."""
    near: Counter[str] = field(default_factory=Counter)
    read: int = 0
    total: int = 0


class TableFinds:
    """What was found in the tables of one resource, column by column."""

    def __init__(self, ruleset: Ruleset, key: bytes, counted: frozenset[str]) -> None:
        self._ruleset = ruleset
        self._key = key
        self._counted = counted
        self._columns: dict[tuple[str, str, str, int], _Column] = {}

    def take(self, grid: Grid) -> tuple[int, list[Counts]]:
        """Judge a grid; return the mask of the prefilter and the counts of each column."""
        mask, counts = 0, []
        for index, cells in enumerate(grid.columns):
            column = self._column(grid, index)
            if not column.read:
                self._take_heading(column, grid, index)
            named = column.said.kind if column.said else ""
            found = pass_over(self._ruleset, column.heading, cells, named)
            mask |= found.mask
            self._gather(column, found, _places(grid, index))
            self._gather_said(column, cells, _places(grid, index))
            column.near += found.near + _of_their_length(found, cells)
            column.read += len(cells)
            column.total = max(column.read, grid.total_rows or 0)
            counts.append(_counts(found))
        return mask, counts

    def _column(self, grid: Grid, index: int) -> _Column:
        key = (grid.place.member, grid.place.sheet, grid.name, index)
        heading = grid.header[index] if index < len(grid.header) else ""
        if key not in self._columns:
            kind = kind_of(heading)
            named = kind in KINDS and kind not in self._counted
            said = Found(kind, self._key) if named else None
            self._columns[key] = _Column(heading, grid.name, said=said)
        return self._columns[key]

    def _take_heading(self, column: _Column, grid: Grid, index: int) -> None:
        """Look for values in a heading: a table without any has lent its first row for them."""
        found = pass_over(self._ruleset, "", [column.heading])
        place_of = _places(grid, index)
        self._gather(column, found, lambda row: place_of(row - 1))

    def _gather(self, column: _Column, found: Pass, place_of: PlaceOf) -> None:
        for fits in found.whole:
            name = f"masked:{fits.kind}" if fits.masked else fits.kind
            one = column.whole.setdefault(name, Found(fits.kind, self._key, masked=fits.masked))
            one.add_cells(fits, place_of)
        for row, candidate in found.within:
            name = f"masked:{candidate.kind}" if candidate.masked else candidate.kind
            one = column.within.setdefault(
                name, Found(candidate.kind, self._key, masked=candidate.masked)
            )
            one.add(candidate._replace(start=row), place_of)

    def _gather_said(self, column: _Column, cells: Sequence[str], place_of: PlaceOf) -> None:
        if column.said is None:
            return
        rows = [row for row, cell in enumerate(cells) if cell not in EMPTY]
        column.said.add_values([cells[row] for row in rows], map(place_of, rows))

    @property
    def rows(self) -> int:
        """Rows of all tables, those that were not read included."""
        tables: dict[tuple[str, str, str], int] = {}
        for (*table, _), column in self._columns.items():
            key = (table[0], table[1], table[2])
            tables[key] = max(tables.get(key, 0), column.total)
        return sum(tables.values())

    def finds(self, verdicts: Sequence[ColumnVerdict]) -> Iterator[tuple[Found, float]]:
        """Yield what is to be counted, and how sure it is, once the columns are judged."""
        judged: dict[tuple[str, str], list[ColumnVerdict]] = {}
        for verdict in verdicts:
            judged.setdefault((verdict.table, verdict.column), []).append(verdict)
        for (*_, index), column in self._columns.items():
            mine = judged.get((column.table, title(column.heading, index)), [])
            for found, confidence in self._counted_of(column, mine):
                if column.total > column.read:
                    found.scale(column.total / column.read)
                yield found, confidence

    def _counted_of(
        self, column: _Column, verdicts: Sequence[ColumnVerdict]
    ) -> Iterator[tuple[Found, float]]:
        sure = {verdict.kind: verdict.confidence for verdict in verdicts if verdict.kind}
        fitting = {verdict.kind: verdict.share * verdict.filled for verdict in verdicts}
        known: set[str] = set()
        for found in column.whole.values():
            if not found.masked and found.count < _LEAST * fitting.get(found.kind, 0.0):
                # Its cells fit by their look; few of them pass the check by chance.
                continue
            by = self._ruleset.settling.heads(found.kind, column.heading)
            confidence = max(raised(found.confidence, by), sure.get(found.kind, 0.0))
            told = by > 0 or found.kind in sure
            if confidence >= ACCEPTED and (
                told or not by_chance(found.count, column.near[found.kind])
            ):
                known.add(found.kind)
                yield found, confidence
        for found in column.within.values():
            if not found.masked and found.count < _LEAST * fitting.get(found.kind, 0.0):
                # Some cells say it themselves, the heading or the look of all says it of the rest.
                continue
            known.add(found.kind)
            yield found, found.confidence
        for verdict in verdicts:
            if verdict.kind and verdict.kind not in known:
                yield self._by_verdict(column, verdict), verdict.confidence

    def _by_verdict(self, column: _Column, verdict: ColumnVerdict) -> Found:
        """Return the finds of a column that its heading or the look of its values decided."""
        found = Found(verdict.kind, self._key, masked=is_masked(verdict))
        if column.said is not None and column.said.kind == verdict.kind:
            found.merge(column.said, verdict.confidence)
        elif column.whole:
            found.like(next(iter(column.whole.values())), verdict.share)
        found.count = max(1, round(verdict.share * verdict.filled))
        found.confidence = verdict.confidence
        return found


def _of_their_length(found: Pass, cells: Sequence[str]) -> Counter[str]:
    """Count the other cells that have as many digits as a few that begin like phone numbers."""
    near: Counter[str] = Counter()
    few = [each for each in found.whole if each.kind in _BY_PREFIX and not each.masked]
    for fits in few:
        if len(fits.rows) < len(cells) / 4:
            lengths = set(map(len, fits.values))
            alike = sum(1 for cell in cells if len(cell) in lengths and cell.isdecimal())
            near[fits.kind] += alike - sum(len(each.rows) for each in found.whole)
    return near


def _counts(found: Pass) -> Counts:
    counts: dict[str, int] = {}
    for fits in found.whole:
        name = f"masked:{fits.kind}" if fits.masked else fits.kind
        counts[name] = counts.get(name, 0) + len(fits.rows)
    rows: dict[str, set[int]] = {}
    for row, candidate in found.within:
        rows.setdefault(f"text:{candidate.kind}", set()).add(row)
    return counts | {name: len(each) for name, each in rows.items()}


def _places(grid: Grid, index: int) -> PlaceOf:
    heading = grid.header[index] if index < len(grid.header) else ""
    column = title(heading, index)

    def place_of(row: int) -> Place:
        return replace(grid.place, row=grid.first_row + row, column=column)

    return place_of
