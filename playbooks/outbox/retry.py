"""When a delivery that failed is tried again."""

import datetime as dt
import hashlib

STEPS = tuple(dt.timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 18000))
"""Waits after the first, second ... failure; the last one repeats."""
JITTER = 0.25
"""Part of the wait that is added at most, so that what failed together does not return so."""


def next_try(delivery_id: str, failures: int, now: dt.datetime, wait_seconds: float) -> dt.datetime:
    """Return when the next try is due after so many failures, 1 or more.

    Never sooner than the other side asked for. The jitter is made of id and number, so that the
    same history gives the same times.
    """
    step = STEPS[min(failures, len(STEPS)) - 1]
    drawn = hashlib.blake2b(f"{delivery_id}:{failures}".encode(), digest_size=4).digest()
    share = int.from_bytes(drawn) / 2**32
    return now + max(step * (1 + JITTER * share), dt.timedelta(seconds=wait_seconds))
