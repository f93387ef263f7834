"""The decoder: datagrams of NetFlow v5, v9 and IPFIX in, frames of flows out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakValueDictionary

from sensors.netflow.counters import Counters
from sensors.netflow.domain import Domain, Domains, Key
from sensors.netflow.flow.frame import Rules
from sensors.netflow.flow.origin import identity_of
from sensors.netflow.gathering import Flows, Gathering
from sensors.netflow.waiting import Early, Waiting
from sensors.netflow.wire.message import Message, Set, read_message, sets_of
from sensors.netflow.wire.records import Chunk
from sensors.netflow.wire.template import (
    FIRST_DATA_SET,
    IPFIX,
    NETFLOW_5,
    NETFLOW_9,
    VERSION_5,
    Learned,
    Template,
    is_options_set,
    templates_of,
)
from situation.faults import Malformed

_MIB = 1024 * 1024
_WINDOW = {NETFLOW_5: 30 * 64, NETFLOW_9: 64, IPFIX: 30 * 64}
"""Steps that a late message may lie behind, by version."""


class Datagram(NamedTuple):
    """A message as it came in: its octets, the exporter's address, nanoseconds since 1970.

    The exporter is empty where it is not known, as in a file.
    """

    payload: bytes
    exporter: str
    received: int


class Decoded(NamedTuple):
    """What some datagrams held: at most two frames, none of them empty, and their counts."""

    frames: tuple[Flows, ...]
    counters: Counters


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is remembered of exporters, whatever they send."""

    domains: int = 4096
    templates: int = 512
    """Templates of one observation domain."""
    weight: int = 500_000
    """Fields of templates and announced names of all together, some 200 octets each."""
    waiting_octets: int = 32 * _MIB
    waiting_nanoseconds: int = 1_800_000_000_000
    """Exporters send their templates again every half hour at the latest, as a rule."""


DEFAULT_LIMITS = Limits()


class _Reading(NamedTuple):
    """A message with all that its sets need to know; early sets keep it until their template."""

    datagram: Datagram
    message: Message
    domain: Domain
    position: int
    identity: str


