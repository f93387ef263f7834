"""On which days a job has slots: any, those worked or off work, those of heightened duty."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from playbooks.plan import Plan
from situation.clock import CITY_ZONE

Days = Literal["any", "working", "off", "heightened"]

Span = tuple[dt.datetime, dt.datetime]
"""What lies after the first time and not after the second."""

_DAY = dt.timedelta(days=1)
_INSTANT = dt.timedelta(microseconds=1)


def spans(days: Days, since: dt.datetime, until: dt.datetime, plan: Plan) -> Iterator[Span]:
    """Yield what of the time after `since` and not after `until` lies on such days, in order.

    A year whose holidays are not published yet is known by its weekends alone, see `is_guessed`.
    """
    for begin, end in _OF_DAYS[days](since, until, plan):
        # Midnight belongs to the day that begins, as the first instant of a period does to it.
        first, last = max(since, begin - _INSTANT), min(until, end - _INSTANT)
        if first < last:
            yield first, last


def is_guessed(days: Days, at: dt.datetime, plan: Plan) -> bool:
    """Tell whether only the rule of the weekend says that `at` is on such a day."""
    return (
        days in {"working", "off"} and at.astimezone(CITY_ZONE).date() > plan.calendar.known_until
    )


def _any(since: dt.datetime, until: dt.datetime, _plan: Plan) -> Iterator[Span]:
    yield since, until + _DAY


def _working(since: dt.datetime, until: dt.datetime, plan: Plan) -> Iterator[Span]:
    yield from _by_calendar(since, until, plan, is_worked=True)


def _off(since: dt.datetime, until: dt.datetime, plan: Plan) -> Iterator[Span]:
    yield from _by_calendar(since, until, plan, is_worked=False)


def _by_calendar(
    since: dt.datetime, until: dt.datetime, plan: Plan, *, is_worked: bool
) -> Iterator[Span]:
    day, last = since.astimezone(CITY_ZONE).date(), until.astimezone(CITY_ZONE).date()
    while day <= last:
        if plan.calendar.is_working(day) == is_worked:
            begin = dt.datetime.combine(day, dt.time(), CITY_ZONE)
            yield begin, begin + _DAY
        day += _DAY


def _heightened(_since: dt.datetime, until: dt.datetime, plan: Plan) -> Iterator[Span]:
    covered = dt.datetime.min.replace(tzinfo=dt.UTC)
    for period in sorted(plan.heightened, key=lambda row: row.start):
        # Periods may overlap; each time is looked at once.
        begin = max(period.start, covered)
        if begin < period.end and begin <= until:
            yield begin, period.end
            covered = period.end


_OF_DAYS: Mapping[Days, Callable[[dt.datetime, dt.datetime, Plan], Iterator[Span]]] = {
    "any": _any,
    "working": _working,
    "off": _off,
    "heightened": _heightened,
}
