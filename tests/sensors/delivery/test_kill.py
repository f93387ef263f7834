"""Workers that are killed at any point lose nothing that was acknowledged, and double nothing."""

import os
import pathlib
import select
import subprocess
import sys
import time

from sensors.delivery.dead import letters_of
from sensors.delivery.delivery import KILLED
from situation.clock import SystemClock
from situation.events.parquet.store import ParquetStore
from tests.sensors.delivery.building import stored
from tests.sensors.delivery.worker import SOURCE, opened
from tests.sensors.spool.building import record, seeded
from tests.testdata import ROOT

ROUNDS = 50 if os.environ.get("CITYWATCH_SOAK") else 4
WORKER = (sys.executable, "-m", "tests.sensors.delivery.worker")


def _killed_after(folder: pathlib.Path, seconds: float) -> int:
    """Let a worker run until it is at work and `seconds` more; return what it acknowledged."""
    with subprocess.Popen(
        [*WORKER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    ) as worker:
        assert worker.stdout is not None
        told = b""
        until = time.monotonic() + 60
        while not told and time.monotonic() < until:
            if select.select([worker.stdout], [], [], 1)[0]:
                told = os.read(worker.stdout.fileno(), 2**16)
        time.sleep(seconds)
        worker.kill()
        told += worker.stdout.read()
    return int(told.split(b"\n")[-2])


def test_every_acknowledged_row_is_in_the_store_exactly_once(tmp_path: pathlib.Path) -> None:
    chance = seeded(7)
    acknowledged = 0
    for _ in range(ROUNDS):
        reached = _killed_after(tmp_path, chance.uniform(0, 0.4))
        assert reached > acknowledged
        acknowledged = reached
    store = ParquetStore(tmp_path / "events", SystemClock())
    with opened(tmp_path, store) as way:
        way.delivery.drain(10.0)
        health = way.delivery.health()
        put = int(way.spool.place(SOURCE) or 0)
    found = sorted(stored(store))
    store.close()
    assert found == list(range(put))
    assert put >= acknowledged
    assert health.put == put
    assert health.stored + health.duplicates == put
    assert (health.waiting, health.rejected) == (0, {})


def test_a_document_that_kills_the_worker_is_found_by_halving(tmp_path: pathlib.Path) -> None:
    store = ParquetStore(tmp_path / "events", SystemClock())
    store.setup()
    with opened(tmp_path, store) as way:
        for first in (0, 2, 4, 6):
            way.spool.put(record(first, 2))
        way.spool.put(record(8, 4))
    deaths = 0
    while subprocess.run([*WORKER, str(tmp_path), "9"], cwd=ROOT, check=False).returncode:
        deaths += 1
        assert deaths < 12
    assert deaths > 2
    assert sorted(stored(store)) == [number for number in range(12) if number != 9]
    store.close()
    (path,) = (tmp_path / "spool" / "dead").glob("*.ndjson")
    (letter,) = letters_of(path)
    assert (letter.reason, letter.document["event.id"]) == (KILLED, "id-9")
