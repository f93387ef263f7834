"""Observation domains: templates, announcements and sequence of one exporter's source."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from weakref import WeakValueDictionary

from sensors.netflow.flow.announcement import Announced, is_for_whole_exporter
from sensors.netflow.flow.identity import number_of
from sensors.netflow.sequence import Thread
from sensors.netflow.wire.records import Records
from sensors.netflow.wire.template import Template


class Key(NamedTuple):
    """Whose templates these are (RFC 3954, 5.1; RFC 7011, 8)."""

    exporter: str
    version: int
    number: int


@dataclass(slots=True)
class Domain:
    """What is remembered of one observation domain."""

    key: Key
    hash: int
    shared: Announced
    """How all domains of its exporter sample."""
    templates: dict[int, Template] = field(default_factory=dict)
    announced: Announced = field(default_factory=Announced)
    thread: Thread = field(default_factory=Thread)
    weighed: int = 0
    """What was found when it was weighed last."""

    @property
    def weight(self) -> int:
        """Fields of its templates and entries of its tables: what it costs in memory."""
        fields = sum(len(template.fields) for template in self.templates.values())
        return fields + self.announced.names

    @property
    def known(self) -> Announced:
        """What holds for its flows: what it announced itself goes before what is shared."""
        own, shared = self.announced, self.shared
        samplers = {**shared.samplers, **own.samplers} if shared.samplers else own.samplers
        return replace(own, interval=own.interval or shared.interval, samplers=samplers)

    def learn(self, options: Records) -> None:
        """Take over what options records say."""
        self.announced.learn(options)
        if is_for_whole_exporter(options):
            self.shared.learn_sampling(options)

    def begin_anew(self) -> None:
        """Forget what the exporter forgot when it began anew."""
        self.templates.clear()
        self.announced = Announced()
        self.thread.begin_anew()

    def withdraw(self, number: int, *, options: bool) -> None:
        """Forget a template, or all of a sort where the number is that of their sets."""
        if number == (3 if options else 2):
            kept = {
                one: template
                for one, template in self.templates.items()
                if bool(template.scopes) != options
            }
            self.templates.clear()
            self.templates.update(kept)
        else:
            self.templates.pop(number, None)


class Domains:
    """The observation domains that were heard of last: at most `most`, of `weight` together."""

    def __init__(self, most: int, weight: int) -> None:
        self._most = most
        self._limit = weight
        self._weight = 0
        self._by_key: OrderedDict[Key, Domain] = OrderedDict()
        self._shared: WeakValueDictionary[tuple[str, int], Announced] = WeakValueDictionary()

    def __len__(self) -> int:
        """Return how many domains are known."""
        return len(self._by_key)

    def of(self, key: Key) -> tuple[Domain, tuple[Key, ...]]:
        """Return the domain of a key, and whose domain had to be forgotten for it."""
        found = self._by_key.get(key)
        if found is not None:
            self._by_key.move_to_end(key)
            return found, ()
        gone = (self._forget_oldest(),) if len(self._by_key) >= self._most else ()
        shared = self._shared.setdefault((key.exporter, key.version), Announced())
        found = Domain(key, number_of(key.exporter, key.number), shared)
        self._by_key[key] = found
        return found, gone

    def weigh(self, domain: Domain) -> tuple[Key, ...]:
        """See what a domain costs now; return whose domains had to be forgotten for it."""
        weight = domain.weight
        self._weight += weight - domain.weighed
        domain.weighed = weight
        gone = []
        while self._weight > self._limit and len(self._by_key) > 1:
            gone.append(self._forget_oldest())
        return tuple(gone)

    def all(self) -> tuple[Domain, ...]:
        """Return all domains, the one heard of last at the end."""
        return tuple(self._by_key.values())

    def _forget_oldest(self) -> Key:
        key, domain = self._by_key.popitem(last=False)
        self._weight -= domain.weighed
        return key
