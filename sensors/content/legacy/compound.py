"""Compound files (OLE2): streams in storages, as MS-CFB has them.

Their tables are read by olefile; what it raises on broken ones becomes the reader's own faults.
"""

from collections.abc import Iterator
from typing import BinaryIO

import olefile

from sensors.content.reader import Broken

Path = tuple[str, ...]
"""Names of the storages that lead to a stream, and its own."""

COMPOUND_FAULTS: tuple[type[Exception], ...] = (OSError, LookupError, ValueError, TypeError)
"""What the library raises where sectors lead nowhere, or in a circle."""


class Compound:
    """A compound file that is open. Raises `Broken` where it is none."""

    def __init__(self, stream: BinaryIO) -> None:
        stream.seek(0)
        try:
            self._file = olefile.OleFileIO(stream)
            found = self._file.listdir()
        except COMPOUND_FAULTS:
            raise Broken("its table of sectors is damaged") from None
        except RecursionError:
            raise Broken("its storages form a circle") from None
        self.paths: list[Path] = [tuple(path) for path in found]

    def named(self, *names: str) -> Path | None:
        """Return the path of a stream at the root by any of its names, without regard to case."""
        wanted = {name.lower() for name in names}
        return next((path for path in self.paths if _name(path) in wanted), None)

    def below(self, storage: Path) -> Iterator[Path]:
        """Yield the paths of the streams in a storage, at any depth."""
        depth = len(storage)
        return (path for path in self.paths if path[:depth] == storage and len(path) > depth)

    def read(self, path: Path) -> bytes:
        """Return a stream. Raises `Broken`."""
        try:
            with self._file.openstream(list(path)) as stream:
                return bytes(stream.read())
        except COMPOUND_FAULTS:
            raise Broken("a stream cannot be read") from None


def _name(path: Path) -> str:
    return path[0].lower() if len(path) == 1 else ""
