"""The deep path: payload slices of the meter become records of application protocols."""

import contextlib
import gc
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from sensors.decode.layout import PORT_A, PORT_B, PROTOCOL, Rows
from sensors.decode.transport import TCP
from sensors.frame.identity import Identity
from sensors.meter.layout import ACTIVE
from sensors.protocol.catalogue import PARSERS
from sensors.protocol.choice import Choice, Flags
from sensors.protocol.conversation import Conversation, Key, Yield
from sensors.protocol.event import event_frame
from sensors.protocol.parser import Parser
from sensors.protocol.stream import Segment
from situation.fields import PROTOCOL_SCHEMA

CONVERSATIONS = 65_536
"""Conversations that are read at the same time; those quiet longest end first, counted."""
HELD_OCTETS = 64 * 1024 * 1024
"""Octets of messages under way that all of them keep; the same holds."""
PASSED = 262_144
"""Conversations that are remembered as over or unknown while their flows last."""
_RECORDS_OF_SLICE = 2048
"""No slice gives more records: 4,096 octets of at least 2."""
_COLUMNS = ("serial", "time", "at", "length", "cut", "sequence", "side", "initiator")
_A, _B, _PROTOCOL = int(PORT_A), int(PORT_B), int(PROTOCOL)
_PAIR = 0xFFFF
_OCTET = 0xFF

Label = str | None


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the cycle collector still for a batch.

    It would look at all conversations again and again, a quarter of the time, and find nothing,
    for they make no cycles.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Dissection:
    """Reads slices and keeps the records until a batch takes them."""

    def __init__(self, identity: Identity, parsers: Sequence[Parser] = PARSERS) -> None:
        self._identity = identity
        self._choices = {
            is_tcp: Choice([one for one in parsers if (one.transport == "tcp") == is_tcp])
            for is_tcp in (True, False)
        }
        self._found = Yield()
        self._live: OrderedDict[int, Conversation] = OrderedDict()
        self._passed: dict[int, Label] = {}
        self._held = 0
        self._taken = 0
        self.evicted = 0
        """Conversations that ended early for want of room."""

    @property
    def waiting(self) -> int:
        """Records that no batch has taken yet."""
        return len(self._found.events)

    @property
    def count(self) -> int:
        """Records in all."""
        return self._taken + self.waiting

    @property
    def refused(self) -> dict[str, int]:
        """Messages that were none of the protocol of their conversation, by protocol."""
        return dict(self._found.refused)

    def noted(self) -> dict[str, int]:
        """Return what is worth a count, by name."""
        return {"conversations_evicted": self.evicted} if self.evicted else {}

    def read(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
        """Read the slices, which point into `ring`."""
        with _uncollected():
            self._read(slices, ring)

    def _read(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> None:
        memory, passed, live = ring.data, self._passed, self._live
        columns = [slices[name].tolist() for name in _COLUMNS]
        keys = [slices[name].tolist() for name in Key._fields]
        numbers, may_open = slices["number"].tolist(), self._may_open(slices, ring).tolist()
        for place, (serial, time, at, length, cut, sequence, side, initiator) in enumerate(
            zip(*columns, strict=True)
        ):
            if serial in passed:
                continue
            conversation = live.get(serial)
            if conversation is None:
                if not may_open[place]:
                    continue
                key = Key(*[column[place] for column in keys])
                conversation = self._opened(key, numbers[place])
            else:
                live.move_to_end(serial)
            octets = memory[at : at + length].tobytes()
            from_client = side == initiator
            if conversation.is_stream:
                before = conversation.held
                segment = Segment(sequence, octets, cut, time)
                conversation.segment(segment, from_client=from_client)
                self._held += conversation.held - before
            else:
                conversation.datagram(octets, time, from_client=from_client, cut=cut > 0)
            if conversation.over:
                self._pass(serial)
            elif self._held > HELD_OCTETS:
                self._evict()

    def _may_open(self, slices: Rows, ring: npt.NDArray[np.uint8]) -> Flags:
        """Tell with which slices a conversation may begin.

        With datagrams that anybody is asked about, and with any segment: what begins in one may be
        known only with the next.
        """
        ports = slices["ports"]
        ends = ports >> PORT_A, (ports >> PORT_B) & np.uint64(_PAIR)
        is_stream: Flags = (ports >> PROTOCOL) & np.uint64(_OCTET) == TCP
        return is_stream | self._choices[False].asks(ring[slices["at"]], *ends)

    def _opened(self, key: Key, number: int) -> Conversation:
        """Begin a conversation with its first slice, whose number in its flow is given."""
        ends = key.ports >> _A, (key.ports >> _B) & _PAIR
        is_tcp = (key.ports >> _PROTOCOL) & _OCTET == TCP
        conversation = Conversation(
            key,
            (ends[key.initiator], ends[1 - key.initiator]),
            self._choices[is_tcp],
            self._found,
            # Where one that was evicted goes on, its numbers do so as well.
            number * _RECORDS_OF_SLICE,
            is_stream=is_tcp,
        )
        if len(self._live) >= CONVERSATIONS:
            self._evict()
        self._live[key.serial] = conversation
        return conversation

    def _evict(self) -> None:
        """End the conversation that was quiet longest."""
        serial, conversation = next(iter(self._live.items()))
        self._pass(serial)
        conversation.finish()
        self.evicted += 1

    def _pass(self, serial: int) -> None:
        """Forget a conversation but for its name."""
        conversation = self._live.pop(serial)
        self._held -= conversation.held
        if len(self._passed) >= PASSED:
            del self._passed[next(iter(self._passed))]
        self._passed[serial] = conversation.name

    def labels(self, flows: Rows) -> pl.DataFrame:
        """Return `network.protocol` by `serial` for the flows whose protocol is known."""
        names: Mapping[int, Label] = {}
        if self._live or self._passed:
            names = {
                serial: name
                for serial in dict.fromkeys(flows["serial"].tolist())
                if (name := self._name_of(serial)) is not None
            }
        return pl.DataFrame(
            {"serial": list(names), "network.protocol": list(names.values())},
            schema={"serial": pl.Int64, "network.protocol": pl.String},
        )

    def _name_of(self, serial: int) -> Label:
        conversation = self._live.get(serial)
        return self._passed.get(serial) if conversation is None else conversation.name

    def ended(self, flows: Rows) -> None:
        """Let the conversations of flows that ended say what is left."""
        if not self._live and not self._passed:
            return
        with _uncollected():
            self._end(flows["serial"][flows["reason"] != ACTIVE].tolist())

    def _end(self, serials: Iterable[int]) -> None:
        for serial in serials:
            conversation = self._live.pop(serial, None)
            if conversation is None:
                self._passed.pop(serial, None)
                continue
            self._held -= conversation.held
            conversation.finish()

    def take(self) -> pl.DataFrame:
        """Hand over the records that wait: PROTOCOL_SCHEMA, other declared fields and the rest."""
        events = self._found.events
        self._taken += len(events)
        with _uncollected():
            frame = event_frame(events, self._identity)
        events.clear()
        return frame if frame.height else pl.DataFrame(schema=PROTOCOL_SCHEMA)
