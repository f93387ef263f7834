"""Pace: how many messages a channel may send, as a bucket of tokens that fills steadily."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `per_minute` messages in any minute, at most `burst` of them at once.

    What is not burst comes back within a minute, so a full bucket and a minute's refill together
    stay within the limit.
    """

    per_minute: int
    burst: int

    @property
    def per_second(self) -> float:
        """Tokens that come back in a second."""
        return max(self.per_minute - self.burst, 1) / 60

    def level(self, tokens: float, counted_at: dt.datetime, now: dt.datetime) -> float:
        """Return the tokens at `now` of a bucket that held `tokens` at `counted_at`."""
        passed = max((now - counted_at).total_seconds(), 0.0)
        return min(tokens + passed * self.per_second, float(self.burst))

    def wait(self, tokens: float, wanted: int = 1) -> dt.timedelta:
        """Return how long it takes until `wanted` tokens are there, a second at least."""
        missing = min(wanted, self.burst) - tokens
        return dt.timedelta(seconds=max(missing / self.per_second, 1.0))


def pace_of(per_minute: int, most_at_once: int) -> Pace:
    """Return a pace with a third of the minute at once, at most `most_at_once`."""
    return Pace(per_minute, max(1, min(per_minute // 3, most_at_once)))
