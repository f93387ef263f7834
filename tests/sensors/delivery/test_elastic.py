"""A real server is killed under load and comes back: each row lies in it exactly once."""

import contextlib
import pathlib
import threading
import time
from collections.abc import Iterator

import pytest

from sensors.delivery.health import DeliveryHealth
from sensors.delivery.opening import Way, open_way
from situation.clock import SystemClock
from situation.events.elastic.store import ElasticStore
from situation.settings import SpoolSettings
from tests.elasticsearch import server
from tests.sensors.delivery.building import stored
from tests.sensors.spool.building import record

pytestmark = [pytest.mark.elastic, pytest.mark.xdist_group("elastic")]

ROWS = 50
BACK_SECONDS = 120.0


@pytest.fixture
def own_server() -> Iterator[server.Server]:
    running = server.start()
    yield running
    running.stop()


@contextlib.contextmanager
def _delivering(way: Way) -> Iterator[list[DeliveryHealth]]:
    """Run the loop in a thread; yield what it tells of its health."""
    stop, told = threading.Event(), list[DeliveryHealth]()
    loop = threading.Thread(target=way.delivery.run, args=(stop, told.append))
    loop.start()
    try:
        yield told
    finally:
        stop.set()
        loop.join()


def _wait_for(way: Way, *, stored_rows: int) -> None:
    until = time.monotonic() + BACK_SECONDS
    while way.delivery.health().stored < stored_rows:
        assert time.monotonic() < until
        time.sleep(0.05)


def _put(way: Way, first: int, records: int) -> int:
    for number in range(first, first + records * ROWS, ROWS):
        way.spool.put(record(number, ROWS))
    way.spool.sync()
    return first + records * ROWS


def _wait_until_noticed(told: list[DeliveryHealth]) -> DeliveryHealth:
    until = time.monotonic() + BACK_SECONDS
    while not told or not told[-1].circuit_reason:
        assert time.monotonic() < until
        time.sleep(0.05)
    return told[-1]


def test_a_server_killed_under_load_has_each_row_once_when_it_is_back(
    own_server: server.Server, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensors.delivery.circuit.PROBE_SECONDS", 1.0)
    store = ElasticStore(own_server.url, SystemClock(), prefix="spooled", patience_seconds=1.0)
    store.setup()
    with open_way(
        tmp_path, sensor="gate", store=store, clock=SystemClock(), settings=SpoolSettings()
    ) as way:
        with _delivering(way) as told:
            put = _put(way, 0, 100)
            _wait_for(way, stored_rows=1)
            put = _put(way, put, 100)
            own_server.kill()
            put = _put(way, put, 100)
            assert _wait_until_noticed(told).waiting > 0
            own_server.resume()
            own_server.ready()
        way.delivery.drain(BACK_SECONDS)
        health = way.delivery.health()
    assert (health.put, health.waiting, health.rejected) == (put, 0, {})
    assert health.stored + health.duplicates == put
    assert sorted(stored(store)) == list(range(put))
    store.close()
