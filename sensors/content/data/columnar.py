"""Parquet and Arrow files: their columns as grids, a batch of rows at a time."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from sensors.content.decoding import decoded
from sensors.content.reader import Broken, Reading
from sensors.content.text.delimited import ROWS
from sensors.content.text.values import shown
from situation.content.piece import Grid, Passage, Piece

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET_FAULTS: tuple[type[Exception], ...] = (TypeError, NotImplementedError)
"""What Arrow raises on files that are broken, beyond those of every format."""

_OWN_NOTES = frozenset({b"ARROW:schema"})


def read_parquet(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    """Yield all rows, and the notes that the writer left."""
    import pyarrow as pa  # noqa: PLC0415 - starts a thread, before which a process confines itself

    try:
        yield from _told(stream, reading)
    except pa.ArrowException:
        raise Broken("Parquet") from None


def _told(stream: BinaryIO, reading: Reading) -> Iterator[Piece]:
    import pyarrow as pa  # noqa: PLC0415 - same
    import pyarrow.parquet as pq  # noqa: PLC0415 - same

    with pa.PythonFile(stream, mode="r") as source:
        file = pq.ParquetFile(source, memory_map=False, pre_buffer=False)
        for key, value in (file.metadata.metadata or {}).items():
            if key not in _OWN_NOTES:
                place = replace(reading.place, role="property")
                yield Passage(text=f"{decoded(key)}: {decoded(value)}", place=place)
        row = 1
        for batch in file.iter_batches(batch_size=ROWS, use_threads=False):
            reading.spend(0)
            yield _grid(batch, row, reading)
            row += batch.num_rows


def _grid(batch: "pa.RecordBatch", row: int, reading: Reading) -> Grid:
    names = [str(name) for name in batch.schema.names]
    columns = [_cells(column) for column in batch.columns]
    return Grid(name="", header=names, columns=columns, first_row=row, place=reading.place)


def _cells(column: "pa.Array") -> list[str]:
    return [_cell(value) for value in column.to_pylist()]


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return decoded(value)
    if isinstance(value, list | tuple):
        return "\n".join(map(_cell, value))
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_cell(inner)}" for key, inner in value.items())
    return shown(value) if isinstance(value, bool | None) else str(value)
