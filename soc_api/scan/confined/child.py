"""The confined reader: a process that reads one file after the other and answers with verdicts.

It runs parsers over content that nobody trusts: under limits of memory, time and files, without a
network, and it writes nothing. `soc_api.scan.confined.reader` starts it with a socket as its input.
"""

import datetime as dt
import hashlib
import os
import socket
import time
from dataclasses import dataclass, replace
from typing import BinaryIO

from pydantic import TypeAdapter

from detect.classified.ruleset import Ruleset, open_ruleset
from detect.classified.scanner import Scanner
from sensors.content.confinement import allow, confine
from sensors.content.limits import MIB, Limits, limits_of
from sensors.content.reading import read
from situation.content.declared import Declared
from situation.content.piece import Unreadable
from situation.content.verdict import Verdict
from situation.scan_settings import ScanSettings
from soc_api.scan.confined.wire import receive, receive_stream, send, send_octets

NICENESS = 5
"""The desk goes before the scan."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Start:
    """What the process is told at its start."""

    settings: str
    """`ScanSettings` as JSON."""
    key: str
    """The key for counting, in hexadecimal digits."""
    today: dt.date
    """Day in the city, by which ages are told."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be read; its descriptor comes beside it."""

    name: str
    size: int
    declared: Declared | None


START = TypeAdapter(Start)
TASK = TypeAdapter(Task)


def seconds_for(size: int, limits: Limits) -> int:
    """Return how long a file of so many octets may take: a second more for each MiB."""
    return limits.seconds + size // MIB


def judge(stream: BinaryIO, task: Task, ruleset: Ruleset, key: bytes, limits: Limits) -> Verdict:
    """Read a stream and judge it; what takes too long or too much keeps what was read before."""
    scanner = Scanner(ruleset, key, task.name)
    until = time.monotonic() + seconds_for(task.size, limits)
    try:
        for piece in read(stream, task.name, limits):
            scanner.take(piece)
            if scanner.stopped:
                break
            if time.monotonic() > until:
                scanner.take(Unreadable(reason="time", detail="read in part"))
                break
    except MemoryError:
        scanner.take(Unreadable(reason="memory", detail="read in part"))
    verdict = scanner.verdict(task.declared)
    digest = _sm3(stream) if verdict.stopped else ""
    return replace(verdict, octets=task.size, digest_sm3=digest)


def serve(wire: socket.socket) -> None:
    """Answer tasks until the other side is gone."""
    told, kept = receive(wire), receive(wire)
    if told is None or kept is None:
        return
    os.nice(NICENESS)
    start = START.validate_json(told)
    settings = ScanSettings.model_validate_json(start.settings)
    ruleset, limits = open_ruleset(settings, start.today, kept=kept), limits_of(settings)
    confine(limits)
    send_octets(wire, ruleset.fingerprint.encode())
    while (asked := receive_stream(wire)) is not None:
        task = TASK.validate_json(asked[0])
        allow(seconds_for(task.size, limits))
        with os.fdopen(asked[1], "rb") as stream:
            verdict = judge(stream, task, ruleset, bytes.fromhex(start.key), limits)
        send(wire, verdict)


def _sm3(stream: BinaryIO) -> str:
    """Return the SM3 of a stream, by which a secrecy officer knows the file again."""
    digest = hashlib.new("sm3")
    stream.seek(0)
    while piece := stream.read(_CHUNK):
        digest.update(piece)
    return digest.hexdigest()


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
