"""A file that a command writes: there whole or not at all."""

import contextlib
import os
import pathlib
from collections.abc import Iterator

from situation.faults import Malformed


@contextlib.contextmanager
def written_whole(out: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield the path of a draft beside `out`, which takes its place once it was written.

    Raises `Malformed` where it cannot be written there.
    """
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        yield draft
        draft.replace(out)
    except OSError as error:
        raise Malformed(f"cannot be written: {error.strerror}", where=str(out)) from error
    finally:
        draft.unlink(missing_ok=True)
