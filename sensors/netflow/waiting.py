"""Sets that came before their template: kept for a bounded time, in bounded room."""

from collections import OrderedDict, deque
from typing import NamedTuple

from sensors.netflow.domain import Key
from sensors.netflow.wire.message import Message

_SET_OCTETS = 512
"""What a set costs beside its octets."""


class Early(NamedTuple):
    """A set of records without template: body, its place in the message, and the message."""

    body: bytes
    place: int
    message: Message
    identity: str
    received: int


class Waiting:
    """Early sets by domain and template; the oldest are given up first."""

    def __init__(self, octets: int, nanoseconds: int) -> None:
        self._room = octets
        self._patience = nanoseconds
        self._sets: OrderedDict[int, tuple[Key, int, Early]] = OrderedDict()
        self._places: dict[Key, dict[int, deque[int]]] = {}
        self._next = 0
        self._octets = 0

    def __len__(self) -> int:
        """Return how many sets wait."""
        return len(self._sets)

    def keep(self, key: Key, template: int, early: Early) -> int:
        """Keep a set; return how many were given up for it."""
        self._sets[self._next] = (key, template, early)
        self._places.setdefault(key, {}).setdefault(template, deque()).append(self._next)
        self._next += 1
        self._octets += len(early.body) + _SET_OCTETS
        given_up = 0
        while self._octets > self._room:
            self._drop_oldest()
            given_up += 1
        return given_up

    def take(self, key: Key, template: int) -> list[Early]:
        """Return the sets that waited for a template, in the order that they came."""
        owned = self._places.get(key, {})
        places = owned.pop(template, ())
        if not owned:
            self._places.pop(key, None)
        taken = [self._sets.pop(place)[2] for place in places]
        self._octets -= sum(len(early.body) + _SET_OCTETS for early in taken)
        return taken

    def expire(self, now: int) -> int:
        """Give up what waited too long; return how many sets."""
        given_up = 0
        while self._sets:
            _, _, early = next(iter(self._sets.values()))
            if now - early.received <= self._patience:
                break
            self._drop_oldest()
            given_up += 1
        return given_up

    def forget(self, key: Key) -> int:
        """Give up all sets of a domain; return how many."""
        return sum(len(self.take(key, template)) for template in [*self._places.get(key, ())])

    def clear(self) -> int:
        """Give up everything; return how many sets."""
        count = len(self._sets)
        self._sets.clear()
        self._places.clear()
        self._octets = 0
        return count

    def _drop_oldest(self) -> None:
        """Give up the first set; it is also the first of its template."""
        _, (key, template, early) = self._sets.popitem(last=False)
        self._octets -= len(early.body) + _SET_OCTETS
        places = self._places[key][template]
        places.popleft()
        if not places:
            self.take(key, template)
