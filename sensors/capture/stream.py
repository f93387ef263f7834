"""The octets of a capture, plain or packed, read through one bounded buffer.

A buffer that fits the second-level cache is quicker than a mapping, whose pages come in one
fault and one cache miss at a time, and a file that shrinks meanwhile is a short read, not SIGBUS.
"""

import pathlib

import numpy as np

from sensors.capture.compression import source_of
from sensors.capture.layout import BLOCK_LIMIT
from sensors.capture.origin import Origin
from sensors.octets import octets_of

_BUFFER_OCTETS = 1024 * 1024
_BUFFER_LIMIT = 2 * BLOCK_LIMIT
_START_OCTETS = 64


class Stream:
    """The octets of a capture in order: `data[:end]` is valid, `final` tells that none follow.

    It begins with at least `_START_OCTETS` valid, if there are so many.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self._origin = Origin(path)
        self._source = source_of(self._origin)
        self._buffer = np.zeros(_BUFFER_OCTETS, np.uint8)
        self.data = octets_of(self._buffer)
        self.end = 0
        self.final = False
        self.want(_START_OCTETS)

    @property
    def done(self) -> int:
        """Octets of the file that were read."""
        return self._origin.done

    @property
    def damaged(self) -> bool:
        """Whether a packed file ended early, because it is cut or corrupt."""
        return self._source.damaged

    def want(self, octets: int) -> None:
        """Read until so many octets are valid, or none follow."""
        while self.end < octets and not self.final:
            self.refill(0)

    def refill(self, position: int) -> int:
        """Drop what lies before `position` and read on; return the new place of `position`.

        Where nothing can be dropped the buffer doubles, up to what the greatest block needs. A
        pipe is read once, so that nobody waits for packets that are there.
        """
        kept = self._buffer[position : self.end].copy()
        if len(kept) == len(self._buffer) and len(kept) < _BUFFER_LIMIT:
            self._buffer = np.zeros(2 * len(kept), np.uint8)
            self.data = octets_of(self._buffer)
        self._buffer[: len(kept)] = kept
        self.end = len(kept)
        room = self._buffer.data
        while self.end < len(room) and not self.final:
            count = self._source.read_into(room[self.end :])
            self.end += count
            self.final = count == 0
            if self._origin.is_pipe:
                break
        return 0

    def close(self) -> None:
        """Close the file."""
        self._origin.close()
