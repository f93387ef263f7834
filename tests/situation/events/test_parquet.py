"""What the folder of segments promises beyond the contract: crashes, other processes, merges."""

import datetime as dt
import pathlib
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situation.clock import SetClock
from situation.events.instant import HOUR, SECOND, iso_text
from situation.events.parquet import reader
from situation.events.parquet.folder import Folder
from situation.events.parquet.identity import OF_DAY, Identities
from situation.events.parquet.merge import mergeable
from situation.events.parquet.segment import Segment
from situation.events.parquet.store import ParquetStore
from situation.events.store import Batch, Query
from situation.faults import Unavailable
from situation.fields import BY_NAME, REST
from tests.situation.events import made
from tests.testdata import ROOT

CLOCK = SetClock(made.START + dt.timedelta(hours=10))
ALL = Query("flow", made.START, made.END)

WRITER = """
import sys, pathlib
from situation.events.parquet.store import ParquetStore
from tests.situation.events.test_parquet import CLOCK, batch_of
store = ParquetStore(pathlib.Path(sys.argv[1]), CLOCK)
for number in range(int(sys.argv[2])):
    store.write(batch_of(number))
    print(number, flush=True)
"""

READER = """
import sys, pathlib
from situation.events.parquet.store import ParquetStore
from tests.situation.events.test_parquet import ALL, CLOCK
store = ParquetStore(pathlib.Path(sys.argv[1]), CLOCK)
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
TIME = "@timestamp"


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
    made_store = ParquetStore(tmp_path / "events", CLOCK)
    made_store.setup()
    yield made_store
    made_store.close()


def started(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def test_two_readers_see_every_row_once_while_a_writer_writes_and_merges(
    store: ParquetStore,
) -> None:
    batches = 40
    readers = [started(READER, str(store.root), str(batches * ROWS)) for _ in range(2)]
    writer = started(WRITER, str(store.root), str(batches))
    while writer.poll() is None:
        store.compact("flow")
    assert writer.wait() == 0
    for process in readers:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
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


def test_following_in_many_steps_brings_every_row_once(
    store: ParquetStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_FILES_AT_ONCE", 3)
    for number in range(20):
        store.write(batch_of(number))
    seen: list[str] = []
    cursor, steps = None, 0
    for part in store.follow("flow", None):
        seen += list(part.frame["event.id"])
        cursor, steps = part.cursor, steps + 1
    assert steps > 2
    assert len(seen) == len(set(seen)) == 20 * ROWS
    store.write(batch_of(20))
    (last,) = store.follow("flow", cursor)
    assert set(last.frame["event.id"]) == {f"20-{row}" for row in range(ROWS)}
    assert list(store.follow("flow", last.cursor)) == []


def test_a_merged_segment_lets_readers_skip_by_time(store: ParquetStore) -> None:
    rows = 50_000
    for number in range(2):
        times = pl.int_range(rows, eager=True) * 7_000 + made.START_NANOS + number
        frame = pl.DataFrame({"event.id": [f"{number}-{row}" for row in range(rows)]})
        stamped = frame.with_columns(times.cast(BY_NAME["@timestamp"].polars_type).alias(TIME))
        store.write(Batch("flow", str(number), stamped))
        late = stamped[:900].with_columns(pl.col(TIME) - pl.duration(days=3 + 2 * number))
        store.write(Batch("flow", f"late-{number}", late))
    assert store.compact("flow") == 4
    wide, hourly = Folder(store.root, "flow").segments()
    assert (wide.wide, hourly.wide) == (True, False)
    assert pl.read_parquet(wide.path)[TIME].is_sorted()
    facts = pq.read_metadata(hourly.path)
    assert (facts.num_rows, facts.num_row_groups) == (2 * rows, 2)
    place = facts.schema.names.index(TIME)
    assert all(facts.row_group(n).column(place).statistics.has_min_max for n in range(2))


def test_batches_of_other_columns_lie_side_by_side(store: ParquetStore) -> None:
    columns: tuple[dict[str, object], ...] = (
        {"message": "登录"},
        {"source.ip": "10.0.0.1", "vendor": 1},
        {},
        {"source.port": 22},
    )
    documents: list[dict[str, object]] = []
    for number, more in enumerate(columns):
        at = iso_text(made.START_NANOS + 10 * HOUR + number)
        documents.append({TIME: at, "event.id": f"{number}", **more})
        frame = made.batch(documents[-1:], "flow").frame
        bare = frame[[column.name for column in frame if column.null_count() == 0]]
        store.write(Batch("flow", str(number), bare))
    for _ in range(2):
        found = store.search(replace(ALL, order="oldest")).documents
        assert [{k: v for k, v in d.items() if k != "event.ingested"} for d in found] == documents
        (followed,) = store.follow("flow", None)
        assert followed.frame["message"].to_list() == ["登录", None, None, None]
        assert followed.frame["source.port"].to_list() == [None, None, None, 22]
        assert [day.documents for day in store.held("flow")] == [4]
        store.compact("flow")
    assert len(Folder(store.root, "flow").segments()) == 1


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
    another = ParquetStore(store.root, CLOCK)
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
    another = ParquetStore(store.root, CLOCK)
    another.write(batch_of(1))
    another.close()
    assert sum(part.frame.height for part in store.follow("flow", last)) == ROWS


def test_an_id_counts_as_present_only_when_a_segment_holds_it() -> None:
    index = Identities(OF_DAY)
    ids = pl.Series(["a", "b"])
    index.add(ids, 1)
    assert index.present(ids, []).to_list() == [False, False]


@given(st.lists(st.lists(st.integers(0, 200), max_size=30, unique=True), max_size=6))
def test_known_ids_are_found_whatever_the_order(parts: list[list[int]]) -> None:
    index = Identities(OF_DAY)
    known: set[int] = set()
    for number, part in enumerate(parts, 1):
        ids = pl.Series(part, dtype=pl.Int64).cast(pl.String())
        nominated = index.nominated(ids)
        assert [bool(n) for n in nominated] == [value in known for value in part]
        index.add(ids, number)
        known |= set(part)


def segments(*octets: int) -> list[Segment]:
    return [Segment(str(at), 0, 1, at, at, size) for at, size in enumerate(octets, 1)]


def test_only_many_small_neighbours_are_merged() -> None:
    small, large = 1000, 3 * 2**20
    assert mergeable(segments(*[small] * 15)) == []
    assert len(mergeable(segments(*[small] * 16))) == 16
    assert mergeable(segments(*[small] * 10, large, *[small] * 10)) == []
    assert [s.first for s in mergeable(segments(large, *[small] * 16))] == list(range(2, 18))


def test_a_large_merged_segment_is_merged_again_only_with_its_equals() -> None:
    assert len(mergeable(segments(*[2 * 2**20] * 16))) == 8
    assert mergeable(segments(*[8 * 2**20] * 40)) == []
    assert mergeable(segments(3 * 2**20, *[1000] * 15)) == []


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    store = ParquetStore(tmp_path / "file" / "events", CLOCK)
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
