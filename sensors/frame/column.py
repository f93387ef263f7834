"""Columns out of arrays, without an object for each value."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Buffer = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def _bitmap(present: Flags) -> pa.Buffer:
    return pa.py_buffer(np.packbits(present, bitorder="little"))


def text_column(
    count: int,
    longest: int,
    write: Callable[[Buffer, Offsets], None],
    present: Flags | None = None,
) -> pl.Series:
    """Return `count` strings, null where they are not `present`.

    `write` fills the buffer and sets where each string ends.
    """
    buffer = np.empty(count * longest, np.uint8)
    ends = np.zeros(count + 1, np.int64)
    write(buffer, ends)
    strings = pa.LargeStringArray.from_buffers(
        count,
        pa.py_buffer(ends),
        pa.py_buffer(buffer[: ends[-1]]),
        None if present is None else _bitmap(present),
    )
    return pl.Series(strings)


def integer_column(values: Integers) -> pl.Series:
    """Return integers without copying them."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(values))]
    return pl.Series(pa.Array.from_buffers(pa.int64(), len(values), buffers))


def nullable_column(values: Integers, present: Flags) -> pl.Series:
    """Return integers that are null where they are not `present`."""
    buffers = [_bitmap(present), pa.py_buffer(np.ascontiguousarray(values))]
    return pl.Series(pa.Array.from_buffers(pa.int64(), len(values), buffers))


def constant_column(value: str | None, count: int) -> pl.Series:
    """Return the same text, or null, `count` times."""
    return pl.repeat(value, count, dtype=pl.String, eager=True)


def time_column(nanoseconds: Integers) -> pl.Series:
    """Return nanoseconds since 1970 as times in UTC."""
    return integer_column(nanoseconds).cast(pl.Datetime("ns", "UTC"))
