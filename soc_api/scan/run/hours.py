"""The hours in which a scan may read: by the city's time, over midnight as well."""

import datetime as dt

from situation.clock import CITY_ZONE


def may_read(hours: str, now: dt.datetime) -> bool:
    """Tell whether `now` lies in hours of the form `HH:MM-HH:MM`; empty is always.

    The end is not in it. Equal ends mean the whole day.
    """
    if not hours:
        return True
    begin, end = (dt.time.fromisoformat(one) for one in hours.split("-"))
    at = now.astimezone(CITY_ZONE).time()
    if begin < end:
        return begin <= at < end
    return at >= begin or at < end


def opens_at(hours: str, now: dt.datetime) -> dt.datetime:
    """Return when the scan may read next: `now` where it may."""
    if may_read(hours, now):
        return now
    begin = dt.time.fromisoformat(hours.split("-", maxsplit=1)[0])
    local = now.astimezone(CITY_ZONE)
    at = dt.datetime.combine(local.date(), begin, CITY_ZONE)
    if at <= local:
        at += dt.timedelta(days=1)
    return at.astimezone(dt.UTC)
