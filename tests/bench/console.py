"""Pages of the console over HTTP with ten thousand open alerts, as one reader sees them."""

import pathlib
import tempfile
import time

import httpx

from tests.soc_api.web.city import INCIDENT, open_stores, settle
from tests.soc_api.web.holding import add_indicators, hold, schedule, trouble
from tests.soc_api.web.server import serving

ALERTS = 10_000
VISITS = 40
BATCHES = 3
PAGES = ("/", "/alerts", "/alerts?severity=4", f"/incidents/{INCIDENT}", "/measures", "/jobs")


def _slow(client: httpx.Client, path: str) -> float:
    """Return the milliseconds within which 95 of 100 visits are answered, best of the batches."""
    client.get(path).raise_for_status()
    return min(_batch(client, path) for _ in range(BATCHES))


def _batch(client: httpx.Client, path: str) -> float:
    taken = []
    for _ in range(VISITS):
        began = time.perf_counter()
        client.get(path).raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[VISITS * 95 // 100 - 1]


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        state, events = open_stores(pathlib.Path(name))
        settle(state, events, alerts=ALERTS)
        with state.transaction() as session:
            hold(session)
            trouble(session)
            add_indicators(session)
            schedule(session)
        with serving(state, events) as served, served.logged_in() as client:
            for path in PAGES:
                print(f"console {path}: {_slow(client, path):.0f} ms at p95, {ALERTS} open alerts")
        events.close()
        state.close()


if __name__ == "__main__":
    run()
