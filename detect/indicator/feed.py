"""A feed: a file of the settings, read whole, as indicators and counts of what was left out."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from detect.indicator.csv_feed import rows_of_csv
from detect.indicator.indicator import Known, Read
from detect.indicator.stix import rows_of_stix
from situation.faults import Malformed, Unavailable
from situation.settings import FeedSettings

LARGEST = 256 * 2**20
"""Octets of a file that is read; a larger one is refused."""

Rows = Iterator[Known | str]
"""Indicators, and for what was left out the reason."""

_FORMS: Mapping[str, Callable[[str, FeedSettings, dt.datetime], Rows]] = {
    "csv": rows_of_csv,
    "stix": rows_of_stix,
}


def open_feed(feed: FeedSettings, now: dt.datetime) -> Read:
    """Read the file of a feed. What has expired by `now` is left out.

    Raises `Unavailable` where it cannot be read, `Malformed` where the whole is none of its type.
    """
    try:
        stat = feed.path.stat()
        if stat.st_size > LARGEST:
            raise Malformed(f"{stat.st_size} octets are more than {LARGEST}", where=str(feed.path))
        text = feed.path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Unavailable(error.strerror or str(error), where=str(feed.path)) from error
    except UnicodeDecodeError as error:
        raise Malformed(f"is no UTF-8: {error.reason}", where=str(feed.path)) from error
    # By the file's own time: a feed that nobody writes any more fades, however often it is read.
    written = dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC)
    try:
        return gathered(_FORMS[feed.type](text, feed, written), now)
    except Malformed as fault:
        raise Malformed(fault.reason, where=f"{feed.path} {fault.where}".strip()) from fault


def gathered(rows: Iterable[Known | str], now: dt.datetime) -> Read:
    """Gather the rows of a feed: of what stands twice the one that holds longer is kept."""
    kept: dict[tuple[str, str], Known] = {}
    skipped: Counter[str] = Counter()
    for row in rows:
        if isinstance(row, str):
            skipped[row] += 1
        elif row.valid_until <= now:
            skipped["expired"] += 1
        else:
            key = row.kind, row.value
            skipped["twice"] += key in kept
            if key not in kept or kept[key].valid_until < row.valid_until:
                kept[key] = row
    return Read(tuple(kept.values()), +skipped)
