"""Flow exports by UDP: datagrams of NetFlow and IPFIX become flows of the city."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from sensors.enrichment import enrich
from sensors.input.counters import Counters
from sensors.input.handover import Batch, Handover
from sensors.input.network.gathering import NO_ROOM, STOPPED
from sensors.input.reading import Reading
from sensors.netflow.counters import Counters as DecoderCounters
from sensors.netflow.decoder import Datagram, Decoder
from sensors.record import Outlet, Priority, Record
from situation.clock import Clock
from situation.events.dataset import FLOW
from situation.events.instant import nanoseconds

BATCH_DATAGRAMS = 500
BATCH_SECONDS = 0.2
ROOM_DATAGRAMS = 20_000
"""What is held at most while the outlet has no room."""


class FlowExports:
    """Gathers the datagrams of one input, decodes them and hands the flows over.

    A datagram that could not be read is skipped by its reason; what its records lacked (a
    template above all) is counted among the faults, in records or sets as the decoder counts.
    """

    def __init__(
        self, reading: Reading, outlet: Outlet, clock: Clock, counters: Counters | None = None
    ) -> None:
        self.counters = counters or Counters()
        self._assets = reading.assets
        self._decoder = Decoder(observer=reading.observer, oldest_days=reading.oldest_days)
        self._handover = Handover(outlet, self.counters)
        self._clock = clock
        self._datagrams: list[Datagram] = []

    def add_or_shed(self, messages: Sequence[bytes], peers: Sequence[str]) -> None:
        """Take datagrams, each from the exporter at the same place, or count them as shed."""
        if len(self._datagrams) >= ROOM_DATAGRAMS:
            self._count_shed(messages, NO_ROOM)
            return
        received = nanoseconds(self._clock.now())
        self._datagrams += map(Datagram, messages, peers, [received] * len(messages))
        if len(self._datagrams) >= BATCH_DATAGRAMS:
            self.flush()

    def flush_if_due(self) -> None:
        """Hand over what has waited for `BATCH_SECONDS`, and what was refused before."""
        oldest = self._datagrams[0].received if self._datagrams else 0
        waited = (nanoseconds(self._clock.now()) - oldest) / 1e9
        if self._handover.waits or (oldest and not 0 <= waited < BATCH_SECONDS):
            self.flush()

    def flush(self) -> bool:
        """Decode and hand over all; return False if it has to wait."""
        if not self._handover.retry():
            return False
        datagrams, self._datagrams = self._datagrams, []
        if not datagrams:
            return True
        decoded = self._decoder.decode(datagrams)
        octets = sum(len(datagram.payload) for datagram in datagrams)
        counts = decoded.counters
        nothing = Record(FLOW, pl.DataFrame(), Priority.FLOW)
        self._handover.give(Batch(nothing, len(datagrams), octets, counts.refused, _faults(counts)))
        for flows in decoded.frames:
            frame = enrich(flows.frame, self._assets)
            self._handover.give(Batch(Record(FLOW, frame, flows.priority)))
        return not self._handover.waits

    def end(self) -> None:
        """Hand over all and make it durable; count as shed what finds no room."""
        if not (self.flush() and self._handover.settle()):
            self._handover.give_up(STOPPED)
            self._count_shed([datagram.payload for datagram in self._datagrams], STOPPED)
            self._datagrams = []
        self.counters.faults += _faults(self._decoder.finish())

    def _count_shed(self, messages: Sequence[bytes], reason: str) -> None:
        self.counters.lines += len(messages)
        self.counters.octets += sum(map(len, messages))
        self.counters.shed[reason] += len(messages)


def _faults(counts: DecoderCounters) -> Counter[str]:
    """Return what the datagrams lacked: damaged sets by reason, sets given up, records lost."""
    given_up = Counter({"no_template": counts.no_template, "lost": counts.lost})
    return counts.sets_refused + given_up
