"""Working days: holidays and made-up days as rows, and when a limit ends."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, model_validator

from playbooks.plan.row import Row, Sourced
from situation.clock import CITY_ZONE

_SATURDAY = 5
_DAY = dt.timedelta(days=1)

Day = Annotated[dt.date, Field(strict=False)]


class Limit(Row):
    """How long something may take: `minutes` of the calendar, or `working_days`; never both."""

    minutes: Annotated[int, Field(gt=0)] | None = None
    working_days: Annotated[int, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "Limit":
        if (self.minutes is None) == (self.working_days is None):
            raise ValueError("a limit is either minutes or working_days")
        return self

    @property
    def words(self) -> tuple[str, str]:
        """Return the limit in Chinese and in English."""
        if self.minutes is None:
            days = self.working_days or 0
            return f"{days} 个工作日", f"{days} working day{'s' if days > 1 else ''}"
        hours, rest = divmod(self.minutes, 60)
        if rest:
            return f"{self.minutes} 分钟", f"{self.minutes} minutes"
        return f"{hours} 小时", f"{hours} hour{'s' if hours > 1 else ''}"

    def shortened(self, factor: float) -> "Limit":
        """Return the limit times `factor`, at least one minute or one working day."""
        if self.minutes is not None:
            return Limit(minutes=max(1, int(self.minutes * factor)))
        return Limit(working_days=max(1, int((self.working_days or 1) * factor)))


class CalendarYear(Sourced):
    """A year whose holidays are published, with the document that did it."""

    year: Annotated[int, Field(ge=2000, le=2100)]
    document: str

    @property
    def name(self) -> str:
        """Return the year."""
        return str(self.year)


class Holiday(Sourced):
    """Days off work in a row, both ends included, weekends among them."""

    key: str
    zh: str
    en: str
    first: Day
    last: Day

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> "Holiday":
        if self.last < self.first:
            raise ValueError("the last day is before the first")
        return self

    @property
    def name(self) -> str:
        """Return the key and the first day."""
        return f"{self.key}:{self.first}"

    @property
    def days(self) -> tuple[dt.date, ...]:
        """Return each of the days."""
        return tuple(self.first + _DAY * n for n in range((self.last - self.first).days + 1))


class WorkingWeekend(Sourced):
    """A Saturday or Sunday on which people work to make up for a holiday (调休)."""

    day: Day

    @model_validator(mode="after")
    def _is_a_weekend(self) -> "WorkingWeekend":
        if self.day.weekday() < _SATURDAY:
            raise ValueError(f"{self.day} is no Saturday or Sunday")
        return self

    @property
    def name(self) -> str:
        """Return the day."""
        return str(self.day)


class WorkingHours(Sourced):
    """When a working day ends, in the city's time."""

    end: Annotated[dt.time, Field(strict=False)]


class Calendar:
    """Says which days are worked and when a limit ends.

    Beyond `known_until` only the rule of the weekend is known.
    """

    def __init__(
        self,
        years: Iterable[CalendarYear],
        holidays: Iterable[Holiday],
        worked: Iterable[WorkingWeekend],
        end: dt.time,
    ) -> None:
        self._free = {day: row for row in holidays for day in row.days}
        self._worked = frozenset(row.day for row in worked)
        self._end = end
        self.known_until = dt.date(max(row.year for row in years), 12, 31)

    def is_working(self, day: dt.date) -> bool:
        """Say whether people work on that day."""
        if day in self._worked:
            return True
        return day not in self._free and day.weekday() < _SATURDAY

    def holiday(self, day: dt.date) -> Holiday | None:
        """Return the holiday that a day belongs to."""
        return self._free.get(day)

    def due(self, start: dt.datetime, limit: Limit) -> dt.datetime:
        """Return when `limit` ends; the last minute is still in time.

        Working days are counted after the day of `start` in the city's time; the end of the
        last one counts. Minutes run through nights and holidays.
        """
        if limit.minutes is not None:
            return start + dt.timedelta(minutes=limit.minutes)
        day = start.astimezone(CITY_ZONE).date()
        for _ in range(limit.working_days or 0):
            day = self._next_working(day)
        return dt.datetime.combine(day, self._end, CITY_ZONE).astimezone(dt.UTC)

    def _next_working(self, day: dt.date) -> dt.date:
        day += _DAY
        while not self.is_working(day):
            day += _DAY
        return day
