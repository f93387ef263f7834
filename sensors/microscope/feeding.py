"""Captures as tshark takes them: a file, octets in memory, or what is unpacked on the way."""

import contextlib
import os
import pathlib
import threading
from collections.abc import Iterator
from typing import IO, NamedTuple

from sensors.capture.compression import Plain, Source, source_of
from sensors.capture.origin import Origin

_PIECE_OCTETS = 64 * 1024


class Feed(NamedTuple):
    """A file that gives the octets of a capture, and where they come from."""

    file: IO[bytes]
    source: Source | None = None

    @property
    def is_damaged(self) -> bool:
        """Whether they ended early, because what packs them is cut or corrupt."""
        return self.source is not None and self.source.damaged


@contextlib.contextmanager
def fed(capture: pathlib.Path | bytes) -> Iterator[Feed]:
    """Yield the capture from its beginning, unpacked if it is packed.

    Raises Malformed where there is nothing to read.
    """
    if isinstance(capture, bytes):
        with os.fdopen(os.memfd_create("capture"), "w+b") as file:
            file.write(capture)
            file.seek(0)
            yield Feed(file)
        return
    origin = Origin(capture)
    try:
        source = source_of(origin)
        with capture.open("rb") if isinstance(source, Plain) else _unpacked(source) as file:
            yield Feed(file, source)
    finally:
        origin.close()


@contextlib.contextmanager
def _unpacked(source: Source) -> Iterator[IO[bytes]]:
    reader, writer = os.pipe()
    pump = threading.Thread(target=_pump, args=(source, writer))
    with os.fdopen(reader, "rb") as file:
        pump.start()
        yield file
    # Nobody reads any more, so the pump ends at its next piece.
    pump.join()


def _pump(source: Source, writer: int) -> None:
    piece = memoryview(bytearray(_PIECE_OCTETS))
    with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "wb", buffering=0) as file:
        while count := source.read_into(piece):
            left = piece[:count]
            while left:
                left = left[file.write(left) :]
