"""Times of a step: how long it may take, how often it is tried, and when again."""

import datetime as dt
import hashlib

from playbooks.action.action import Action, Effect, Guarantee
from playbooks.cacao.playbook import Step

AUTOMATIC = dt.timedelta(minutes=15)
HUMAN = dt.timedelta(hours=24)
"""How long a step may take if it does not say: one of the platform, one that waits."""

TRIES = 3
"""How often a step is tried again where that is harmless."""

STEPS = tuple(dt.timedelta(seconds=seconds) for seconds in (1, 5, 30))
"""Waits after the first, second ... failure; the last one repeats."""
JITTER = 0.25
"""Part of the wait that is added at most, so that what failed together does not return so."""


def within_of(step: Step, action: Action | None) -> dt.timedelta:
    """Return how long a step may take before it has begun to wait for anybody."""
    if step.within is not None:
        return step.within
    return HUMAN if action is not None and action.by_people else AUTOMATIC


def retries_of(action: Action, step: Step | None = None) -> int:
    """Return how often a step is tried again; what may do harm twice is not, unless it says so."""
    if step is not None and step.retries is not None:
        return step.retries
    risky = action.effect is Effect.DESTROY or action.guarantee is Guarantee.ONCE
    return 0 if risky else TRIES


def next_try(step_run_id: str, attempts: int, now: dt.datetime, wait_seconds: float) -> dt.datetime:
    """Return when the next try is due after so many attempts, 1 or more.

    Never sooner than the other side asked for. The jitter is made of id and number, so that the
    same history gives the same times.
    """
    wait = STEPS[min(attempts, len(STEPS)) - 1]
    drawn = hashlib.blake2b(f"{step_run_id}:{attempts}".encode(), digest_size=4).digest()
    share = int.from_bytes(drawn) / 2**32
    return now + max(wait * (1 + JITTER * share), dt.timedelta(seconds=wait_seconds))
