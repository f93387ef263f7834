"""Flow columns as a file: Parquet, JSON lines or CSV, or JSON lines on standard output.

A file appears under its name only when it is whole.
"""

import contextlib
import os
import pathlib
import sys
from collections.abc import Callable, Iterator
from typing import IO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from situation.faults import Misconfigured
from situation.fields import FLOW_SCHEMA

Write = Callable[[pl.DataFrame], None]

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%9fZ"


@contextlib.contextmanager
def flow_file(target: str) -> Iterator[Write]:
    """Yield a function that appends frames of flows to `target`; `-` is standard output."""
    if target == "-":
        yield _json_lines(sys.stdout.buffer)
        return
    path = pathlib.Path(target)
    if path.suffix not in {".parquet", ".jsonl", ".csv"}:
        raise Misconfigured("the name must end in .parquet, .jsonl or .csv", where=target)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _opened(partial, path.suffix) as write:
            yield write
        partial.replace(path)
    except OSError as error:
        raise Misconfigured(f"cannot be written: {error.strerror}", where=target) from error
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path: pathlib.Path, suffix: str) -> Iterator[Write]:
    if suffix == ".parquet":
        schema = pl.DataFrame(schema=FLOW_SCHEMA).to_arrow().schema
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            yield lambda frame: writer.write_table(_as(frame, schema))
        return
    with path.open("wb") as stream:
        yield _json_lines(stream) if suffix == ".jsonl" else _csv(stream)


def _as(frame: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    return frame.to_arrow().cast(schema)


def _json_lines(stream: IO[bytes]) -> Write:
    return lambda frame: readable(frame).write_ndjson(stream)


def _csv(stream: IO[bytes]) -> Write:
    stream.write((",".join(FLOW_SCHEMA) + "\n").encode())
    return lambda frame: readable(frame).write_csv(stream, include_header=False)


def readable(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with its times as ISO 8601 text with nanoseconds."""
    times = pl.selectors.datetime()
    return frame.with_columns(times.dt.strftime(TIME_FORMAT))
