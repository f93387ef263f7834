"""A worker as the sensor sees it: a process that says what it captured."""

import contextlib
import fcntl
import os
import select
import subprocess
import sys
from typing import IO

from sensors.wire.speech import Start, Told, heard

_PIPE_OCTETS = 2**20
_ENVIRONMENT = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""A worker has one core to itself, and no other."""


class WorkerProcess:
    """One worker: it captures from its start until it is told to end, or this process is gone."""

    def __init__(self, start: Start) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sensors.wire.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, **_ENVIRONMENT},
        )
        fcntl.fcntl(_stream(self._process.stdout), fcntl.F_SETPIPE_SZ, _PIPE_OCTETS)
        with contextlib.suppress(BrokenPipeError):
            _stream(self._process.stdin).write(start.line())

    @property
    def number(self) -> int:
        """Number of the process."""
        return self._process.pid

    def says(self, seconds: float) -> bool:
        """Return whether something is said, or the end is there, within `seconds`."""
        return bool(select.select([_stream(self._process.stdout)], [], [], seconds)[0])

    def heard(self) -> Told | None:
        """Return what is said next; None at the end."""
        return heard(_stream(self._process.stdout).fileno())

    def end(self) -> None:
        """Ask it to come to its end."""
        _stream(self._process.stdin).close()

    def close(self) -> int:
        """Wait until it is gone, and return what it ended with."""
        self.end()
        _stream(self._process.stdout).close()
        return self._process.wait()


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    """Return a pipe, which is there."""
    if stream is None:
        raise AssertionError
    return stream
