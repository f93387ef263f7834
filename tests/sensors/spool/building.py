"""Spools and records as the tests of spool and delivery make them."""

import datetime as dt
import os
import pathlib
import random
from collections.abc import Iterable

import polars as pl

from sensors.record import Priority, Record
from sensors.spool.disk import Disk
from sensors.spool.reader import Taken
from sensors.spool.spool import Spool
from situation.clock import SetClock
from situation.fields import frame_schema
from situation.settings import SpoolSettings

NOW = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
SETTINGS = SpoolSettings(sync_events=10**6, sync_milliseconds=10**9)
"""Nothing is synced but on order."""


class Stopwatch:
    """Monotonic seconds that pass on order."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def opened(
    folder: pathlib.Path,
    disk: Disk | None = None,
    *,
    settings: SpoolSettings = SETTINGS,
    watch: Stopwatch | None = None,
    clock: SetClock | None = None,
) -> Spool:
    return Spool(
        folder,
        sensor="gate",
        clock=clock or SetClock(NOW),
        settings=settings,
        disk=disk,
        monotonic=watch or Stopwatch(),
    )


def rows(first: int, count: int, text: str = "line") -> pl.DataFrame:
    """Return log rows whose ids are the numbers from `first` on."""
    numbers = range(first, first + count)
    schema = frame_schema(("@timestamp", "event.id", "message"))
    return pl.DataFrame(
        {
            "@timestamp": [NOW + dt.timedelta(seconds=number) for number in numbers],
            "event.id": [f"id-{number}" for number in numbers],
            "message": [f"{text} {number}" for number in numbers],
        },
        schema=schema,
    )


def record(
    first: int,
    count: int = 1,
    *,
    priority: Priority = Priority.LOG,
    dataset: str = "log",
    text: str = "line",
    name: str = "",
    places: dict[str, str] | None = None,
) -> Record:
    return Record(dataset, rows(first, count, text), priority, name, places or {})


def ids(taken: Iterable[Taken]) -> list[int]:
    return [int(text[3:]) for one in taken for text in one.frame["event.id"]]


def drained(spool: Spool) -> list[int]:
    """Take and acknowledge all there is; return the numbers of the rows."""
    found: list[int] = []
    while taken := spool.take(1000, 2**20):
        found += ids(taken)
        spool.acknowledge(taken[-1].end, {})
    return found


def reconciles(spool: Spool) -> bool:
    state = spool.state()
    return state.put == state.waiting + sum(state.settled.values()) + sum(state.shed.values())


def abandon(spool: Spool) -> None:
    """Let the folder go as a killed process does: nothing is flushed."""
    os.close(spool._held)  # noqa: SLF001 - the lock is what a process that died gives back


def seeded(seed: int) -> random.Random:
    """Return chance that is the same in every run."""
    return random.Random(seed)  # noqa: S311 - nothing is kept secret
