"""The embedded store under faults: writers that are killed, disks that are full or refuse."""

import contextlib
import datetime as dt
import os
import pathlib
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import polars as pl
import pytest

from situation.clock import SetClock
from situation.events.instant import DAY
from situation.events.parquet.store import ParquetStore
from situation.events.store import Batch, Query
from situation.faults import Unavailable
from situation.fields import POLARS_TYPES, Kind
from tests.situation.events import made
from tests.testdata import ROOT, missing

ROUNDS = 50 if os.environ.get("CITYWATCH_SOAK") == "1" else 4
CLOCK = SetClock(made.START + dt.timedelta(hours=10))
ALL = Query("log", made.START - dt.timedelta(days=40), made.END)
ROWS = 400
DISK_MIB = 2

WRITER = """
import sys, pathlib
from situation.events.parquet.store import ParquetStore
from tests.situation.events.test_parquet_faults import CLOCK, batch_of
store = ParquetStore(pathlib.Path(sys.argv[1]), CLOCK)
number = int(sys.argv[2])
while True:
    store.write(batch_of(number))
    print(number, flush=True)
    number += 1
"""

Mounting = Callable[[str], None]


def batch_of(number: int, *, days_ago: int = 0) -> Batch:
    """Rows that do not compress, most of the present hour and one of an old day."""
    first = made.START_NANOS + 10 * 3600 * 10**9 - days_ago * DAY
    times = np.arange(ROWS) + first
    times[0] -= (number % 30) * DAY
    noise = np.random.default_rng(number).bytes(ROWS * 20)
    texts = [noise[at : at + 20].hex() for at in range(0, len(noise), 20)]
    frame = pl.DataFrame(
        {
            "@timestamp": pl.Series(times).cast(POLARS_TYPES[Kind.DATE]),
            "event.id": [f"{number}-{row}" for row in range(ROWS)],
            "message": texts,
        }
    )
    return Batch("log", f"sensor/{number}", frame)


def ids_of(*numbers: int) -> set[str]:
    return {f"{number}-{row}" for number in numbers for row in range(ROWS)}


def found_by(store: ParquetStore) -> Counter[str]:
    return Counter(name for frame in store.scan(ALL, ["event.id"]) for name in frame["event.id"])


def killed_writer(root: pathlib.Path, first: int, pause: float) -> list[int]:
    """Let a writer run, kill it in the middle of something; return what it acknowledged."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline())]
    with contextlib.suppress(subprocess.TimeoutExpired):
        writer.wait(pause)
    writer.kill()
    acknowledged += [int(line) for line in writer.stdout]
    writer.wait()
    writer.stdout.close()
    return acknowledged


def test_what_killed_writers_acknowledged_is_there_exactly_once(tmp_path: pathlib.Path) -> None:
    store = ParquetStore(tmp_path / "events", CLOCK)
    store.setup()
    chance = np.random.default_rng(7)
    acknowledged: list[int] = []
    for _ in range(ROUNDS):
        first = acknowledged[-1] + 1 if acknowledged else 0
        acknowledged += killed_writer(store.root, first, float(chance.uniform(0, 0.6)))
        found = found_by(store)
        assert found.keys() >= ids_of(*acknowledged)
        assert max(found.values()) == 1
    again = [store.write(batch_of(number)) for number in range(acknowledged[-1] + 2)]
    assert all(result.acked in {0, ROWS} for result in again[:-1])
    expected = ids_of(*range(acknowledged[-1] + 2))
    assert found_by(store) == Counter(expected)
    followed = Counter(n for part in store.follow("log", None) for n in part.frame["event.id"])
    assert followed == Counter(expected)
    assert not list((store.root / "log" / ".staging").iterdir())
    store.close()


def _mount(*arguments: str) -> bool:
    program = shutil.which("mount") or "/bin/mount"
    return subprocess.run([program, *arguments], capture_output=True, check=False).returncode == 0


@pytest.fixture
def disk(tmp_path: pathlib.Path) -> Iterator[tuple[pathlib.Path, Mounting]]:
    """A file system of 2 MiB of its own, and how to mount it again with other options."""
    path = tmp_path / "disk"
    path.mkdir()
    if not _mount("-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(path)):
        missing("a small file system can only be mounted by root")

    def again(options: str) -> None:
        assert _mount("-o", f"remount,{options}", str(path))

    yield path, again
    subprocess.run([shutil.which("umount") or "/bin/umount", "--lazy", str(path)], check=True)


def filled(store: ParquetStore, *, days_ago: int = 0) -> list[int]:
    """Write until the disk is full; return what was acknowledged."""
    acknowledged: list[int] = []
    for number in range(1000):
        try:
            store.write(batch_of(number, days_ago=days_ago))
        except Unavailable:
            return acknowledged
        acknowledged.append(number)
    raise AssertionError(acknowledged)


def test_a_full_disk_takes_no_more_and_goes_on_once_there_is_room(
    disk: tuple[pathlib.Path, Mounting],
) -> None:
    path, mount_again = disk
    store = ParquetStore(path / "events", CLOCK)
    store.setup()
    acknowledged = filled(store)
    assert len(acknowledged) > 10
    for _ in range(3):
        with pytest.raises(Unavailable, match="No space left"):
            store.write(batch_of(acknowledged[-1] + 1))
    assert not list((store.root / "log" / ".staging").iterdir())
    found = found_by(store)
    assert max(found.values()) == 1
    assert found.keys() >= ids_of(*acknowledged)
    assert store.count(ALL) == found.total()
    mount_again(f"size={DISK_MIB * 4}m")
    for number in range(acknowledged[-1] + 10):
        store.write(batch_of(number))
    assert found_by(store) == Counter(ids_of(*range(acknowledged[-1] + 10)))
    store.close()


def test_retention_makes_room_on_a_full_disk(disk: tuple[pathlib.Path, Mounting]) -> None:
    path, _ = disk
    store = ParquetStore(path / "events", CLOCK)
    store.setup()
    for number in range(4):
        store.write(batch_of(number))
    filled(store, days_ago=1)
    with pytest.raises(Unavailable):
        store.write(batch_of(1001))
    assert store.drop_before("log", made.START.date()) > 0
    assert store.write(batch_of(1001)).acked == ROWS
    assert found_by(store).keys() >= ids_of(1001)
    store.close()


def test_a_disk_that_refuses_writes_is_still_read(disk: tuple[pathlib.Path, Mounting]) -> None:
    path, mount_again = disk
    store = ParquetStore(path / "events", CLOCK)
    store.setup()
    for number in range(2):
        store.write(batch_of(number))
    mount_again("ro")
    for act in (
        lambda: store.write(batch_of(2)),
        lambda: store.compact("log"),
        lambda: store.drop_before("log", made.END.date()),
    ):
        with pytest.raises(Unavailable, match="Read-only file system"):
            act()
    assert store.health().writable is False
    reader = ParquetStore(store.root, CLOCK)
    assert found_by(reader) == Counter(ids_of(0, 1))
    assert reader.held("log")
    reader.close()
    mount_again("rw")
    assert store.write(batch_of(2)).acked == ROWS
    assert found_by(store) == Counter(ids_of(0, 1, 2))
    store.close()
