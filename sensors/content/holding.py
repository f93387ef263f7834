"""Where a member of an archive lies while it is read: in memory, never in a file system.

Small ones lie in the memory of the process, longer ones in a memory file of the kernel, which has
no name and is gone with the process. Content that may be secret so never reaches a disk.
"""

import contextlib
import io
import os
import pathlib
from collections.abc import Callable
from typing import BinaryIO

from sensors.content.limits import MIB

_SMALL_OCTETS = 4 * MIB
_COPIED_OCTETS = 256 * 1024


def hold(content: BinaryIO | bytes, spend: Callable[[int], None]) -> BinaryIO:
    """Return a content as a stream that can be sought in; `spend` is told of all octets first."""
    if isinstance(content, bytes):
        spend(len(content))
        return io.BytesIO(content)
    with contextlib.ExitStack() as open_until_whole:
        held: BinaryIO = open_until_whole.enter_context(io.BytesIO())
        while chunk := content.read(_COPIED_OCTETS):
            spend(len(chunk))
            if isinstance(held, io.BytesIO) and held.tell() > _SMALL_OCTETS:
                held = open_until_whole.enter_context(_moved(held))
            held.write(chunk)
        open_until_whole.pop_all()
    return held


def _moved(small: io.BytesIO) -> BinaryIO:
    large = memory_file()
    large.write(small.getvalue())
    small.close()
    return large


def memory_file() -> BinaryIO:
    """Return an empty file without a name, in the memory of the kernel."""
    return os.fdopen(os.memfd_create("member", os.MFD_CLOEXEC), "w+b")


def described(stream: BinaryIO) -> BinaryIO:
    """Return a file with the octets of a stream, for libraries that read by descriptor alone.

    Close it when it is done with; the stream stays open, though not at its place.
    """
    try:
        return os.fdopen(os.dup(stream.fileno()), "rb")
    except (OSError, AttributeError):
        copied = memory_file()
        stream.seek(0)
        while chunk := stream.read(_COPIED_OCTETS):
            copied.write(chunk)
        copied.flush()
        return copied


def path_of(stream: BinaryIO) -> pathlib.Path | None:
    """Return the path of the file that a stream reads; None where it has none (any more)."""
    try:
        descriptor = stream.fileno()
        path = pathlib.Path(f"/proc/self/fd/{descriptor}").readlink()
        same = path.is_absolute() and os.path.samestat(path.stat(), os.fstat(descriptor))
    except (OSError, AttributeError):
        return None
    return path if same else None
