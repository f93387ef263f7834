"""Datagrams: syslog by UDP (RFC 5426) and flow exports, received by one loop."""

import functools
import pathlib
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from sensors.input.counters import Counters
from sensors.input.network.listening import peer_text
from sensors.input.stopping import Stop

_OCTETS = 65_535
_AT_ONCE = 1000
_LAST_ROUNDS = 100
"""Rounds in which what waits in the kernel is read at the end; a flood does not hold it up."""
_TICK_SECONDS = 0.05
_DROPS_SECONDS = 1.0
_TABLES = (pathlib.Path("/proc/net/udp"), pathlib.Path("/proc/net/udp6"))
_INODE_COLUMN, _DROPS_COLUMN = 9, 12
_ENDS = b"\r\n\0"


class Sink(Protocol):
    """Where datagrams go."""

    @property
    def counters(self) -> Counters:
        """What it counted."""
        ...

    def add_or_shed(self, messages: Sequence[bytes], peers: Sequence[str]) -> None:
        """Take datagrams, each from the peer at the same place, or count them as shed."""
        ...

    def flush_if_due(self) -> None:
        """Hand over what has waited long enough."""
        ...

    def end(self) -> None:
        """Hand over all that was taken and make it durable."""
        ...


class Datagrams:
    """Receives the datagrams of one socket; what waits in the kernel is read first of all."""

    def __init__(
        self,
        receiver: socket.socket,
        sink: Sink,
        *,
        is_text: bool,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._socket = receiver
        # Not select(), which serves no descriptor beyond 1,023: followed files take thousands.
        self._ready = select.poll()
        self._ready.register(receiver, select.POLLIN)
        self._sink = sink
        self._ends = _ENDS if is_text else b""
        self._monotonic = monotonic
        self._drops_read = 0.0
        self._peer = functools.lru_cache(maxsize=65_536)(peer_text)

    @property
    def counters(self) -> Counters:
        """What was counted."""
        return self._sink.counters

    @property
    def port(self) -> int:
        """Port that it listens on."""
        return int(self._socket.getsockname()[1])

    def run(self, stop: Stop) -> None:
        """Receive until `stop`, then hand over what was received."""
        try:
            while not stop.is_set():
                self.receive(_TICK_SECONDS)
        finally:
            for _ in range(_LAST_ROUNDS):
                if not self._ready.poll(0):
                    break
                self.receive(0.0)
            self._sink.end()

    def receive(self, seconds: float) -> None:
        """Wait for datagrams for a time and take those that are there."""
        if self._ready.poll(seconds * 1000):
            self._sink.add_or_shed(*self._received())
        self._sink.flush_if_due()
        now = self._monotonic()
        if now - self._drops_read >= _DROPS_SECONDS:
            self._drops_read = now
            self.counters.kernel_drops = kernel_drops(self._socket)

    def _received(self) -> tuple[list[bytes], list[str]]:
        messages: list[bytes] = []
        peers: list[str] = []
        for _ in range(_AT_ONCE):
            try:
                octets, address = self._socket.recvfrom(_OCTETS)
            except (BlockingIOError, ConnectionError):
                break
            messages.append(octets.rstrip(self._ends) if self._ends else octets)
            peers.append(self._peer(address[0]))
        return messages, peers

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


def kernel_drops(receiver: socket.socket) -> int:
    """Return how many datagrams the kernel dropped because they were not read in time.

    Read from the table of sockets of Linux; 0 where there is none.
    """
    inode = str(pathlib.Path(f"/proc/self/fd/{receiver.fileno()}").stat().st_ino)
    for table in _TABLES:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            columns = line.split()
            if columns[_INODE_COLUMN] == inode:
                return int(columns[_DROPS_COLUMN])
    return 0
