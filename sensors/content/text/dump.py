"""Dumps of databases in SQL: inserted and copied rows as tables, everything else as text."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from sensors.content.decoding import BLOCK_OCTETS
from sensors.content.reader import Reading
from sensors.content.text.delimited import ROWS, grids
from sensors.content.text.plain import text_blocks
from sensors.content.text.statement import (
    columns_of,
    copied_row,
    copy_of,
    insertion_of,
    is_creation,
    is_insertion,
    opens,
)
from situation.content.piece import Block, Piece
from situation.content.place import Place

_STATEMENT_LIMIT = 32 * 1024 * 1024
"""Characters of one statement; a longer one is text."""

Columns = tuple[str, ...]


def read_sql(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the rows of each table as grids, and what is between them as blocks."""
    dump = _Dump(reading.place)
    for block in text_blocks(stream, reading):
        text = block.data.decode("utf-8", errors="replace")
        for line in text.splitlines(keepends=True) if "\r" in text else _lines(text):
            yield from dump.take(line)
    yield from dump.rest()


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])


class _Dump:
    """What was read and not yet told: a statement, rows of one table, lines of text."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._columns: dict[str, Columns] = {}
        """Of the tables whose making was read."""
        self._next: dict[str, int] = {}
        """Row that comes next, by table."""
        self._table = ""
        self._heads: Columns = ()
        self._rows: list[list[str]] = []
        self._copying = False
        self._statement: list[str] = []
        self._length = 0
        self._open = False
        """Whether a quoted value goes on."""
        self._text: list[str] = []
        self._text_length = 0
        self._text_line = 1
        self._line = 0

    def take(self, line: str) -> Iterator[Piece]:
        """Take the next line; yields what is full by then."""
        self._line += 1
        if self._copying:
            yield from self._copied(line.rstrip("\r\n"))
        elif self._statement or is_insertion(line) or is_creation(line):
            yield from self._stated(line)
        elif found := copy_of(line):
            yield from self._begin(*found)
            self._copying = True
        else:
            yield from self._say(line)

    def rest(self) -> Iterator[Piece]:
        """Yield all that is held."""
        if self._statement:
            yield from self._settle()
        yield from self._told_rows()
        yield from self._told_text()

    def _copied(self, line: str) -> Iterator[Piece]:
        if line == "\\.":
            self._copying = False
            yield from self._told_rows()
        else:
            yield from self._row(copied_row(line))

    def _stated(self, line: str) -> Iterator[Piece]:
        self._statement.append(line)
        self._length += len(line)
        self._open ^= opens(line)
        ended = line.rstrip().endswith(";") and not self._open
        if ended or self._length > _STATEMENT_LIMIT:
            yield from self._settle()

    def _settle(self) -> Iterator[Piece]:
        """Tell the statement that is held: its rows, or as text what it is not."""
        statement = "".join(self._statement)
        if is_creation(statement):
            found = columns_of(statement)
            if found:
                self._columns[found[0]] = found[1]
        elif insertion := insertion_of(statement):
            columns = insertion.columns or self._columns.get(insertion.table, ())
            yield from self._begin(insertion.table, columns)
            for row in insertion.rows:
                yield from self._row(row)
            self._drop_statement()
            return
        self._drop_statement()
        yield from self._say(statement)

    def _drop_statement(self) -> None:
        self._statement.clear()
        self._length, self._open = 0, False

    def _begin(self, table: str, columns: Columns) -> Iterator[Piece]:
        if (table, columns) != (self._table, self._heads):
            yield from self._told_rows()
            self._table, self._heads = table, columns

    def _row(self, row: list[str]) -> Iterator[Piece]:
        self._rows.append(row)
        if len(self._rows) >= ROWS:
            yield from self._told_rows()

    def _told_rows(self) -> Iterator[Piece]:
        rows, self._rows = self._rows, []
        if rows:
            first = self._next.get(self._table, 1)
            self._next[self._table] = first + len(rows)
            yield from grids(rows, self._heads, first, self._place, self._table)

    def _say(self, text: str) -> Iterator[Piece]:
        if not self._text:
            self._text_line = max(1, self._line - text.count("\n") + 1)
        self._text.append(text)
        self._text_length += len(text)
        if self._text_length > BLOCK_OCTETS // 4:
            yield from self._told_text()

    def _told_text(self) -> Iterator[Piece]:
        text = "".join(self._text)
        self._text.clear()
        self._text_length = 0
        if text.strip():
            place = replace(self._place, line=self._text_line)
            yield Block(data=text.encode("utf-8", errors="replace"), place=place)
