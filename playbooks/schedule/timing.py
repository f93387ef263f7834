"""When a job is wanted: by the clock on the wall or every so many seconds, in the city's time."""

import datetime as dt
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from situation.clock import CITY_ZONE
from situation.faults import Misconfigured

_FIELDS = ("minute", "hour", "day", "month", "weekday")
_INSTANT = dt.timedelta(microseconds=1)
_EPOCH = dt.datetime(2020, 1, 1, tzinfo=CITY_ZONE)
"""From here steps of seconds are counted, so that every clock knows the same times."""


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many seconds, counted from one instant that never changes."""

    seconds: int

    def __str__(self) -> str:
        """Return it in words of a command line."""
        return f"every {self.seconds} s"


@dataclass(frozen=True, slots=True)
class Cron:
    """Minute, hour, day of the month, month, weekday, as in a crontab; weekdays by name alone.

    The same number is another weekday here and there, so numbers are refused.
    Raises `Misconfigured`.
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse what is no such text."""
        fields = self.text.split()
        if len(fields) != len(_FIELDS):
            raise Misconfigured(f"not the five fields {', '.join(_FIELDS)}", where=self.text)
        if re.search(r"\d", fields[-1]):
            raise Misconfigured("a weekday is mon, tue, wed, thu, fri, sat or sun", where=self.text)
        try:
            trigger_of(self)
        except ValueError as error:
            raise Misconfigured(str(error), where=self.text) from error

    def __str__(self) -> str:
        """Return the fields."""
        return self.text


Timing = Every | Cron


@functools.cache
def trigger_of(timing: Timing) -> BaseTrigger:
    """Return the trigger that says when it fires; both the clock and the slots ask this one."""
    if isinstance(timing, Every):
        return IntervalTrigger(seconds=timing.seconds, start_date=_EPOCH, timezone=CITY_ZONE)
    return CronTrigger.from_crontab(timing.text, timezone=CITY_ZONE)


def fires(timing: Timing, since: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """Yield in UTC when it fires, after `since` and not after `until`."""
    trigger = trigger_of(timing)
    at: dt.datetime | None = trigger.get_next_fire_time(None, (since + _INSTANT))
    while at is not None and at <= until:
        if at > since:
            yield at.astimezone(dt.UTC)
        at = trigger.get_next_fire_time(at, at)
