"""Rows a second that the embedded event store takes, and how a detector follows it."""

import datetime as dt
import pathlib
import tempfile
import time
from collections.abc import Callable, Iterator

import polars as pl

from situation.clock import SetClock
from situation.events.opening import open_event_store
from situation.events.store import Batch, EventStore
from situation.fields import FLOW_COLUMNS
from tests.bench.flow_rows import flows
from tests.bench.log_rows import logs

ROUNDS = 3
BATCHES = 10
FLOWS, LOGS = 50_000, 20_000
SMALL_BATCHES, SMALL = 500, 200

_Making = Callable[[int, int], pl.DataFrame]


def run() -> None:
    """Print speed and size of flows and logs, then how quickly small batches are followed."""
    flow_bar = f"flow rows/s of {len(FLOW_COLUMNS)} columns (bar: 200,000)"
    _print_speed(flow_bar, _batches("flow", flows, FLOWS), FLOWS)
    _print_speed("log events/s (bar: 100,000)", _batches("log", logs, LOGS), LOGS)
    with tempfile.TemporaryDirectory() as folder:
        _print_following(folder)


def _batches(dataset: str, making: _Making, rows: int) -> list[Batch]:
    return [Batch(dataset, f"bench-{at}", making(rows, at)) for at in range(BATCHES)]


def _print_speed(what: str, batches: list[Batch], rows: int) -> None:
    best, octets = 0.0, 0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            store = open_event_store(folder)
            best = max(best, rows * BATCHES / sum(_seconds(store, batches)))
            octets = sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*.parquet"))
            store.close()
    print(f"embedded store: {best:,.0f} {what}, best of {ROUNDS}")
    print(f"embedded store: {octets / BATCHES / rows:,.0f} octets a row")


def _seconds(store: EventStore, batches: list[Batch]) -> Iterator[float]:
    store.setup()
    for batch in batches:
        began = time.perf_counter()
        store.write(batch)
        yield time.perf_counter() - began


def _print_following(folder: str) -> None:
    clock = SetClock(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    store = open_event_store(folder, clock=clock)
    small = [Batch("log", f"small-{at}", logs(SMALL, at)) for at in range(SMALL_BATCHES)]
    seconds = []
    for spent in _seconds(store, small):
        seconds.append(spent)
        clock.advance(dt.timedelta(minutes=1))
    files = len(list(pathlib.Path(folder).rglob("*.parquet")))
    print(f"embedded store: {SMALL_BATCHES} batches of {SMALL} log events lie in {files} files")
    print(f"embedded store: the middle one took {sorted(seconds)[SMALL_BATCHES // 2]:.3f} s")
    began = time.perf_counter()
    rows = sum(part.frame.height for part in store.follow("log", None))
    print(f"embedded store: {rows / (time.perf_counter() - began):,.0f} log events/s followed")
    store.close()
