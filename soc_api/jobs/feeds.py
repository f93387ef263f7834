"""Reading the feeds of the settings into the table of indicators."""

from collections import Counter
from collections.abc import Mapping

from detect.indicator.feed import open_feed
from detect.indicator.storing import bring_in, drop_expired
from situation.faults import Fault, Malformed, Unavailable
from soc_api.wiring import City


def read_feeds(city: City) -> Mapping[str, int]:
    """Read every feed and drop what has expired; a feed that is away does not keep the others.

    Raises `Malformed` or, where all that is wrong is a file that is away, `Unavailable`, once the
    others were read.
    """
    counts: Counter[str] = Counter()
    faults: list[Fault] = []
    for name, feed in city.settings.feeds.items():
        now = city.clock.now()
        try:
            read = open_feed(feed, now)
        except Fault as fault:
            faults.append(type(fault)(fault.reason, where=f"feeds.{name} {fault.where}".strip()))
            continue
        counts.update(bring_in(city.state, name, read.indicators, now))
        counts.update({f"skipped {reason}": n for reason, n in read.skipped.items()})
    with city.state.transaction() as session:
        counts["expired"] += drop_expired(session, tuple(city.settings.feeds), city.clock.now())
    if faults:
        # A file that is broken now may be half written: it is tried again like one that is away.
        told = "; ".join(str(fault) for fault in faults)
        raise Unavailable(told) if _wait(faults) else Malformed(told)
    return counts


def _wait(faults: list[Fault]) -> bool:
    return all(isinstance(fault, Unavailable) for fault in faults)
