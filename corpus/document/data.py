"""Databases in files: SQLite 3 and Parquet."""

import pathlib
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

Rows = Sequence[Sequence[str]]


def fill_sqlite(path: pathlib.Path, tables: Mapping[str, Rows]) -> None:
    """Write tables into a new SQLite file; the first row of each is its heading."""
    with sqlite3.connect(path) as database:
        for name, (head, *rows) in tables.items():
            columns = ", ".join(f'"{column}" TEXT' for column in head)
            database.execute(f'CREATE TABLE "{name}" (rid INTEGER PRIMARY KEY, {columns})')
            places = ", ".join("?" for _ in head)
            names = ", ".join(f'"{column}"' for column in head)
            database.executemany(f'INSERT INTO "{name}" ({names}) VALUES ({places})', rows)  # noqa: S608 - the generator's own names
    database.close()


def write_sqlite(tables: Mapping[str, Rows]) -> bytes:
    """Write tables as the octets of a SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "data.db"
        fill_sqlite(path, tables)
        return path.read_bytes()


def write_parquet(rows: Rows) -> bytes:
    """Write a table as Parquet, all columns texts."""
    head, *others = rows
    columns = {name: [row[at] for row in others] for at, name in enumerate(head)}
    out = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), out)
    return bytes(out.getvalue())
