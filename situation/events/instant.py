"""Instants as nanoseconds since 1970, the one form in which both stores compare time."""

import datetime as dt

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SECOND = 1_000_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
END = 2**63
"""First instant that neither store can hold, in the year 2262."""


def nanoseconds(at: dt.datetime) -> int:
    """Return the nanoseconds from 1970 to the aware time `at`, exactly; negative before."""
    since = at - EPOCH
    return (since.days * 86400 + since.seconds) * SECOND + since.microseconds * 1000


def iso_text(nanos: int) -> str:
    """Return ISO 8601 in UTC with nine digits and `Z` for 0 <= `nanos` < `END`."""
    seconds, fraction = divmod(nanos, SECOND)
    whole = EPOCH + dt.timedelta(seconds=seconds)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def iso_nanoseconds(text: str) -> int:
    """Return the nanoseconds that `iso_text` wrote; raise ValueError on another form."""
    whole = dt.datetime.strptime(f"{text[:19]}+0000", "%Y-%m-%dT%H:%M:%S%z")
    if len(text) != len("1970-01-01T00:00:00.000000000Z") or text[19] + text[-1] != ".Z":
        raise ValueError(text)
    return nanoseconds(whole) + int(text[20:29])


def day_of(nanos: int) -> dt.date:
    """Return the UTC day that holds the instant."""
    return (EPOCH + dt.timedelta(days=nanos // DAY)).date()


def day_number(day: dt.date) -> int:
    """Return how many days after 1970-01-01 `day` is."""
    return (day - EPOCH.date()).days
