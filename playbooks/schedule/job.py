"""A job of the list, and the slots that it has between two times: pure, whoever asks."""

import datetime as dt
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from playbooks.plan import Plan
from playbooks.schedule.days import Days, spans
from playbooks.schedule.timing import Timing, fires

Rule = Literal["coalesce", "catch_up"]
Lane = Literal["quick", "slow"]

MOST_CAUGHT_UP = 1_000
"""Slots that a job catches up with at most after a gap; older ones are counted as left out."""

_HORIZON = dt.timedelta(days=800)
_LOOK_BACK = tuple(dt.timedelta(hours=hours) for hours in (1, 24, 24 * 9, 24 * 70))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job. `name` never changes; slots are kept under it.

    Of several missed slots `coalesce` wants the newest alone, `catch_up` all. A worker of the
    lane holds a slot for `lease_seconds` and renews it while the work lasts; after so many
    `retries` a slot has failed for good. `grace_seconds` is how late a success may be before the
    job counts as stale. What an `audited` job did stands in the audit; a sweep of every few
    seconds is told of where it fails.
    """

    name: str
    zh: str
    en: str
    timing: Timing
    rule: Rule = "coalesce"
    days: Days = "any"
    lane: Lane = "slow"
    lease_seconds: int = 60
    retries: int = 3
    grace_seconds: int = 900
    audited: bool = True


@dataclass(frozen=True, slots=True)
class DueSlots:
    """Slots to be laid, in order, and how many older ones were left out."""

    slots: tuple[dt.datetime, ...]
    left_out: int = 0


def slots(job: JobRow, since: dt.datetime, until: dt.datetime, plan: Plan) -> Iterator[dt.datetime]:
    """Yield the slots of a job after `since` and not after `until`, in UTC and in order."""
    for first, last in spans(job.days, since, until, plan):
        yield from fires(job.timing, first, last)


def due_slots(job: JobRow, since: dt.datetime, until: dt.datetime, plan: Plan) -> DueSlots:
    """Return what is to be laid for the time after `since` and not after `until`, by the rule.

    An ordinary tick and what follows a gap of days are the same question.
    """
    if job.rule == "coalesce":
        newest = newest_slot(job, since, until, plan)
        return DueSlots((newest,) if newest else ())
    kept: deque[dt.datetime] = deque(maxlen=MOST_CAUGHT_UP)
    count = 0
    for count, slot in enumerate(slots(job, since, until, plan), 1):  # noqa: B007 - read below
        kept.append(slot)
    return DueSlots(tuple(kept), count - len(kept))


def newest_slot(
    job: JobRow, since: dt.datetime, until: dt.datetime, plan: Plan
) -> dt.datetime | None:
    """Return the last slot after `since` and not after `until`; a long gap is read from its end."""
    for back in (*_LOOK_BACK, until - since):
        found = deque(slots(job, max(since, until - back), until, plan), maxlen=1)
        if found or until - back <= since:
            return found[0] if found else None
    return None


def next_slot(job: JobRow, after: dt.datetime, plan: Plan) -> dt.datetime | None:
    """Return the first slot after a time, None where there is none in the next two years."""
    return next(slots(job, after, after + _HORIZON, plan), None)
