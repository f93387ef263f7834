"""SQLite databases: every row of every table, opened for reading alone as they lie there."""

import sqlite3
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from sensors.content.decoding import decoded
from sensors.content.holding import path_of
from sensors.content.limits import MIB
from sensors.content.reader import OverLimit, Reading
from sensors.content.text.delimited import ROWS, grids
from situation.content.piece import Passage, Piece, Unreadable
from situation.content.place import Place

SQLITE_FAULTS: tuple[type[Exception], ...] = (sqlite3.Error, sqlite3.Warning)
"""What `sqlite3` raises on files that are broken."""

_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid"
_CELL_OCTETS = 8 * 1024 * 1024
_BLOB_LEAST = 64
"""Octets from which a blob is looked at as a file."""
_VERSIONS, _NO_LOG = slice(18, 20), b"\x01\x01"
"""Where the head says whether it is written by a log (SQLite file format, 1.3.3)."""
Value = str | bytes | int | float | None


def read_sqlite(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield the tables, what blobs hold, and the statements that made the tables."""
    connection = _open(stream, reading)
    try:
        yield from _Database(connection, reading).told()
    finally:
        connection.close()


def _open(stream: BinaryIO, reading: Reading) -> sqlite3.Connection:
    """Open the file where it lies; one without a path is taken into memory."""
    path = path_of(stream)
    if path is not None:
        named = urllib.parse.quote(str(path))
        return sqlite3.connect(f"file:{named}?mode=ro&immutable=1", uri=True)
    if reading.size > reading.limits.memory_mib * MIB // 2:
        raise OverLimit("memory", f"{reading.size // MIB} MiB", reading.place)
    connection = sqlite3.connect(":memory:")
    octets = bytearray(stream.read(reading.size))
    octets[_VERSIONS] = _NO_LOG  # a log beside it would be asked for, and there is none
    connection.deserialize(octets)
    return connection


class _Database:
    """One database that is open."""

    def __init__(self, connection: sqlite3.Connection, reading: Reading) -> None:
        self._connection = connection
        self._reading = reading
        connection.text_factory = decoded
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _CELL_OCTETS)
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")

    def told(self) -> Iterator[Piece]:
        """Yield the pieces of all tables."""
        tables = self._connection.execute(_TABLES).fetchall()
        for name, made in tables:
            place = replace(self._reading.place, sheet=str(name))
            if made:
                yield Passage(text=str(made), place=replace(place, role="property"))
            try:
                yield from self._table(str(name), place)
            except sqlite3.DatabaseError as fault:  # the next table may be whole
                yield Unreadable(reason="broken", detail=type(fault).__name__, place=place)

    def _table(self, name: str, place: Place) -> Iterator[Piece]:
        quoted = '"' + name.replace('"', '""') + '"'
        cursor = self._connection.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - quoted
        header = [str(column[0]) for column in cursor.description]
        first = 1
        while rows := cursor.fetchmany(ROWS):
            shown = [[_shown(value) for value in row] for row in rows]
            self._reading.spend(0)
            yield from grids(shown, header, first, place, name)
            yield from self._blobs(rows, header, first, place)
            first += len(rows)
        if first == 1:
            yield from grids([], header, 1, place, name)

    def _blobs(
        self, rows: Sequence[Sequence[Value]], header: list[str], first: int, place: Place
    ) -> Iterator[Piece]:
        """Read blobs as what they are by their content: documents are kept so."""
        for number, row in enumerate(rows, start=first):
            for column, value in zip(header, row, strict=True):
                if isinstance(value, bytes) and len(value) >= _BLOB_LEAST:
                    at = replace(place, row=number, column=column)
                    name = f"{place.sheet}-{number}-{column}"
                    yield from self._reading.inner(value, name, at)


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return decoded(value) if len(value) < _BLOB_LEAST else ""
    return str(value)
