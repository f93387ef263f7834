"""Rows whose times are strewn: late ones, and those of clocks that stand wrong."""

import datetime as dt
import pathlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situation.clock import SetClock
from situation.events.instant import DAY, HOUR, iso_text, nanoseconds
from situation.events.parquet.folder import Folder
from situation.events.parquet.identity import OF_DAY, Identities, IdentityCache
from situation.events.parquet.part import parts
from situation.events.parquet.segment import WIDE, Segment, living, segment_name, segment_of
from situation.events.parquet.store import ParquetStore
from situation.events.store import Batch, Document, Query
from situation.fields import POLARS_TYPES, Kind
from tests.situation.events import made, oracle

ALWAYS = Query(
    "log", dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)
)
MOST_PARTS = 28


@pytest.fixture
def clock() -> SetClock:
    return SetClock(made.START + dt.timedelta(hours=10))


@pytest.fixture
def store(tmp_path: pathlib.Path, clock: SetClock) -> Iterator[ParquetStore]:
    opened = ParquetStore(tmp_path / "events", clock)
    opened.setup()
    yield opened
    opened.close()


def frame_at(nanos: Sequence[int], mark: str = "") -> pl.DataFrame:
    times = pl.Series(nanos, dtype=pl.Int64).cast(POLARS_TYPES[Kind.DATE])
    names = [f"{mark}{number}" for number in range(len(nanos))]
    return pl.DataFrame({"@timestamp": times, "event.id": names})


