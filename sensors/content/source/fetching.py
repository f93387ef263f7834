"""Fetching: what lies on a server comes into a file without a name, bounded by its listed size."""

import contextlib
import tempfile
from collections.abc import Iterable
from typing import BinaryIO

from sensors.content.holding import memory_file
from sensors.content.limits import MIB
from sensors.content.source.source import Barred

IN_MEMORY = 64 * MIB
"""Octets up to which what was fetched stays in memory; more goes into a file without a name."""
GROWTH = MIB
"""Octets that a resource may have grown by since it was listed."""


def fetched(chunks: Iterable[bytes], size: int) -> BinaryIO:
    """Return a stream of the octets, at its beginning; `size` is what was listed.

    Raises `Barred` where more comes than was listed, as it is still being written then, and
    where this machine has no room for it.
    """
    held = memory_file() if size <= IN_MEMORY else _file()
    with contextlib.ExitStack() as undone:
        undone.callback(held.close)
        _fill(held, chunks, size + GROWTH)
        undone.pop_all()
    held.seek(0)
    return held


def _file() -> BinaryIO:
    # Without a name from its beginning where the file system can do that (O_TMPFILE).
    return tempfile.TemporaryFile()


def _fill(held: BinaryIO, chunks: Iterable[bytes], most: int) -> None:
    octets = 0
    for chunk in chunks:
        octets += len(chunk)
        if octets > most:
            raise Barred("changing", f"more than {most} octets, it was listed with less")
        _write(held, chunk)


def _write(held: BinaryIO, chunk: bytes) -> None:
    try:
        held.write(chunk)
    except OSError as error:
        raise Barred("too_large", f"no room to fetch it: {error.strerror}") from error
