"""Events as a file: JSON lines, Parquet or CSV, or JSON lines on standard output.

A line is one flat object: declared fields by dotted name, times in ISO 8601 with `Z`, the members
of the rest beside them. A file appears under its name only when it is whole.
"""

import contextlib
import os
import pathlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import IO

import polars as pl

from sensors.log.rest import merged, object_of
from situation.faults import Misconfigured
from situation.fields import BY_NAME, REST
from soc_api.flow_file import readable

Write = Callable[[pl.DataFrame], None]

SUFFIXES = (".jsonl", ".parquet", ".csv")


def messages(*frames: pl.DataFrame) -> pl.DataFrame:
    """Return the records of a batch in the order of their time; the columns may differ."""
    return pl.concat(frames, how="diagonal").sort("@timestamp", maintain_order=True)


@contextlib.contextmanager
def event_file(target: str) -> Iterator[Write]:
    """Yield a function that appends frames of events to `target`; `-` is standard output."""
    if target == "-":
        yield _json_lines(sys.stdout.buffer)
        return
    path = pathlib.Path(target)
    if path.suffix not in SUFFIXES:
        raise Misconfigured(f"the name must end in {', '.join(SUFFIXES)}", where=target)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _jsonl(partial) if path.suffix == ".jsonl" else _table(partial, path.suffix) as write:
            yield write
        partial.replace(path)
    except OSError as error:
        raise Misconfigured(f"cannot be written: {error.strerror}", where=target) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


@contextlib.contextmanager
def _jsonl(partial: pathlib.Path) -> Iterator[Write]:
    with partial.open("wb") as stream:
        yield _json_lines(stream)


def _json_lines(stream: IO[bytes]) -> Write:
    def write(frame: pl.DataFrame) -> None:
        for text in json_lines(frame).str.join("\n").drop_nulls():
            stream.write(f"{text}\n".encode() if text else b"")

    return write


def json_lines(frame: pl.DataFrame) -> pl.Series:
    """Return each event as the text of one flat JSON object, without fields that are null."""
    shown = readable(frame)
    fields = object_of({name: pl.col(name) for name in shown.columns if name != REST})
    rest = pl.col(REST) if REST in shown.columns else pl.lit(None, pl.String())
    return shown.select(merged(fields, rest)).to_series()


@contextlib.contextmanager
def _table(partial: pathlib.Path, suffix: str) -> Iterator[Write]:
    """Collect frames, whose columns may differ, and write them as one table at the end."""
    with tempfile.TemporaryDirectory(dir=partial.parent, prefix=".citywatch-") as folder:
        pieces: list[pathlib.Path] = []

        def write(frame: pl.DataFrame) -> None:
            pieces.append(pathlib.Path(folder) / f"{len(pieces):08d}.arrow")
            frame.write_ipc(pieces[-1])

        yield write
        _write_table(pieces, partial, suffix)


def _write_table(pieces: list[pathlib.Path], partial: pathlib.Path, suffix: str) -> None:
    scanned = [pl.scan_ipc(piece) for piece in pieces] or [pl.LazyFrame({"@timestamp": []})]
    whole = pl.concat(scanned, how="diagonal")
    found = set(whole.collect_schema().names())
    whole = whole.select(name for name in (*BY_NAME, REST) if name in found)
    if suffix == ".parquet":
        whole.sink_parquet(partial)
        return
    whole.with_columns(pl.selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S.%9fZ")).sink_csv(
        partial
    )
