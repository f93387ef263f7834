"""The packet sensor: packets in, batches of flow, DNS and protocol rows out."""

import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.capture.reading import Block, Reading
from sensors.decode.layout import Rows
from sensors.dns.message import Messages
from sensors.dns.port import PORTS, TUNNEL_PORTS, on_port
from sensors.frame.flow import flow_frame
from sensors.frame.identity import Identity, fingerprint
from sensors.meter.counters import Counters
from sensors.meter.memory import Memory
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.protocol.catalogue import COMMAND_PORTS, MESSAGE_PORTS
from sensors.protocol.dissection import Dissection
from sensors.refusal import REFUSALS
from situation.fields import PROTOCOL_SCHEMA

Progress = Callable[[int, int], None]
Keep = Callable[[Rows, npt.NDArray[np.uint8]], None]
"""Takes slices and the ring that they point into, before they are gone."""

BLOCK_PACKETS = 2048
"""Packets of a block at most."""


@dataclass(frozen=True, slots=True)
class Metered:
    """One batch: `flows` has the columns of FLOW_SCHEMA, `dns` those of DNS_SCHEMA.

    `events` are records of application protocols: PROTOCOL_SCHEMA, further declared columns, REST.
    `name` is deterministic: the same files, observer, drill and settings give the same batches
    under the same names.
    """

    flows: pl.DataFrame
    dns: pl.DataFrame
    events: pl.DataFrame
    name: str


class Source(Protocol):
    """Where packets come from, capture files or an interface, with the totals of what was read."""

    @property
    def packets(self) -> int:
        """Packets read so far, the refused ones included."""
        ...

    @property
    def octets(self) -> int:
        """Their L2 octets on the wire."""
        ...

    @property
    def first(self) -> int | None:
        """Time of the earliest packet in nanoseconds."""
        ...

    @property
    def last(self) -> int | None:
        """Time of the latest packet in nanoseconds."""
        ...

    @property
    def refused(self) -> npt.NDArray[np.int64]:
        """Packets refused, by position in REFUSALS; the decoder adds its own."""
        ...

    def noted(self) -> dict[str, int]:
        """Return what else is worth a count, by name."""
        ...


