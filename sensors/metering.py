"""The packet sensor: capture files in, batches of flow and DNS rows out."""

import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from sensors.capture.reading import Reading
from sensors.dns.message import Messages
from sensors.frame.flow import flow_frame
from sensors.frame.identity import Identity, fingerprint
from sensors.meter.counters import Counters
from sensors.meter.memory import DNS_PORT, Memory, has_port
from sensors.meter.settings import DEFAULT_SETTINGS, MeterSettings
from sensors.refusal import REFUSALS

Progress = Callable[[int, int], None]

_BLOCK_PACKETS = 2048


@dataclass(frozen=True, slots=True)
class Metered:
    """One batch: `flows` has the columns of FLOW_SCHEMA, `dns` those of DNS_SCHEMA.

    `name` is deterministic: the same files, observer, drill and settings give the same batches
    under the same names.
    """

    flows: pl.DataFrame
    dns: pl.DataFrame
    name: str


class Metering:
    """Meters capture files, in the order given, as one stream of packets.

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
    ) -> None:
        self._reading = Reading(files, block_packets=_BLOCK_PACKETS)
        self._reading.check()
        self._total = sum(path.stat().st_size for path in files)
        self._settings = settings
        self.fingerprint = fingerprint(files, observer, drill_id, settings)
        """What identifies the rows of this run: content of the files, observer, drill, settings."""
        self._identity = Identity(self.fingerprint, observer=observer, drill_id=drill_id)
        self._memory = Memory(settings, block_packets=_BLOCK_PACKETS)
        self._messages = Messages(self._identity)
        self._batches = 0

    @property
    def counters(self) -> Counters:
        """The totals so far; once the batches are taken, of the whole run."""
        reading, memory = self._reading, self._memory
        refused = {
            name: int(count)
            for (name, _), count in zip(REFUSALS, reading.refused, strict=True)
            if count
        }
        for link in memory.links.nonzero()[0]:
            refused[f"link_type_{link}"] = int(memory.links[link])
        return Counters(
            packets=reading.packets,
            bytes=reading.octets,
            metered=memory.metered,
            refused=refused,
            inner=memory.inner,
            noted=memory.noted(),
            shed=memory.shed(),
            flows=memory.flows,
            rows=memory.rows,
            dns_messages=self._messages.count,
            dns_refused=self._messages.refused(),
            first_packet=reading.first,
            last_packet=reading.last,
        )

    def batches(self, progress: Progress | None = None) -> Iterator[Metered]:
        """Yield the batches, once; `progress` is told octets done and octets in all.

        A fresh installation compiles the meter first (sensors.compilation.needs_compilation).
        """
        tell = progress or (lambda _done, _total: None)
        tell(0, self._total)
        for block in self._reading.blocks():
            for _ in self._memory.take(block, self._reading.refused):
                yield from self._relieve()
            tell(self._reading.done, self._total)
        for _ in self._memory.finish():
            yield from self._relieve()
        yield from self._relieve(last=True)
        tell(self._total, self._total)

    def _relieve(self, *, last: bool = False) -> Iterator[Metered]:
        """Make room in the meter; yield a batch if one is full, or the last."""
        memory = self._memory
        slices, ring = memory.slices()
        self._messages.read(slices[has_port(slices, DNS_PORT)], ring)
        rows = self._settings.batch_rows
        if last or memory.is_out_full() or self._messages.waiting >= rows:
            flows, ways = memory.records()
            if len(flows) or self._messages.waiting:
                yield self._batch(
                    flow_frame(flows, ways, self._identity, self._messages.questions(flows))
                )
            memory.clear_records()

    def _batch(self, flows: pl.DataFrame) -> Metered:
        name = self._identity.batch_name(self._batches)
        self._batches += 1
        return Metered(flows=flows, dns=self._messages.take(), name=name)
