"""Which rows are suspected of killing the worker, kept over its deaths.

The mark is written before each batch is sent and taken back afterwards, so it is found only by
the successor of a worker that died in between. It needs no fsync: what a document can kill is
the process, and the system keeps what a dead process wrote.
"""

import contextlib
import json
import os
import pathlib
from dataclasses import asdict, dataclass, replace

DEATHS = 2
"""Deaths over the same rows after which they are halved."""

_FILE_OCTETS = 256


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Rows `first` to `end` (exclusive) died `deaths` times; `limit` rows of them go at once.

    `sent_first` and `sent_end` are the rows that are being sent; equal where none are.
    """

    first: int = 0
    end: int = 0
    deaths: int = 0
    limit: int = 0
    sent_first: int = 0
    sent_end: int = 0

    def sending(self, first: int, end: int) -> "Suspicion":
        """Return the suspicion while the rows `first` to `end` are sent."""
        return replace(self, sent_first=first, sent_end=end)

    def survived(self) -> "Suspicion":
        """Return the suspicion after the worker outlived the sending, whatever came of it."""
        return replace(self, sent_first=0, sent_end=0)

    def cleared(self, end: int) -> "Suspicion":
        """Return the suspicion after all rows before `end` came through."""
        if end >= self.end:
            return Suspicion()
        if end <= self.first:
            return self
        return replace(self, first=end, deaths=0)

    def died(self) -> "Suspicion":
        """Return what is to be suspected after a worker died over what it sent."""
        if self.sent_first == self.sent_end:
            return self
        first, end = max(self.first, self.sent_first), min(self.end, self.sent_end)
        if first >= end:
            return Suspicion(self.sent_first, self.sent_end, deaths=1)
        deaths, limit = self.deaths + 1, min(self.limit, end - first)
        if deaths < DEATHS or end - first == 1:
            return Suspicion(first, end, deaths, limit)
        return Suspicion(first, end, deaths=0, limit=(end - first) // 2)

    def condemns(self, sequence: int) -> bool:
        """Tell whether the row is alone and has killed often enough."""
        return (self.first, self.end) == (sequence, sequence + 1) and self.deaths >= DEATHS

    def allowed(self, sequence: int) -> int | None:
        """Return how many rows from `sequence` on may go at once; None for any number."""
        if self.condemns(sequence):
            return 1
        if not self.limit or sequence >= self.end:
            return None
        if sequence < self.first:
            return self.first - sequence
        return min(self.limit, self.end - sequence)


class SuspicionFile:
    """The suspicion on disk, rewritten in place."""

    def __init__(self, path: pathlib.Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
        self.held = self._read().died()
        self.keep(self.held.survived())

    def keep(self, suspicion: Suspicion) -> None:
        """Write the suspicion down for a successor."""
        self.held = suspicion
        text = json.dumps(asdict(suspicion)).encode()
        # A full disk has room for it but the first time, and must not end delivery then.
        with contextlib.suppress(OSError):
            os.pwrite(self._descriptor, text.ljust(_FILE_OCTETS), 0)

    def close(self) -> None:
        """Release the file."""
        os.close(self._descriptor)

    def _read(self) -> Suspicion:
        try:
            return Suspicion(**json.loads(os.pread(self._descriptor, _FILE_OCTETS, 0)))
        except (ValueError, TypeError):
            return Suspicion()
