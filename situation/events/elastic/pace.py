"""How much is sent at once, and how long to wait after a failure."""

import random
from dataclasses import dataclass, field

MOST_IN_FLIGHT = 4
_MOST_OCTETS, _LEAST_OCTETS, _STEP_OCTETS = 2 * 2**20, 64 * 2**10, 128 * 2**10
_PARTS_FOR_ANOTHER = 8
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 60.0


@dataclass(slots=True)
class Pace:
    """Requests in flight and octets of each: a little more after successes, half after a refusal.

    Additive increase and multiplicative decrease (RFC 5681, 3.1) find what a server takes
    whose load nobody tells us.
    """

    in_flight: int = 2
    octets: int = 2**20
    _taken: int = 0

    def grow(self) -> None:
        """Note a request that the server took."""
        self.octets = min(self.octets + _STEP_OCTETS, _MOST_OCTETS)
        self._taken += 1
        if self._taken % _PARTS_FOR_ANOTHER == 0:
            self.in_flight = min(self.in_flight + 1, MOST_IN_FLIGHT)

    def shrink(self) -> None:
        """Note that the server asked for less."""
        self.octets = max(self.octets // 2, _LEAST_OCTETS)
        self.in_flight = max(self.in_flight // 2, 1)
        self._taken = 0


@dataclass(slots=True)
class BackOff:
    """Pauses that double, each drawn anew between nothing and its limit (full jitter)."""

    drawn: random.Random = field(default_factory=random.Random)
    _limit: float = _FIRST_PAUSE_SECONDS

    def pause(self) -> float:
        """Return the seconds to wait now."""
        limit, self._limit = self._limit, min(self._limit * 2, _LONGEST_PAUSE_SECONDS)
        return self.drawn.uniform(0, limit)

    def reset(self) -> None:
        """Begin again with the shortest pause."""
        self._limit = _FIRST_PAUSE_SECONDS
