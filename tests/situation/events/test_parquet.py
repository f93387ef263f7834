"""What the folder of segments promises beyond the contract: crashes, other processes, merges."""

import datetime as dt
import pathlib
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situation.clock import SystemClock
from situation.events.instant import HOUR, SECOND, iso_text
from situation.events.parquet.identity import DayIndex
from situation.events.parquet.merge import mergeable
from situation.events.parquet.segment import Folder, Segment
from situation.events.parquet.store import ParquetStore
from situation.events.store import Batch, Query
from situation.faults import Unavailable
from situation.fields import BY_NAME, REST
from tests.situation.events import made
from tests.testdata import ROOT

ALL = Query("flow", made.START, made.END)

WRITER = """
import sys, pathlib
from situation.clock import SystemClock
from situation.events.parquet.store import ParquetStore
from tests.situation.events.test_parquet import batch_of
store = ParquetStore(pathlib.Path(sys.argv[1]), SystemClock())
for number in range(int(sys.argv[2])):
    store.write(batch_of(number))
    print(number, flush=True)
"""

READER = """
import sys, pathlib
from situation.clock import SystemClock
from situation.events.parquet.store import ParquetStore
from tests.situation.events.test_parquet import ALL
store = ParquetStore(pathlib.Path(sys.argv[1]), SystemClock())
seen, rounds, cursor, followed = 0, 0, None, []
while seen < int(sys.argv[2]):
    ids = [name for frame in store.scan(ALL, ["event.id"]) for name in frame["event.id"]]
    assert len(ids) == len(set(ids)) >= seen, (len(ids), len(set(ids)), seen)
    seen = store.count(ALL)
    assert seen >= len(ids)
    for part in store.follow("flow", cursor):
        followed += list(part.frame["event.id"])
        cursor = part.cursor
    rounds += 1
assert len(followed) == len(set(followed)) == seen, len(followed)
print(rounds)
"""

ROWS = 40


def batch_of(number: int, rows: int = ROWS) -> Batch:
    """A batch whose rows fall into two hours, now and then into two days."""
    first = made.START_NANOS + (number % 30) * HOUR
    documents: list[dict[str, object]] = [
        {"@timestamp": iso_text(first + (row % 2) * HOUR + row), "event.id": f"{number}-{row}"}
        for row in range(rows)
    ]
    return made.batch(documents, "flow", f"sensor/{number}")


@pytest.fixture
def store(tmp_path: pathlib.Path) -> Iterator[ParquetStore]:
    made_store = ParquetStore(tmp_path / "events", SystemClock())
    made_store.setup()
    yield made_store
    made_store.close()


def started(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def test_a_killed_writer_loses_nothing_it_acknowledged(store: ParquetStore) -> None:
    for _ in range(3):
        writer = started(WRITER, str(store.root), "1000")
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(5)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout]
        writer.wait()
        writer.stdout.close()
        found = {name for f in store.scan(ALL, ["event.id"]) for name in f["event.id"]}
        assert found >= {f"{number}-{row}" for number in acknowledged for row in range(ROWS)}
    for number in range(acknowledged[-1] + 2):
        store.write(batch_of(number))
    expected = (acknowledged[-1] + 2) * ROWS
    assert store.count(ALL) == expected
    assert sum(part.frame.height for part in store.follow("flow", None)) == expected
    assert not list((store.root / "flow" / ".staging").iterdir())


def test_two_readers_see_every_row_once_while_a_writer_writes_and_merges(
    store: ParquetStore,
) -> None:
    batches = 40
    readers = [started(READER, str(store.root), str(batches * ROWS)) for _ in range(2)]
    writer = started(WRITER, str(store.root), str(batches))
    while writer.poll() is None:
        store.compact("flow")
    assert writer.wait() == 0
    for reader in readers:
        output, _ = reader.communicate(timeout=120)
        assert reader.returncode == 0
        assert int(output) > 1
    assert writer.stdout is not None
    writer.stdout.close()


def test_two_writers_take_turns_and_find_each_other_s_rows(store: ParquetStore) -> None:
    writers = [started(WRITER, str(store.root), "20") for _ in range(2)]
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    assert store.count(ALL) == 20 * ROWS
    sequences = [segment.first for segment in Folder(store.root, "flow").segments()]
    assert len(sequences) == len(set(sequences))


def test_merging_keeps_every_row_and_what_was_followed(store: ParquetStore) -> None:
    for number in range(0, 900, 30):
        store.write(batch_of(number))
    half = next(iter(store.follow("flow", None)))
    before = Folder(store.root, "flow").segments()
    assert len(before) < 60
    store.write(batch_of(900))
    everything = [name for part in store.follow("flow", None) for name in part.frame["event.id"]]
    assert len(everything) == len(set(everything)) == 31 * ROWS
    rest = [name for part in store.follow("flow", half.cursor) for name in part.frame["event.id"]]
    assert not set(rest) & set(half.frame["event.id"])
    assert len(rest) + half.frame.height == 31 * ROWS
    again = store.write(batch_of(30))
    assert (again.acked, again.duplicates) == (0, ROWS)