def hours_of(frame: pl.DataFrame) -> list[int]:
    return list(frame["@timestamp"].to_physical() // HOUR)


def segments(store: ParquetStore) -> list[Segment]:
    return Folder(store.root, "log").segments()


def every_id(store: ParquetStore) -> list[str]:
    return [name for frame in store.scan(ALWAYS, ["event.id"]) for name in frame["event.id"]]


STREWN = [17 * HOUR * number for number in range(2000)]
"""Times in 2,000 hours of 1,400 days."""


@given(st.lists(st.integers(0, 60), min_size=1, max_size=200), st.integers(0, 60))
def test_the_parts_of_a_batch_hold_each_row_once(hours: list[int], present: int) -> None:
    rows = frame_at([hour * HOUR + at for at, hour in enumerate(hours)])
    found = list(parts(rows, present))
    assert sorted(name for part in found for name in part.rows["event.id"]) == sorted(
        rows["event.id"]
    )
    assert sum(part.wide for part in found) <= 1
    for part in found:
        assert part.hours == (min(hours_of(part.rows)), max(hours_of(part.rows)) + 1)
        assert part.wide or part.hours[1] - part.hours[0] == 1


def test_full_hours_and_the_present_one_have_their_own_part() -> None:
    full = [hour for hour in range(40) for _ in range(1000)]
    rows = frame_at([hour * HOUR for hour in [*full, 100, 101, 102, 103, 104]])
    found = list(parts(rows, 102))
    own = [part.hours[0] for part in found if not part.wide]
    assert len(found) == MOST_PARTS
    assert own[-3:] == [101, 102, 103]
    assert len([hour for hour in own if hour < 40]) == 24


def test_a_batch_of_a_thousand_days_makes_few_files(store: ParquetStore) -> None:
    batch = Batch("log", "1", frame_at(STREWN))
    assert store.write(batch).acked == len(STREWN)
    assert len(segments(store)) <= MOST_PARTS
    assert len(list((store.root / "log").iterdir())) <= MOST_PARTS
    assert store.count(ALWAYS) == len(STREWN)
    again = store.write(replace(batch, name="2", frame=batch.frame.reverse()))
    assert (again.acked, again.duplicates) == (0, len(STREWN))


def test_a_strewn_row_is_known_again_beside_full_hours(store: ParquetStore) -> None:
    store.write(Batch("log", "1", frame_at(STREWN)))
    full = frame_at([STREWN[50]] * 1500, "full")
    mixed = pl.concat([full, frame_at(STREWN)[50:51], frame_at([STREWN[50] + DAY] * 51)[50:51]])
    result = store.write(Batch("log", "2", mixed))
    assert (result.acked, result.duplicates) == (1501, 1)
    another = ParquetStore(store.root, SetClock(made.START))
    assert another.write(Batch("log", "3", mixed)).duplicates == 1502
    another.close()


def test_a_row_of_a_full_hour_is_known_again_among_strewn_ones(store: ParquetStore) -> None:
    store.write(Batch("log", "1", frame_at([STREWN[7]] * 1500)))
    assert not segments(store)[0].wide
    result = store.write(Batch("log", "2", frame_at([STREWN[7]] * 8)))
    assert (result.acked, result.duplicates) == (0, 8)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(documents=made.documents(most=40), data=st.data())
def test_answers_do_not_depend_on_where_rows_lie(
    tmp_path: pathlib.Path, documents: list[Document], data: st.DataObject
) -> None:
    shutil.rmtree(tmp_path / "events", ignore_errors=True)
    clock = SetClock(made.START)
    store = ParquetStore(tmp_path / "events", clock)
    store.setup()
    for at in range(0, len(documents), 5):
        hours = data.draw(st.sampled_from((0, 12, 23, 36, 71)))
        clock.advance(made.START + dt.timedelta(hours=hours) - clock.now())
        store.write(made.batch(documents[at : at + 5], "log", str(at)))
        if data.draw(st.booleans()):
            store.compact("log")
    where = data.draw(st.none() | made.TREES)
    asked = Query("log", made.START, made.END, where, limit=data.draw(st.integers(1, 20)))
    if data.draw(st.booleans()):
        asked = replace(asked, order="oldest")
    expected = [document["event.id"] for document in oracle.selected(documents, asked)]
    assert paged(store, asked) == expected
    assert store.count(asked) == len(expected)
    scanned = [name for f in store.scan(asked, ["event.id"]) for name in f["event.id"]]
    assert sorted(scanned) == sorted(map(str, expected))
    followed = [name for f in store.follow("log", None) for name in f.frame["event.id"]]
    assert sorted(followed) == sorted(str(document["event.id"]) for document in documents)
    for document in documents[:3]:
        found = store.get("log", str(document["event.id"]))
        assert found is not None
        assert found["@timestamp"] == document["@timestamp"]
    store.close()


def paged(store: ParquetStore, asked: Query) -> list[object]:
    found: list[object] = []
    cursor = None
    while True:
        page = store.search(replace(asked, cursor=cursor))
        found += [document["event.id"] for document in page.documents]
        cursor = page.cursor
        if cursor is None:
            return found


def test_the_newest_of_one_id_is_found_whether_strewn_or_not(store: ParquetStore) -> None:
    day = nanoseconds(made.START)
    for number, at in enumerate((day - 40 * DAY, day + 10 * HOUR, day - 3 * DAY)):
        store.write(Batch("log", str(number), frame_at([at])))
    found = store.get("log", "0")
    assert found is not None
    assert found["@timestamp"] == iso_text(day + 10 * HOUR)
    store.write(Batch("log", "4", frame_at([day + 40 * DAY])))
    newest = store.get("log", "0")
    assert newest is not None
    assert newest["@timestamp"] == iso_text(day + 40 * DAY)


def test_old_days_go_from_a_wide_segment_and_the_others_stay(store: ParquetStore) -> None:
    store.write(Batch("log", "1", frame_at(STREWN)))
    last = list(store.follow("log", None))[-1].cursor
    limit = dt.date(1971, 1, 1)
    kept = [name for name, at in zip(frame_at(STREWN)["event.id"], STREWN, strict=True)
            if at >= 365 * DAY]  # fmt: skip
    held = store.held("log")
    assert sum(day.documents for day in held) == len(STREWN)
    old = [day for day in held if day.day < limit]
    assert store.drop_before("log", limit) == len(old)
    assert sorted(every_id(store)) == sorted(kept)
    assert store.held("log")[0].day >= limit
    assert list(store.follow("log", last)) == []
    again = store.write(Batch("log", "1", frame_at(STREWN)))
    assert (again.acked, again.duplicates) == (len(STREWN) - len(kept), len(kept))
    store.drop_before("log", dt.date(2262, 1, 1))
    assert (segments(store), store.datasets()) == ([], ())


def test_a_cut_that_was_stopped_short_brings_no_old_row_back(store: ParquetStore) -> None:
    store.write(Batch("log", "1", frame_at(STREWN)))
    (whole,) = segments(store)
    saved = pathlib.Path(whole.path).read_bytes()
    store.drop_before("log", dt.date(1971, 1, 1))
    kept = store.count(ALWAYS)
    pathlib.Path(whole.path).write_bytes(saved)
    assert store.count(ALWAYS) == kept
    another = ParquetStore(store.root, SetClock(made.START))
    another.write(Batch("log", "2", frame_at([DAY])))
    another.close()
    assert not pathlib.Path(whole.path).exists()
    assert store.count(ALWAYS) == kept + 1


def test_many_small_batches_with_late_rows_stay_few_files(
    store: ParquetStore, clock: SetClock
) -> None:
    for number in range(200):
        clock.advance(dt.timedelta(minutes=2))
        now = nanoseconds(clock.now())
        late = now - (number * 7919 % 400) * HOUR
        store.write(Batch("log", str(number), frame_at([now, now + 1, late], f"{number}-")))
    listed = segments(store)
    assert len(listed) < 60
    for hour in {segment.since for segment in listed if not segment.wide}:
        past = hour < nanoseconds(clock.now()) // HOUR - 2
        assert sum(s.since == hour and not s.wide for s in listed) <= (1 if past else 16)
    store.compact("log")
    assert len(segments(store)) == len({segment.place for segment in segments(store)})
    assert len(every_id(store)) == len(set(every_id(store))) == 600
    followed = [name for f in store.follow("log", None) for name in f.frame["event.id"]]
    assert sorted(followed) == sorted(every_id(store))


@pytest.mark.parametrize(("year", "told"), [(1960, 0), (2300, 2**63 - 1)])
def test_a_clock_beyond_what_a_store_holds_stops_no_write(
    tmp_path: pathlib.Path, year: int, told: int
) -> None:
    store = ParquetStore(tmp_path, SetClock(dt.datetime(year, 1, 1, tzinfo=dt.UTC)))
    times = [0, 2**63 - 1, nanoseconds(made.START)]
    assert store.write(Batch("log", "1", frame_at(times))).acked == 3
    assert store.write(Batch("log", "2", frame_at(times))).duplicates == 3
    found = store.search(ALWAYS).documents
    assert [document["event.ingested"] for document in found] == [iso_text(told)] * 3
    assert [day.documents for day in store.held("log")] == [1, 1, 1]
    store.close()


def test_identities_that_were_let_go_are_never_half_known() -> None:
    cache = IdentityCache(most=3)
    rows = frame_at([0, 0])
    cache.of("log", 1).add(rows["event.id"], 1)
    cache.of("log", 2).add(rows["event.id"], 2)
    cache.of("log", 3)
    cache.add("log", 1, rows, 9)
    assert len(cache.of("log", 1)) == 0
    assert len(cache.of("log", 2)) == 2
    cache.add("log", 2, frame_at([0], "x"), 3)
    assert cache.of("log", 2).nominated(pl.Series(["0", "x0", "y"])).tolist() == [2, 3, 0]


def test_the_name_of_a_segment_tells_what_it_holds() -> None:
    for hours, wide in (((490_000, 490_001), False), ((0, 2_562_048), True)):
        name = segment_name(hours, (3, 7), "sensor/é-1", wide=wide)
        found = segment_of(f"/somewhere/log/{name}", 5)
        assert found == Segment(f"/somewhere/log/{name}", *hours, 3, 7, 5, wide=wide)
    assert segment_of(f"/somewhere/log/{WIDE}/notes.txt", 5) is None
    assert segment_of("/somewhere/log/2026-03-01/notes.parquet", 5) is None


def test_a_segment_within_another_of_its_place_counts_no_more() -> None:
    def wide(since: int, first: int, last: int) -> Segment:
        return Segment(f"{since}-{first}-{last}", since, 90, first, last, 1, wide=True)

    hourly = Segment("hourly", 5, 6, 2, 2, 1)
    merged, part, cut, later = wide(0, 1, 4), wide(3, 2, 2), wide(8, 1, 4), wide(0, 5, 5)
    assert living([part, hourly, merged, later]) == [merged, later, hourly]
    assert living([merged, cut]) == living([cut, merged]) == [cut]


def test_unknown_identities_are_nobody_s() -> None:
    assert Identities(OF_DAY).present(pl.Series(["a"]), []).to_list() == [False]