class Meter:
    """Meters blocks of packets, from any source, and makes batches of what comes of them.

    `deep` reads application protocols, for `events` and `network.protocol` of the flows; without
    it only DNS is read, and no other payload is kept unless `keep` wants them.
    """

    def __init__(
        self,
        source: Source,
        identity: Identity,
        settings: MeterSettings = DEFAULT_SETTINGS,
        *,
        keep: Keep | None = None,
        deep: bool = True,
    ) -> None:
        self._source = source
        self._settings = settings
        self._identity = identity
        self._keep = keep
        self._memory = Memory(
            settings if deep or keep else replace(settings, payloads=0),
            block_packets=BLOCK_PACKETS,
            message_ports=(*PORTS, *MESSAGE_PORTS) if deep else PORTS,
            command_ports=(*TUNNEL_PORTS, *COMMAND_PORTS) if deep else TUNNEL_PORTS,
        )
        self._messages = Messages(identity)
        self._dissection = Dissection(identity) if deep else None
        self._batches = 0

    @property
    def counters(self) -> Counters:
        """The totals so far; once the batches are taken, of the whole run."""
        source, tally = self._source, self._memory.tally()
        refused = {
            name: int(count)
            for (name, _), count in zip(REFUSALS, source.refused, strict=True)
            if count
        }
        refused |= tally.links
        return Counters(
            packets=source.packets,
            bytes=source.octets,
            metered=tally.metered,
            refused=refused,
            inner=tally.inner,
            noted=tally.noted | source.noted() | self._deeply_noted(),
            shed=tally.shed,
            flows=tally.flows,
            rows=tally.rows,
            dns_messages=self._messages.count,
            dns_refused=self._messages.refused(),
            events=0 if self._dissection is None else self._dissection.count,
            events_refused={} if self._dissection is None else self._dissection.refused,
            first_packet=source.first,
            last_packet=source.last,
        )

    def take(self, block: Block) -> Iterator[Metered]:
        """Meter a block; yield each batch that is full."""
        for _ in self._memory.take(block, self._source.refused):
            yield from self._relieve()

    def hand_over(self, now: int) -> Iterator[Metered]:
        """End what was quiet too long at `now`, in nanoseconds, and yield all that is at hand."""
        for _ in self._memory.expire(now):
            yield from self._relieve()
        yield from self._relieve(last=True)

    def finish(self) -> Iterator[Metered]:
        """End all flows and yield what is left."""
        for _ in self._memory.finish():
            yield from self._relieve()
        yield from self._relieve(last=True)

    def shed(self, level: int) -> None:
        """Leave out from now on what `level` says: EVERYTHING, NO_SLICES or NO_STATISTICS."""
        self._memory.table.limits["level"] = level

    def _relieve(self, *, last: bool = False) -> Iterator[Metered]:
        """Make room in the meter; yield a batch if one is full, or the last."""
        memory = self._memory
        slices, ring = memory.slices()
        if self._keep is not None:
            self._keep(slices, ring)
        self._read(slices, ring)
        if last or memory.is_out_full() or self._waiting() >= self._settings.batch_rows:
            flows, ways = memory.records()
            known = self._known(flows)
            if len(flows) or self._waiting():
                yield self._batch(flow_frame(flows, ways, self._identity, known))
            memory.clear_records()

    def _read(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
        """Give payloads to the parsers: those of DNS to the compiled one."""
        is_dns = on_port(slices)
        self._messages.read(slices if is_dns.all() else slices[is_dns], ring)
        if self._dissection is not None:
            self._dissection.read(slices[~is_dns], ring)

    def _deeply_noted(self) -> dict[str, int]:
        return {} if self._dissection is None else self._dissection.noted()

    def _waiting(self) -> int:
        """Return the rows of messages that no batch has taken yet."""
        events = 0 if self._dissection is None else self._dissection.waiting
        return max(self._messages.waiting, events)

    def _known(self, flows: Rows) -> pl.DataFrame:
        """Return by `serial` what the parsers know of these flows; those that end say the rest."""
        questions = self._messages.questions(flows)
        if self._dissection is None:
            return questions
        labels = questions.select("serial", "network.protocol")
        labels = pl.concat([labels, self._dissection.labels(flows)])
        self._dissection.ended(flows)
        asked = questions.drop("network.protocol")
        return asked.join(labels.unique("serial"), on="serial", how="full", coalesce=True)

    def _batch(self, flows: pl.DataFrame) -> Metered:
        name = self._identity.batch_name(self._batches)
        self._batches += 1
        events = None if self._dissection is None else self._dissection.take()
        return Metered(
            flows=flows,
            dns=self._messages.take(),
            events=pl.DataFrame(schema=PROTOCOL_SCHEMA) if events is None else events,
            name=name,
        )


class Metering:
    """Meters capture files, in the order given, as one stream of packets.

    What stands in a pipe (`capture.origin.is_pipe`) is known only when it is read: its rows have
    other ids in each run.

    Raises Malformed, before anything is yielded, where a file is no capture. A file that is
    damaged further on ends there, with the loss counted by reason.
    """

    def __init__(
        self,
        files: Sequence[pathlib.Path],
        *,
        observer: str,
        drill_id: str | None = None,
        settings: MeterSettings = DEFAULT_SETTINGS,
        deep: bool = True,
    ) -> None:
        self._reading = Reading(files, block_packets=BLOCK_PACKETS)
        self._reading.check()
        self._total = self._reading.total
        self.fingerprint = fingerprint(files, observer, drill_id, settings)
        """What identifies the rows of this run: content of the files, observer, drill, settings."""
        identity = Identity(self.fingerprint, observer=observer, drill_id=drill_id)
        self._meter = Meter(self._reading, identity, settings, deep=deep)

    @property
    def counters(self) -> Counters:
        """The totals so far; once the batches are taken, of the whole run."""
        return self._meter.counters

    def batches(self, progress: Progress | None = None) -> Iterator[Metered]:
        """Yield the batches, once; `progress` is told octets done and octets in all.

        A fresh installation compiles the meter first (sensors.compilation.needs_compilation).
        """
        tell = progress or (lambda _done, _total: None)
        tell(0, self._total)
        for block in self._reading.blocks():
            yield from self._meter.take(block)
            tell(self._reading.done, self._total)
        yield from self._meter.finish()
        tell(self._total, self._total)
