"""tshark as a process: packets in, trees out, as far as it comes."""

import contextlib
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Literal

from lxml import etree

from sensors.microscope.feeding import fed
from sensors.microscope.limits import DEFAULT_LIMITS, MIB, Limits
from sensors.microscope.sandbox import ENVIRONMENT, Walls, sandboxed
from sensors.microscope.tree import Packet, packet_of
from situation.faults import Malformed, Misconfigured

MOST_PACKETS = 100
FILTER_LIMIT = 1000

Reason = Literal["", "packets", "time", "output", "unreadable", "killed", "failed", "damaged"]
"""Why the result is a part: more packets fit; the time is over; too much was written; what was
written is no XML; tshark was killed; it said that it failed; a packed file is cut or corrupt."""

_PIECE_OCTETS = 64 * 1024
_WORDS_OCTETS = 4096
_PATIENCE_SECONDS = 5
"""For a process to end that has closed its output."""
_KILLED = 128
_SECURE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissected:
    """What tshark told of the packets; `reason` is empty if that is all."""

    packets: tuple[Packet, ...]
    reason: Reason
    words: str
    """What tshark complained of, in its own words."""
    walls: Walls

    @property
    def complete(self) -> bool:
        """Whether no packet is missing."""
        return self.reason == ""


def dissect(
    capture: pathlib.Path | bytes,
    *,
    display_filter: str = "",
    most_packets: int = MOST_PACKETS,
    limits: Limits = DEFAULT_LIMITS,
) -> Dissected:
    """Take the first packets that pass the filter apart, in a sandbox.

    `capture` is a file that tshark reads, plain or packed, or the octets of one. A tshark that
    fails on its way, is killed or takes too long gives what it told before. Raises Malformed
    with its own words where it tells nothing at all, as for a filter that is none, and
    Misconfigured where tshark is not installed.
    """
    if len(display_filter) > FILTER_LIMIT or "\0" in display_filter:
        raise Malformed(f"the filter has more than {FILTER_LIMIT} characters", where="filter")
    if shutil.which("tshark", path=ENVIRONMENT["PATH"]) is None:
        raise Misconfigured(
            "tshark is not installed: apt-get install tshark bubblewrap", where="tshark"
        )
    wanted = ["-Y", display_filter] if display_filter.strip() else []
    program = sandboxed(["tshark", "-n", "-r", "-", "-T", "pdml", *wanted], limits)
    gathering = _Gathering(most_packets, limits)
    with fed(capture) as feed, tempfile.TemporaryFile() as complaints:
        reason = _run(program.command, feed.file, complaints, gathering)
        reason = "damaged" if reason in ("", "failed") and feed.is_damaged else reason
        words = _words(complaints)
    if reason == "failed" and not gathering.begun:
        where = "tshark" if isinstance(capture, bytes) else f"tshark, {capture}"
        raise Malformed(words or "it told nothing", where=where)
    return Dissected(
        packets=tuple(gathering.packets), reason=reason, words=words, walls=program.walls
    )


@dataclass(slots=True)
class _Gathering:
    """Takes what tshark writes, within limits."""

    most_packets: int
    limits: Limits
    packets: list[Packet] = field(default_factory=list)
    begun: bool = False
    """Whether it wrote anything."""
    _parser: etree.XMLPullParser = field(
        default_factory=lambda: etree.XMLPullParser(events=("end",), tag="packet", **_SECURE)
    )

    def gather(self, process: subprocess.Popen[bytes]) -> Reason:
        """Read until the end or a limit; return which limit."""
        deadline = time.monotonic() + self.limits.seconds
        left = self.limits.output_mib * MIB
        for piece in _pieces(process, deadline):
            if piece is None:
                return "time"
            self.begun, left = True, left - len(piece)
            if left < 0:
                return "output"
            if not self._take(piece):
                return "unreadable"
            if len(self.packets) > self.most_packets:
                self.packets.pop()
                return "packets"
        return ""

    def _take(self, piece: bytes) -> bool:
        """Take the packets that the piece completes; False if it goes on as no XML does."""
        try:
            self._parser.feed(piece)
        except etree.XMLSyntaxError:
            return False
        finally:
            self._collect()
        return True

    def _collect(self) -> None:
        for _, element in self._parser.read_events():
            if len(self.packets) <= self.most_packets:
                self.packets.append(packet_of(element))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _pieces(process: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes | None]:
    """Yield what the process writes; None once the time is over."""
    assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
    descriptor = process.stdout.fileno()
    ready = select.poll()
    ready.register(descriptor, select.POLLIN | select.POLLHUP)
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not ready.poll(left * 1000):
            yield None
            return
        piece = os.read(descriptor, _PIECE_OCTETS)
        if not piece:
            return
        yield piece


def _run(
    command: list[str], packets: IO[bytes], complaints: IO[bytes], gathering: _Gathering
) -> Reason:
    """Run the command to its end, or to that of what it may take."""
    with subprocess.Popen(  # noqa: S603 - no shell; the filter is one word of the command
        command,
        stdin=packets,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env=ENVIRONMENT,
        cwd="/",
    ) as process:
        try:
            reason = gathering.gather(process)
            if not reason:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=_PATIENCE_SECONDS)
        finally:
            process.kill()
    return reason or _ending(process.returncode)


def _ending(code: int) -> Reason:
    if code == 0:
        return ""
    # A shell-like parent tells of a signal by 128 and its number.
    return "killed" if code < 0 or code > _KILLED else "failed"


def _words(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    text = complaints.read(_WORDS_OCTETS).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if not line.startswith("Running as user")]
    told = " ".join(line.removeprefix("tshark: ") for line in lines if line.strip("^~ "))
    return told.replace("The standard input", "The capture")
