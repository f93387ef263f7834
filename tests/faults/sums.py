"""The sums of a sensor's report, and what its store holds."""

import datetime as dt
from collections import Counter

from situation.events.dataset import LOG
from situation.events.store import EventStore, Query
from situation.sensor_status import InputStatus, SensorStatus, SpoolStatus

EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2262, 1, 1, tzinfo=dt.UTC)
ALL = Query(LOG, EARLIEST, LATEST)


def reconciles(report: SensorStatus, *, at_rest: bool = False) -> None:
    """Assert that every row and every line is in exactly one bucket.

    Of a sensor at rest nothing of the inputs is at hand any more.
    """
    assert report.spool.accepted == settled(report.spool) + report.spool.waiting, report.spool
    for one in report.inputs:
        at_hand = one.received - bucketed(one)
        assert at_hand == 0 if at_rest else at_hand >= 0, one


def settled(spool: SpoolStatus) -> int:
    """Return the rows that have their outcome."""
    dead = sum(spool.dead_letters.values())
    return spool.stored + spool.duplicates + dead + spool.damaged


def bucketed(one: InputStatus) -> int:
    """Return the lines of an input that are handed over, skipped or shed."""
    return one.events + sum(one.skipped.values()) + sum(one.shed.values())


def originals(store: EventStore) -> Counter[str]:
    """Return how often the store holds each raw line; no id may be there twice."""
    counts: Counter[str] = Counter()
    ids: Counter[str] = Counter()
    for frame in store.scan(ALL, ["event.original", "event.id"]):
        counts.update(frame["event.original"].to_list())
        ids.update(frame["event.id"].to_list())
    assert ids.total() == len(ids)
    return counts
