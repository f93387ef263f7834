"""A worker as the sensor sees it: a process that says what it captured."""

import contextlib
import fcntl
import os
import select
import subprocess
import sys
from typing import IO

from sensors.wire.start import Start

_PIPE_OCTETS = 2**20
_PRIORITY = -10
_ENVIRONMENT = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""A worker has one core to itself, and no other."""


class WorkerProcess:
    """One worker. It loads what it needs, then waits for its start.

    It captures until it is told to end, or until this process is gone.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sensors.wire.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            # Ctrl-C reaches the whole group of processes; the sensor says when to end.
            start_new_session=True,
            env={**os.environ, **_ENVIRONMENT},
        )
        # Where it may, it goes before what can wait: packets cannot.
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self.number, _PRIORITY)
        fcntl.fcntl(self.said, fcntl.F_SETPIPE_SZ, _PIPE_OCTETS)

    @property
    def number(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def said(self) -> int:
        """Descriptor that what it says is read from."""
        return _stream(self._process.stdout).fileno()

    def begin(self, start: Start) -> None:
        """Let it capture; one that died meanwhile says so by its end."""
        with contextlib.suppress(BrokenPipeError):
            _stream(self._process.stdin).write(start.line())

    def says(self, seconds: float) -> bool:
        """Return whether something is said, or the end is there, within `seconds`."""
        poll = select.poll()
        poll.register(self.said, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

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
