"""Rows a second that the event stores take, from columns as the sensor makes them."""

import os
import pathlib
import tempfile
import time
import uuid
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
from elasticsearch import Elasticsearch

from situation.clock import SystemClock
from situation.events.opening import open_event_store
from situation.events.store import Batch, EventStore
from situation.fields import BY_NAME, FLOW_COLUMNS, FLOW_SCHEMA, Kind

BATCHES = 20
ROWS = 50_000
ELASTIC_ROWS = 10_000
HOSTS = 5000
START_NANOSECONDS = 1_772_323_200_000_000_000
BATCH_NANOSECONDS = 60_000_000_000

_IDS = {"event.id", "citywatch.flow.id", "network.community_id"}
_EMPTY = {"citywatch.drill.id", "network.inner.vlan.id", "dns.question.name", "dns.question.type"}
_CHOSEN: dict[Kind, list[str] | list[bool]] = {
    Kind.IP: [f"10.0.{host >> 8}.{host & 255}" for host in range(HOSTS)],
    Kind.KEYWORD: ["tcp", "udp", "unknown"],
    Kind.BOOLEAN: [True, False],
}

Integers = npt.NDArray[np.int64]


def flows(rows: int, number: int) -> pl.DataFrame:
    """Return one batch with all flow columns, seeded by its number."""
    made = np.random.default_rng(number)
    first = START_NANOSECONDS + number * BATCH_NANOSECONDS
    times = np.sort(first + made.integers(0, BATCH_NANOSECONDS, rows))
    columns = {name: _column(name, made, times) for name in FLOW_COLUMNS}
    return pl.DataFrame(columns).cast(dict(FLOW_SCHEMA))  # type: ignore[arg-type]  # types by name


def _column(name: str, made: np.random.Generator, times: Integers) -> pl.Series:
    rows = len(times)
    if name in _EMPTY:
        return pl.Series([None] * rows, dtype=FLOW_SCHEMA[name])
    if name in _IDS:
        return pl.Series([key.tobytes().hex() for key in made.integers(0, 2**63, (rows, 2))])
    kind = BY_NAME[name].kind
    if kind is Kind.DATE:
        return pl.Series(times)
    if kind in _CHOSEN:
        return pl.Series(made.choice(_CHOSEN[kind], rows).tolist())
    most = 12 if ".flags." in name else 65_535 if name.endswith(".port") else 10**6
    return pl.Series(made.integers(0, most, rows))


def _batches(rows: int) -> Iterator[Batch]:
    for number in range(BATCHES):
        yield Batch("flow", f"bench-{number}", flows(rows, number))


def _written(store: EventStore, rows: int) -> float:
    """Return the rows a second that `store` took; making the rows does not count."""
    store.setup()
    seconds = 0.0
    for batch in _batches(rows):
        began = time.perf_counter()
        store.write(batch)
        seconds += time.perf_counter() - began
    return BATCHES * rows / seconds


def _embedded() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_event_store(folder)
        speed = _written(store, ROWS)
        octets = sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*.parquet"))
        store.close()
    columns = len(FLOW_COLUMNS)
    print(f"embedded store: {speed:,.0f} flow rows/s of {columns} columns (bar: 100,000)")
    print(f"embedded store: {octets / BATCHES / ROWS:,.0f} octets a row")


def _elastic(url: str) -> None:
    prefix = f"bench{uuid.uuid4().hex[:8]}"
    store = open_event_store(url, clock=SystemClock(), prefix=prefix, replicas=0)
    print(f"Elasticsearch: {_written(store, ELASTIC_ROWS):,.0f} flow rows/s, one writer")
    store.close()
    with Elasticsearch(url) as client:
        for index in client.indices.get_settings(index=f"{prefix}-*"):
            client.indices.delete(index=index)
        client.indices.delete_index_template(name=prefix)
        for part in ("fields", "settings"):
            client.cluster.delete_component_template(name=f"{prefix}-{part}")


def run() -> None:
    """Print the figures of the embedded store, and of CITYWATCH_BENCH_ELASTICSEARCH if given."""
    _embedded()
    url = os.environ.get("CITYWATCH_BENCH_ELASTICSEARCH")
    if url:
        _elastic(url)
