"""Time is an argument: everything that needs the present takes a clock."""

import datetime as dt
import zoneinfo
from typing import Protocol

CITY_ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the present as an aware UTC time."""

    def now(self) -> dt.datetime:
        """Return the present in UTC."""
        ...


class SystemClock:
    """The clock of the machine; the only place that reads it."""

    def now(self) -> dt.datetime:
        """Return the machine's time in UTC."""
        return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is the clock that others are given


class SetClock:
    """A clock that stands where it was set, for drills and tests."""

    def __init__(self, at: dt.datetime) -> None:
        self._at = at.astimezone(dt.UTC)

    def now(self) -> dt.datetime:
        """Return the time that was set."""
        return self._at

    def advance(self, by: dt.timedelta) -> None:
        """Move the clock forward by `by`."""
        self._at += by
