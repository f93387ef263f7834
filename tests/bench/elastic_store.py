"""Rows a second that the store on Elasticsearch takes, beside a plain loop of prepared bodies."""

import contextlib
import datetime as dt
import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

from elasticsearch import Elasticsearch

from sensors.delivery.parcel import ROWS
from situation.clock import SystemClock
from situation.events.elastic.lines import lines_of
from situation.events.elastic.pace import MOST_IN_FLIGHT
from situation.events.elastic.store import ElasticStore
from situation.events.intake import check_batch
from situation.events.store import Batch, Query
from situation.fields import FLOW_COLUMNS
from tests.bench.flow_rows import flows
from tests.elasticsearch import server

BATCHES = 4
"""Batches of a measurement, as large as delivery makes them; one more goes before."""
ROUNDS = 3
BODY_OCTETS = 2 * 2**20
JAVA = "-Xms1g -Xmx1g"
BAR = 0.9
DAY = "2026.03.01"
SENT = "2026-03-01T12:00:00.000000000Z"
START, END = dt.datetime(2026, 3, 1, tzinfo=dt.UTC), dt.datetime(2026, 3, 2, tzinfo=dt.UTC)

Writer = Callable[[ElasticStore, Elasticsearch, Sequence[Batch]], float]


def run() -> None:
    """Print both speeds and their ratio; the server is ours, or CITYWATCH_BENCH_ELASTICSEARCH."""
    with _server() as url:
        _speed(url, _plain, 0)  # warms up what Java compiles
        plain, ours = 0.0, 0.0
        for number in range(ROUNDS):
            plain = max(plain, _speed(url, _plain, 2 * number + 1))
            ours = max(ours, _speed(url, _ours, 2 * number + 2))
    columns = len(FLOW_COLUMNS)
    print(f"Elasticsearch, {MOST_IN_FLIGHT} requests in flight, flow rows of {columns} columns")
    print(f"  plain loop of prepared bodies: {plain:,.0f} rows/s")
    met = "met" if ours >= BAR * plain else "MISSED"
    print(f"  the store, from columns: {ours:,.0f} rows/s")
    print(f"  ratio {ours / plain:.2f}, bar {BAR}: {met}")


@contextlib.contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("CITYWATCH_BENCH_ELASTICSEARCH")
    if given:
        yield given
        return
    running = server.start(java_options=JAVA)
    try:
        yield running.url
    finally:
        running.stop()


def _speed(url: str, write: Writer, number: int) -> float:
    """Return the rows a second that a new index took; making rows or bodies does not count."""
    prefix = f"bench{uuid.uuid4().hex[:8]}"
    first = number * (BATCHES + 1)
    batches = [Batch("flow", "b", flows(ROWS, first + one)) for one in range(BATCHES + 1)]
    store = ElasticStore(url, SystemClock(), prefix=prefix, replicas=0)
    store.setup()
    with Elasticsearch(url, request_timeout=60) as client:
        seconds = write(store, client, batches)
        assert store.count(Query("flow", START, END)) == (BATCHES + 1) * ROWS
        _clear(client, prefix)
    store.close()
    return BATCHES * ROWS / seconds


def _plain(store: ElasticStore, client: Elasticsearch, batches: Sequence[Batch]) -> float:
    """Return the seconds that the bare requests took, the first batch's not counted."""
    before, *bodies = [list(_bodies(store.prefix, batch)) for batch in batches]
    with ThreadPoolExecutor(MOST_IN_FLIGHT) as threads:
        list(threads.map(lambda body: client.bulk(operations=body), before))
        began = time.perf_counter()
        list(threads.map(lambda body: client.bulk(operations=body), chain(*bodies)))
        seconds = time.perf_counter() - began
    client.indices.refresh(index=f"{store.prefix}-flow-{DAY}")
    return seconds


def _ours(store: ElasticStore, _: Elasticsearch, batches: Sequence[Batch]) -> float:
    """Return the seconds that the store took, making of bodies and showing of rows included."""
    store.write(batches[0])
    began = time.perf_counter()
    for batch in batches[1:]:
        assert store.write(batch).acked == ROWS
    return time.perf_counter() - began


def _bodies(prefix: str, batch: Batch) -> Iterator[Any]:
    lines = lines_of(check_batch(batch).frame, {0: f"{prefix}-flow-{DAY}"}, 0)
    yield from (part.body(SENT) for part in lines.cut(BODY_OCTETS))


def _clear(client: Elasticsearch, prefix: str) -> None:
    for index in client.indices.get_settings(index=f"{prefix}-*"):
        client.indices.delete(index=index)
    client.indices.delete_index_template(name=prefix)
    for part in ("fields", "settings"):
        client.cluster.delete_component_template(name=f"{prefix}-{part}")
