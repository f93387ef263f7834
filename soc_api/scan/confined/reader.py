"""Confined readers as the scan sees them: processes that may die without taking it along."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import BinaryIO

from sensors.content.limits import limits_of
from situation.content.declared import Declared
from situation.content.piece import Unreadable, UnreadableReason
from situation.content.verdict import Verdict
from situation.faults import Unavailable
from situation.scan_settings import ScanSettings
from soc_api.scan.confined.child import Start, Task, seconds_for
from soc_api.scan.confined.wire import (
    read_verdict,
    receive,
    send,
    send_octets,
    send_stream,
)
from soc_api.scan.tools import Tools

GRACE_SECONDS = 5.0
"""Time beyond its own limit after which a reader that does not answer is ended."""

START_SECONDS = 120.0

_ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Pools of libraries take address space, which is limited; a process with a second thread cannot
leave the network."""

_DEATHS: dict[int, UnreadableReason] = {
    -signal.SIGXCPU: "time",
    -signal.SIGKILL: "memory",
}
"""What a signal that ended a reader tells; the kernel kills what takes the machine's memory."""


class ConfinedReader:
    """One reader. It is started when it is needed, and again after its death."""

    def __init__(self, settings: ScanSettings, tools: Tools) -> None:
        self._settings, self._tools = settings, tools
        self._limits = limits_of(settings)
        self._process: subprocess.Popen[bytes] | None = None
        self._wire: socket.socket | None = None
        self._is_fresh = True

    def judge(self, stream: BinaryIO, name: str, declared: Declared | None) -> Verdict:
        """Return the verdict of a stream; a reader that dies over it makes it unreadable.

        What the libraries keep of files before may leave too little memory for this one: where a
        reader says so, the file is read once more by a fresh one.
        """
        verdict = self._judge(stream, name, declared)
        is_short = any(one.reason == "memory" for one in verdict.unreadable)
        if is_short and not self._is_fresh and self._process is not None:
            self.close()
            stream.seek(0)
            verdict = self._judge(stream, name, declared)
        self._is_fresh = self._process is None
        return verdict

    def _judge(self, stream: BinaryIO, name: str, declared: Declared | None) -> Verdict:
        size = os.fstat(stream.fileno()).st_size
        wire = self._start()
        wire.settimeout(seconds_for(size, self._limits) + GRACE_SECONDS)
        task = Task(name=name, size=size, declared=declared)
        try:
            send_stream(wire, task, stream.fileno())
            answer = receive(wire)
        except TimeoutError:
            self.close()
            return self._lost("time", size)
        except OSError:
            answer = None
        if answer is None:
            return self._lost(_DEATHS.get(self._end(), "crash"), size)
        return read_verdict(answer)

    def _start(self) -> socket.socket:
        if self._wire is not None:
            return self._wire
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "soc_api.scan.confined.child"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                # A parser that dies may say what it died of in words of the content.
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
            )
        self._wire = ours
        ours.settimeout(START_SECONDS)
        start = Start(
            settings=self._settings.model_dump_json(),
            key=self._tools.key.hex(),
            today=self._tools.ruleset.today,
        )
        try:
            send(ours, start)
            # The rules are compiled once for all readers.
            send_octets(ours, self._tools.ruleset.prefilter.kept)
            told = receive(ours)
        except OSError:
            told = None
        if told is None:
            raise Unavailable(f"it ended with {self._end()} at its start", where="scan reader")
        if told.decode() != self._tools.ruleset.fingerprint:
            self.close()
            raise Unavailable("its rules are others than ours: restart", where="scan reader")
        return ours

    def _lost(self, reason: UnreadableReason, size: int) -> Verdict:
        lost = Unreadable(reason=reason, detail="the reader was lost over it")
        return Verdict(ruleset=self._tools.ruleset.fingerprint, unreadable=(lost,), octets=size)

    def _end(self) -> int:
        """Wait for a reader that closed its wire, and return how it ended."""
        process = self._process
        if process is None:
            return 0
        try:
            code = process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        self._forget()
        return code

    def close(self) -> None:
        """End the reader."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._forget()

    def _forget(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._process = self._wire = None


@contextlib.contextmanager
def confined_readers(
    settings: ScanSettings, tools: Tools
) -> Iterator["queue.SimpleQueue[ConfinedReader]"]:
    """Yield as many readers as the settings want, to be taken and put back; end them afterwards."""
    waiting: queue.SimpleQueue[ConfinedReader] = queue.SimpleQueue()
    with contextlib.ExitStack() as opened:
        for _ in range(settings.workers):
            reader = ConfinedReader(settings, tools)
            opened.callback(reader.close)
            waiting.put(reader)
        yield waiting
