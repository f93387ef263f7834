"""When to try a store again that did not take a batch: back-off, and a circuit that opens."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0
OPENS_AFTER = 5
PROBE_SECONDS = 15.0
"""Time between two tries while the circuit is open."""
STOPPED_SECONDS = 300.0
"""The same where only a person can help: a right, a version, the wrong product."""

State = Literal["closed", "open", "stopped"]
Chance = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Circuit:
    """How sending goes: `failures` in a row, why, and when the next try is due."""

    state: State = "closed"
    failures: int = 0
    reason: str = ""
    retry_at: float = 0.0

    def failed(
        self,
        reason: str,
        now: float,
        *,
        least_seconds: float = 0.0,
        chance: Chance = random.uniform,
    ) -> "Circuit":
        """Return the circuit after one more failure; pauses have full jitter."""
        failures = self.failures + 1
        opened = failures >= OPENS_AFTER
        longest = min(FIRST_PAUSE_SECONDS * 2 ** min(failures - 1, 20), LONGEST_PAUSE_SECONDS)
        pause = PROBE_SECONDS if opened else chance(0.0, longest)
        state: State = "open" if opened else "closed"
        return Circuit(state, failures, reason, now + max(pause, least_seconds))

    def stopped(self, reason: str, now: float) -> "Circuit":
        """Return the circuit where trying soon again is in vain until somebody acts."""
        return replace(
            self,
            state="stopped",
            failures=self.failures + 1,
            reason=reason,
            retry_at=now + STOPPED_SECONDS,
        )

    def wait_seconds(self, now: float) -> float:
        """Return how long to wait before the next try."""
        return max(self.retry_at - now, 0.0) if self.failures else 0.0