class Decoder:
    """Decodes the datagrams of any number of exporters, in the order given.

    It remembers templates, options and sequence numbers of each exporter's observation domains
    (Cisco, NetFlow Export Datagram Format; RFC 3954; RFC 7011). It never raises for what a
    datagram holds, and its memory is bounded by `limits`. A template holds until it is replaced
    or withdrawn, or the exporter begins anew. A flow that began more than a day
    ahead, or more than `oldest_days` before its message came in, is dated by the message.
    """

    def __init__(
        self, *, observer: str, oldest_days: int | None = None, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self._rules = Rules(observer, oldest_days)
        self._limits = limits
        self._domains = Domains(limits.domains, limits.weight)
        self._waiting = Waiting(limits.waiting_octets, limits.waiting_nanoseconds)
        self._layouts: WeakValueDictionary[int, Template] = WeakValueDictionary()
        self.counters = Counters()
        """Totals so far."""

    @property
    def domains(self) -> tuple[Domain, ...]:
        """The observation domains that are known, with the state of their sequence."""
        return self._domains.all()

    def decode(self, datagrams: Sequence[Datagram]) -> Decoded:
        """Return the flows of datagrams, all records of one template decoded together."""
        gathering = Gathering()
        read = [self._read(datagram, gathering) for datagram in datagrams]
        if datagrams:
            gathering.give_up(self._waiting.expire(datagrams[-1].received))
        flows, records = gathering.settle(self._rules)
        for reading, whole in filter(None, read):
            if reading.message.version == IPFIX:
                steps = int(records[reading.position])
                known = steps if whole and steps >= 0 else None
                _step(reading.domain, reading.message.sequence, known, gathering.counters)
        self.counters.add(gathering.counters)
        return Decoded(flows, gathering.counters)

    def finish(self) -> Counters:
        """Give up the sets that still wait for a template; nothing follows."""
        gathering = Gathering()
        gathering.give_up(self._waiting.clear())
        self.counters.add(gathering.counters)
        return gathering.counters

    def _read(self, datagram: Datagram, gathering: Gathering) -> tuple[_Reading, bool] | None:
        """Read a message; tell whether the records of all its sets are known."""
        counters = gathering.counters
        counters.datagrams += 1
        try:
            message = read_message(datagram.payload)
        except Malformed as fault:
            counters.refused[fault.reason] += 1
            return None
        counters.read += 1
        domain = self._domain(Key(datagram.exporter, message.version, message.domain), gathering)
        self._follow(message, domain, gathering)
        identity = identity_of(datagram.exporter, datagram.payload)
        position = gathering.ledger.add(
            message,
            datagram.exporter,
            identity,
            received=datagram.received,
            domain=gathering.place_of(domain),
        )
        reading = _Reading(datagram, message, domain, position, identity)
        return reading, self._read_sets(reading, gathering)

    def _domain(self, key: Key, gathering: Gathering) -> Domain:
        domain, gone = self._domains.of(key)
        self._evict(gone, gathering)
        return domain

    def _evict(self, gone: Sequence[Key], gathering: Gathering) -> None:
        for key in gone:
            gathering.counters.evicted += 1
            gathering.give_up(self._waiting.forget(key))

    def _follow(self, message: Message, domain: Domain, gathering: Gathering) -> None:
        """See whether the exporter began anew, and what is missing before the message.

        IPFIX counts records, and these are not known yet.
        """
        if message.version == IPFIX:
            return
        if domain.thread.is_restart(message):
            domain.begin_anew()
            gathering.counters.restarts += 1
            gathering.give_up(self._waiting.forget(domain.key))
        records = (message.end - message.begin) // VERSION_5.least
        steps = records if message.version == NETFLOW_5 else 1
        _step(domain, message.sequence, steps, gathering.counters)

    def _read_sets(self, reading: _Reading, gathering: Gathering) -> bool:
        payload, message = reading.datagram.payload, reading.message
        counters = gathering.counters
        if message.version == NETFLOW_5:
            counters.sets += 1
            body = payload[message.begin : message.end]
            gathering.put(VERSION_5, Chunk(body, reading.position, 0))
            return True
        whole = True
        try:
            for place, one in enumerate(sets_of(payload, message)):
                counters.sets += 1
                whole &= self._read_set(one, place, reading, gathering)
        except Malformed as fault:
            counters.sets += 1
            counters.sets_refused[fault.reason] += 1
            whole = False
        return whole

    def _read_set(self, one: Set, place: int, reading: _Reading, gathering: Gathering) -> bool:
        """Read one set; tell whether its records are known."""
        body = reading.datagram.payload[one.begin : one.end]
        if one.number < FIRST_DATA_SET:
            self._learn(one.number, body, reading, gathering)
            return True
        template = reading.domain.templates.get(one.number)
        if template is None:
            early = Early(
                body,
                place,
                reading.message,
                reading.identity,
                reading.datagram.received,
            )
            gathering.counters.sets_waiting += 1
            gathering.give_up(self._waiting.keep(reading.domain.key, one.number, early))
            return False
        self._take(template, Chunk(body, reading.position, place), reading.domain, gathering)
        return True

    def _learn(self, number: int, body: bytes, reading: _Reading, gathering: Gathering) -> None:
        """Learn the templates of a set; those before a damage are kept."""
        version, counters = reading.message.version, gathering.counters
        try:
            for learned in templates_of(version, number, body):
                self._keep(learned, reading.domain, gathering, options=is_options_set(number))
        except Malformed as fault:
            counters.sets_refused[fault.reason] += 1
        else:
            counters.sets_taken += 1

    def _keep(
        self, learned: Learned, domain: Domain, gathering: Gathering, *, options: bool
    ) -> None:
        number, template = learned
        if template is None:
            gathering.counters.withdrawn += 1
            domain.withdraw(number, options=options)
            return
        if len(domain.templates) >= self._limits.templates and number not in domain.templates:
            raise Malformed("too_many_templates")
        gathering.counters.templates += 1
        template = self._layout(template)
        domain.templates[number] = template
        self._evict(self._domains.weigh(domain), gathering)
        for early in self._waiting.take(domain.key, number):
            gathering.counters.sets_waiting -= 1
            position = gathering.ledger.add(
                early.message,
                domain.key.exporter,
                early.identity,
                received=early.received,
                domain=gathering.place_of(domain),
            )
            self._take(template, Chunk(early.body, position, early.place), domain, gathering)

    def _layout(self, template: Template) -> Template:
        """Return the one object of all equal templates, so that they are decoded as one."""
        found = self._layouts.setdefault(hash(template), template)
        return found if found == template else template

    def _take(self, template: Template, chunk: Chunk, domain: Domain, gathering: Gathering) -> None:
        if not template.scopes:
            gathering.put(template, chunk)
            return
        gathering.learn(template, chunk, domain)
        self._evict(self._domains.weigh(domain), gathering)


def _step(domain: Domain, sequence: int, steps: int | None, counters: Counters) -> None:
    thread = domain.thread
    late, restarts = thread.late, thread.restarts
    counters.lost += thread.step(sequence, steps, _WINDOW[domain.key.version])
    counters.late += thread.late - late
    counters.restarts += thread.restarts - restarts
