"""Syslog by TCP (RFC 6587) and TLS (RFC 5425): many connections, one loop.

A connection whose messages find no room is not read on, so that its sender has to wait; what is
held of it is bounded.
"""

import asyncio
import contextlib
import logging
import socket
import ssl

from sensors.input.counters import Counters
from sensors.input.network.encryption import refusal_of, subject_of
from sensors.input.network.framing import Framing
from sensors.input.network.gathering import Gathering
from sensors.input.network.listening import peer_text
from sensors.input.stopping import Stop

_LOG = logging.getLogger("citywatch")

MOST_CONNECTIONS = 4096
HANDSHAKE_SECONDS = 15.0
_READ_OCTETS = 64 * 1024
_HELD_OCTETS = 16 * 1024
_TICK_SECONDS = 0.05
_MOST_SUBJECTS = 1000
TOO_MANY, NO_DESCRIPTOR = "too_many", "no_descriptor"


class Connections:
    """Serves the connections of one listening socket."""

    def __init__(
        self,
        listener: socket.socket,
        gathering: Gathering,
        tls: ssl.SSLContext | None = None,
        *,
        most: int = MOST_CONNECTIONS,
    ) -> None:
        self._listener = listener
        self._gathering = gathering
        self._tls = tls
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()

    @property
    def counters(self) -> Counters:
        """What was counted."""
        return self._gathering.counters

    @property
    def port(self) -> int:
        """Port that it listens on."""
        return int(self._listener.getsockname()[1])

    def run(self, stop: Stop) -> None:
        """Serve until `stop`, then hand over what was received."""
        asyncio.run(self._serve(stop))

    def close(self) -> None:
        """Let go of the socket."""
        self._listener.close()

    async def _serve(self, stop: Stop) -> None:
        accepting = asyncio.create_task(self._accept())
        try:
            while not stop.is_set() and not accepting.done():
                await asyncio.sleep(_TICK_SECONDS)
                self._gathering.flush_if_due()
                if self._gathering.has_room:
                    self._room.set()
        finally:
            accepting.cancel()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(accepting, *self._tasks, return_exceptions=True)
            self._gathering.end()
        if not accepting.cancelled():
            accepting.result()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, address = await loop.sock_accept(self._listener)
            except OSError as error:
                # Out of descriptors: the backlog holds the caller until one is free.
                self._count_refusal(NO_DESCRIPTOR, str(error))
                await asyncio.sleep(_TICK_SECONDS)
                continue
            peer = peer_text(address[0])
            if len(self._tasks) >= self._most:
                self._count_refusal(TOO_MANY, peer)
                accepted.close()
                continue
            task = asyncio.create_task(self._connection(accepted, peer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _count_refusal(self, reason: str, why: str) -> None:
        if not self.counters.refused[reason]:
            _LOG.warning(
                "inputs.%s: a connection was refused (%s): %s", self._gathering.source, reason, why
            )
        self.counters.refused[reason] += 1

    async def _connection(self, accepted: socket.socket, peer: str) -> None:
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_HELD_OCTETS)
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: asyncio.StreamReaderProtocol(reader),
                accepted,
                ssl=self._tls,
                ssl_handshake_timeout=HANDSHAKE_SECONDS if self._tls else None,
            )
        except OSError as error:
            self._count_refusal(refusal_of(error), peer)
            accepted.close()
            return
        self._note_subject(transport)
        self.counters.connections += 1
        self.counters.accepted += 1
        try:
            await self._read(reader, peer)
        finally:
            self.counters.connections -= 1
            transport.close()

    def _note_subject(self, transport: asyncio.BaseTransport) -> None:
        subject = subject_of(transport.get_extra_info("ssl_object"))
        subjects = self.counters.subjects
        if subject and (subject in subjects or len(subjects) < _MOST_SUBJECTS):
            subjects[subject] += 1

    async def _read(self, reader: asyncio.StreamReader, peer: str) -> None:
        framing = Framing()
        try:
            with contextlib.suppress(OSError):
                while octets := await reader.read(_READ_OCTETS):
                    self._take(framing, framing.feed(octets), peer)
                    if not self._gathering.has_room:
                        self._room.clear()
                        await self._room.wait()
        finally:
            self._take(framing, framing.end(), peer)

    def _take(self, framing: Framing, messages: list[bytes], peer: str) -> None:
        if framing.faults:
            self.counters.framing.update(framing.faults)
            framing.faults.clear()
        self._gathering.add(messages, [peer] * len(messages))
