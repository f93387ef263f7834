"""Messages of many senders, gathered until a batch is worth its frame or has waited enough."""

import secrets
from collections.abc import Sequence

from sensors.input.counters import Counters
from sensors.input.handover import Batch, Handover
from sensors.input.reading import Crowd, Reading
from sensors.log.completion import Completed
from sensors.log.kind import LogKind
from sensors.record import Outlet, Priority, Record
from situation.clock import Clock
from situation.events.dataset import LOG

BATCH_LINES = 8000
BATCH_SECONDS = 0.2
ROOM_LINES = 40_000
ROOM_OCTETS = 32 * 2**20
"""What is held at most while the outlet has no room."""

NO_ROOM, STOPPED, FAILED = "no_room", "stopped", "failed"
"""Why a message was shed: the outlet stayed full; it was full when the input had to end; a bug."""


class Gathering:
    """Gathers messages of one input, makes events of them and hands them over."""

    def __init__(
        self,
        reading: Reading,
        kind: LogKind,
        outlet: Outlet,
        clock: Clock,
        counters: Counters | None = None,
    ) -> None:
        self.source = reading.source
        self.counters = counters or Counters()
        self._crowd = Crowd(reading, f"{reading.source}-{secrets.token_hex(6)}", kind)
        self._handover = Handover(outlet, self.counters)
        self._clock = clock
        self._messages: list[bytes] = []
        self._peers: list[str] = []
        self._octets = 0
        self._oldest = 0.0

    @property
    def has_room(self) -> bool:
        """Whether more messages should be read; where not, their sender has to wait."""
        return len(self._messages) < ROOM_LINES and self._octets < ROOM_OCTETS

    def add(self, messages: Sequence[bytes], peers: Sequence[str]) -> None:
        """Take messages, each from the peer at the same place, whether there is room or not."""
        if not messages:
            return
        if not self._messages:
            self._oldest = self._clock.now().timestamp()
        self._messages += messages
        self._peers += peers
        self._octets += sum(map(len, messages))
        if len(self._messages) >= BATCH_LINES:
            self.flush()

    def add_or_shed(self, messages: Sequence[bytes], peers: Sequence[str]) -> None:
        """Take messages whose sender cannot wait; count those as shed that find no room."""
        if self.has_room:
            self.add(messages, peers)
            return
        self._count_shed(NO_ROOM, len(messages), sum(map(len, messages)))

    def flush_if_due(self) -> None:
        """Hand over what has waited for `BATCH_SECONDS`, and what was refused before."""
        waited = self._clock.now().timestamp() - self._oldest
        if self._handover.waits or (self._messages and not 0 <= waited < BATCH_SECONDS):
            self.flush()

    def flush(self) -> bool:
        """Hand over all; return False if it has to wait."""
        if not self._handover.retry():
            return False
        if not self._messages:
            return True
        messages, peers, octets = self._messages, self._peers, self._octets
        self._messages, self._peers, self._octets = [], [], 0
        completed = self._turned(messages, peers, octets)
        record = Record(LOG, completed.frame, Priority.LOG)
        return self._handover.give(
            Batch(record, len(messages), octets, completed.skipped, completed.faults)
        )

    def _turned(self, messages: list[bytes], peers: list[str], octets: int) -> Completed:
        """Return the events of messages; should that fail for a bug, they are counted as shed."""
        completed = None
        try:
            completed = self._crowd.turn(messages, peers, self._clock.now())
        finally:
            if completed is None:
                self._count_shed(FAILED, len(messages), octets)
        return completed

    def _count_shed(self, reason: str, messages: int, octets: int) -> None:
        self.counters.lines += messages
        self.counters.octets += octets
        self.counters.shed[reason] += messages

    def end(self) -> None:
        """Hand over all and make it durable; count as shed what finds no room."""
        if not (self.flush() and self._handover.settle()):
            self._handover.give_up(STOPPED)
            self._count_shed(STOPPED, len(self._messages), self._octets)
            self._messages, self._peers, self._octets = [], [], 0