def test_a_merge_that_was_cut_short_counts_no_row_twice(store: ParquetStore) -> None:
    for number in range(0, 450, 30):
        store.write(batch_of(number))
    folder = store.root / "flow"
    shutil.copytree(folder, store.root / "kept")
    store.write(batch_of(450))
    merged = list(folder.glob("*/*merged*"))
    assert merged
    for parted in (store.root / "kept").glob("*/*.parquet"):
        shutil.copy(parted, folder / parted.parent.name / parted.name)
    shutil.rmtree(store.root / "kept")
    assert store.count(ALL) == 16 * ROWS
    another = ParquetStore(store.root, SystemClock())
    another.write(batch_of(480))
    another.close()
    assert len(list(folder.glob("*/*.parquet"))) == len(Folder(store.root, "flow").segments())
    assert store.count(ALL) == 17 * ROWS


def test_a_segment_is_plain_parquet_with_the_registry_s_types(store: ParquetStore) -> None:
    document = {
        "@timestamp": "2026-03-01T10:20:30.123456789Z",
        "event.id": "a",
        "source.ip": "10.0.0.1",
        "source.port": 22,
        "citywatch.alert.score": 0.5,
        "citywatch.flow.final": True,
        "message": "异常登录",
        "vendor": {"code": 7},
    }
    store.write(made.batch([document], "log", "sensor-1/00017"))
    path = store.root / "log" / "2026-03-01" / f"10-{1:016d}-{1:016d}-sensor_1_00017.parquet"
    frame = pl.read_parquet(path)
    for name in document.keys() - {"vendor"}:
        assert frame.schema[name] == BY_NAME[name].polars_type
    assert frame[REST].to_list() == ['{"vendor":{"code":7}}']
    asked = 'SELECT "source.ip", epoch_ns("@timestamp") FROM read_parquet(?)'
    with duckdb.connect() as connection:
        found = connection.execute(asked, [str(path)]).fetchall()
    assert found == [("10.0.0.1", made.START_NANOS + 37_230 * SECOND + 123_456_789)]


def test_numbers_of_ingest_are_never_given_twice(store: ParquetStore) -> None:
    store.write(batch_of(0))
    last = list(store.follow("flow", None))[-1].cursor
    store.drop_before("flow", dt.date(2027, 1, 1))
    another = ParquetStore(store.root, SystemClock())
    another.write(batch_of(1))
    another.close()
    assert sum(part.frame.height for part in store.follow("flow", last)) == ROWS


def test_an_id_counts_as_present_only_when_a_segment_holds_it() -> None:
    index = DayIndex()
    ids = pl.Series(["a", "b"])
    index.add(ids, 1)
    assert index.present(ids, []).to_list() == [False, False]


@given(st.lists(st.lists(st.integers(0, 200), max_size=30, unique=True), max_size=6))
def test_known_ids_are_found_whatever_the_order(parts: list[list[int]]) -> None:
    index = DayIndex()
    known: set[int] = set()
    for number, part in enumerate(parts, 1):
        ids = pl.Series(part, dtype=pl.Int64).cast(pl.String())
        nominated = index.nominated(ids)
        assert [bool(n) for n in nominated] == [value in known for value in part]
        index.add(ids, number)
        known |= set(part)


def segments(*octets: int) -> list[Segment]:
    return [Segment(str(at), 0, at, at, size) for at, size in enumerate(octets, 1)]


def test_only_many_small_neighbours_are_merged() -> None:
    small, large = 1000, 3 * 2**20
    assert mergeable(segments(*[small] * 15)) == []
    assert len(mergeable(segments(*[small] * 16))) == 16
    assert mergeable(segments(*[small] * 10, large, *[small] * 10)) == []
    assert [s.first for s in mergeable(segments(large, *[small] * 16))] == list(range(2, 18))


def test_a_large_merged_segment_is_merged_again_only_with_its_equals() -> None:
    assert len(mergeable(segments(*[3 * 2**20] * 16))) == 16
    assert mergeable(segments(*[40 * 2**20] * 40)) == []
    assert mergeable(segments(3 * 2**20, *[1000] * 15)) == []


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    store = ParquetStore(tmp_path / "file" / "events", SystemClock())
    with pytest.raises(Unavailable):
        store.setup()
    health = store.health()
    assert (health.reachable, health.writable) == (False, False)
    store.close()


def test_a_disk_that_takes_no_more_is_unavailable_and_left_clean(store: ParquetStore) -> None:
    store.write(batch_of(0))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(Unavailable, match="File too large"):
            store.write(batch_of(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list((store.root / "flow" / ".staging").iterdir())
    assert store.count(ALL) == ROWS
    assert store.write(batch_of(1)).acked == ROWS


def test_a_broken_segment_is_reported_not_skipped(store: ParquetStore) -> None:
    store.write(batch_of(0))
    segment = Folder(store.root, "flow").segments()[0]
    pathlib.Path(segment.path).write_bytes(b"not parquet")
    with pytest.raises(Unavailable):
        store.count(ALL)
