"""Tables as text: columns divided by comma, tab, semicolon, bar or an octet of control.

Rows are read block by block. A stray quotation mark, which would swallow the rest of the file,
is found by the parity of marks in a block: such a block is cut at the divider alone.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import BinaryIO

from sensors.content.decoding import TextBlock
from sensors.content.heading import HEAD_ROWS, heading_at
from sensors.content.reader import Reading
from sensors.content.text.plain import as_block, text_blocks
from situation.content.piece import Grid, Passage, Piece
from situation.content.place import Place

DIVIDERS = ",\t;|^\x01"
ROWS = 2000
_SAMPLE_LINES = 50
_AGREEING = 0.8
_CELL_LIMIT = 1024 * 1024
"""Characters of a cell; a block with a longer one is text and no table."""
CELLS_LIMIT = 400_000
"""Cells of one grid."""
_OPEN_OCTETS = 1024 * 1024
"""Octets that a row may go on over blocks, within quotation marks."""
_RAGGED = 20
_SWALLOWED = 100
"""Lines in one cell from which its quotation mark is taken for a stray one."""

Rows = list[list[str]]

csv.field_size_limit(_CELL_LIMIT)


@dataclass(slots=True)
class _Table:
    """What is known of the table while it is read."""

    divider: str
    header: list[str] | None = None
    row: int = 1
    told: bool = False
    """Whether a row was told."""


def divider_of(lines: Sequence[str], *, agreeing: float = _AGREEING, fewest: int = 1) -> str:
    """Return what divides the columns: the divider that most lines have equally often.

    Empty where there is none that at least `agreeing` of the lines have `fewest` times.
    """
    filled = [line for line in lines[:_SAMPLE_LINES] if line.strip()]
    counted = [_agreement(filled, divider, fewest) for divider in DIVIDERS]
    share, often = max(counted, default=(0.0, 0))
    return DIVIDERS[counted.index((share, often))] if share >= agreeing and often else ""


def _agreement(lines: Sequence[str], divider: str, fewest: int) -> tuple[float, int]:
    """Return the share of lines that have the divider the commonest number of times."""
    counts = [_outside_quotes(line, divider) for line in lines]
    counts = [count for count in counts if count >= fewest]
    if not counts:
        return 0.0, 0
    common = max(set(counts), key=counts.count)
    return counts.count(common) / len(lines), common


def _outside_quotes(line: str, divider: str) -> int:
    if '"' not in line:
        return line.count(divider)
    return sum(part.count(divider) for part in line.split('"')[::2])


def read_delimited(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the table in grids of some thousand rows; titles above the headings as passages."""
    table: _Table | None = None
    for block in _closed(text_blocks(stream, reading)):
        text = block.data.decode("utf-8", errors="replace")
        if table is None:
            table = _Table(divider_of(text.split("\n", _SAMPLE_LINES)) or ",")
        rows = _rows(text, table.divider)
        if rows is None:
            yield as_block(block, reading.place)
            table.row += text.count("\n")
            continue
        yield from _pieces(rows, table, reading.place)
    if table is not None and table.header and not table.told:
        yield from grids([], table.header, table.row, reading.place)


def _closed(blocks: Iterator[TextBlock]) -> Iterator[TextBlock]:
    """Join blocks until no cell is open between two of them, or too much is open."""
    held: TextBlock | None = None
    for block in blocks:
        joined = block if held is None else replace(held, data=held.data + block.data)
        held = None
        if joined.data.count(b'"') % 2 and len(joined.data) < _OPEN_OCTETS:
            held = joined
            continue
        yield joined
    if held is not None:
        yield held


def _rows(text: str, divider: str) -> Rows | None:
    """Return the rows of a block; None where it is no table at all."""
    lines = text.splitlines() if "\r" in text else text.removesuffix("\n").split("\n")
    if '"' in text and text.count('"') % 2 == 0:
        rows = _quoted(lines, divider)
        if rows is not None:
            return rows if _even(rows) else None
    if max(map(len, lines), default=0) > _CELL_LIMIT:
        return None
    rows = [line.split(divider) for line in lines]
    return rows if _even(rows) else None


def _even(rows: Rows) -> bool:
    """Whether filling up the rows to the widest stays in proportion to what they hold."""
    widths = list(map(len, rows))
    return max(widths, default=0) * len(rows) <= _RAGGED * sum(widths) + CELLS_LIMIT


def _quoted(lines: list[str], divider: str) -> Rows | None:
    """Return the rows where cells stand in quotation marks; None where a mark is a stray one."""
    try:
        rows = list(csv.reader(_with_ends(lines), delimiter=divider))
    except csv.Error:
        return None
    if len(rows) == len(lines):
        return rows
    if any(cell.count("\n") > _SWALLOWED for row in rows for cell in row if "\n" in cell):
        return None
    return rows


def _with_ends(lines: list[str]) -> list[str]:
    return [line + "\n" for line in lines]


def _pieces(rows: Rows, table: _Table, place: Place) -> Iterator[Piece]:
    if table.header is None:
        at = heading_at(rows)
        yield from _titles(rows[: at or 0], place)
        table.header = rows[at] if at is not None else []
        taken = 0 if at is None else at + 1
        table.row += taken
        rows = rows[taken:]
    if rows:
        table.told = True
        yield from grids(rows, table.header, table.row, place)
    table.row += len(rows)


def _titles(rows: Rows, place: Place) -> Iterator[Passage]:
    for number, row in enumerate(rows[:HEAD_ROWS], start=1):
        text = " ".join(cell for cell in row if cell)
        if text:
            yield Passage(text=text, place=replace(place, row=number))


def grids(
    rows: Sequence[Sequence[str]],
    header: Sequence[str],
    first_row: int,
    place: Place,
    name: str = "",
) -> Iterator[Grid]:
    """Yield rows as grids of at most 2,000 rows; ragged rows are filled up with empty cells.

    More columns than headings have empty headings. Without any row the headings alone come.
    """
    widest = max(max(map(len, rows), default=0), len(header))
    heads = [*header, *[""] * (widest - len(header))]
    step = max(1, min(ROWS, CELLS_LIMIT // max(1, widest)))
    for start in range(0, max(1, len(rows)), step):
        columns = list(zip_longest(*rows[start : start + step], fillvalue=""))
        columns += [("",) * len(rows[start : start + step])] * (widest - len(columns))
        if widest:
            yield Grid(
                name=name, header=heads, columns=columns, first_row=first_row + start, place=place
            )
