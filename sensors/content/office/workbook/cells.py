"""Cells of workbooks as grids, by python-calamine: xlsx, xlsb, xls and ods are read alike."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from types import TracebackType
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from sensors.content.heading import heading_at
from sensors.content.reader import Broken, Encrypted, Reading
from sensors.content.text.delimited import grids
from situation.content.piece import Passage, Piece
from situation.content.place import Place

CALAMINE_FAULTS: tuple[type[Exception], ...] = (CalamineError,)
"""What the library raises on what is broken."""

Value = str | float | bool | dt.date | dt.time | dt.timedelta

_PANIC = "PanicException"
_ROWS = 2000
_MOST_TURNS = 64
"""Turns between shown and hidden rows in one grid; with more of them all of it is hidden."""
_MOST_CELLS = 8_000_000
_FEWEST_FILLED = 0.02
"""Share of cells in the rectangle that they spread over, below which it is not read."""
_EXACT_BELOW = 1e15
_MIDNIGHT = dt.time()


@dataclass(frozen=True, slots=True)
class Hidden:
    """What of a sheet is not shown: rows by number from 1, and whether any column is."""

    rows: Collection[int] = ()
    has_columns: bool = False


SHOWN = Hidden()


def is_scattered(spread: int, cells: int) -> bool:
    """Tell whether few cells spread over a rectangle that would fill the memory when read."""
    return spread > _MOST_CELLS and cells < spread * _FEWEST_FILLED


class _Unbroken:
    """Turns what the library raises inside into faults of the reader.

    Its Rust code panics on some broken files; that comes as an exception that is no `Exception`
    and whose class has no name to be caught by.
    """

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise `Encrypted` or `Broken` in the place of what the library raised."""
        if kind is None:
            return
        if issubclass(kind, PasswordError):
            raise Encrypted from None
        if issubclass(kind, CalamineError) or kind.__name__ == _PANIC:
            raise Broken(kind.__name__) from None


def open_workbook(stream: BinaryIO) -> CalamineWorkbook:
    """Open a workbook of any of the formats. Raises `Encrypted` and `Broken`."""
    stream.seek(0)
    with _Unbroken():
        return CalamineWorkbook.from_filelike(stream)


def hidden_sheets(book: CalamineWorkbook) -> set[str]:
    """Return the names of the sheets that are not shown."""
    return {
        sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible
    }


def cell_pieces(
    book: CalamineWorkbook, name: str, hidden: Hidden, reading: Reading
) -> Iterator[Piece]:
    """Yield the cells of a sheet as grids under its headings; titles above them as passages."""
    is_hidden = name in hidden_sheets(book)
    place = replace(reading.place, sheet=name, role="hidden" if is_hidden else "body")
    with _Unbroken():
        sheet = book.get_sheet_by_name(name)
    yield from _pieces(sheet, _Table(name, place, hidden), reading)


@dataclass(slots=True)
class _Table:
    """The table of a sheet while it is read."""

    name: str
    place: Place
    hidden: Hidden
    header: list[str] | None = None


def _pieces(sheet: CalamineSheet, table: _Table, reading: Reading) -> Iterator[Piece]:
    before = [""] * (sheet.start[1] if sheet.start else 0)
    rows = sheet.iter_rows()
    row = 1
    while batch := [before + _shown_row(cells) for cells in islice(rows, _ROWS)]:
        reading.spend(0)  # a look at the clock
        taken = 0
        if table.header is None:
            at = heading_at(batch)
            taken = 0 if at is None else at + 1
            table.header = [] if at is None else batch[at]
            yield from _titles(batch[: at or 0], table.place)
        yield from _grids(batch[taken:], row + taken, table)
        row += len(batch)


def _titles(rows: Sequence[list[str]], place: Place) -> Iterator[Piece]:
    for number, row in enumerate(rows, start=1):
        text = " ".join(filter(None, row))
        if text:
            yield Passage(text=text, place=replace(place, row=number), ordinal=number)


def _grids(rows: list[list[str]], first: int, table: _Table) -> Iterator[Piece]:
    """Yield rows as grids; those that are hidden apart from those that are shown."""
    if not rows and first > 1 and not table.header:
        return
    for start, end, is_hidden in _stretches(first, len(rows), table.hidden):
        # A row is not torn apart: with a hidden column all of it counts as hidden.
        place = replace(table.place, role="hidden") if is_hidden else table.place
        part = rows[start:end]
        yield from grids(part, table.header or [], first + start, place, table.name)


def _stretches(first: int, count: int, hidden: Hidden) -> Iterator[tuple[int, int, bool]]:
    """Yield begin, end and whether it is hidden of each stretch of rows that are alike."""
    if not hidden.rows or hidden.has_columns:
        yield 0, count, hidden.has_columns
        return
    runs = [
        (is_hidden, len(list(run)))
        for is_hidden, run in groupby(
            number in hidden.rows for number in range(first, first + count)
        )
    ]
    if len(runs) > _MOST_TURNS:
        yield 0, count, True
        return
    start = 0
    for is_hidden, length in runs:
        yield start, start + length, is_hidden
        start += length


def _shown_row(cells: Sequence[Value]) -> list[str]:
    return [cell if type(cell) is str else shown(cell) for cell in cells]


def shown(value: Value) -> str:
    """Return a value as text: figures without an exponent, days without a time at midnight."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) < _EXACT_BELOW
        return str(int(value)) if is_whole else repr(value)
    if isinstance(value, dt.datetime):
        return str(value.date() if value.time() == _MIDNIGHT else value)
    return str(value)
