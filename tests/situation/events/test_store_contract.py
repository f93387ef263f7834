"""What both stores promise, proven on both: one suite, random documents, random filters."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from situation.events.filter import (
    And,
    Cidr,
    Eq,
    Exists,
    Filter,
    In,
    Not,
    Phrase,
    Prefix,
    Range,
)
from situation.events.store import (
    Batch,
    Document,
    EventStore,
    Interval,
    Metric,
    Query,
    Terms,
)
from situation.faults import Malformed
from situation.fields import BY_NAME, REST
from tests.situation.events import made, oracle
from tests.situation.events.conftest import Opening

SEARCHED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def query(dataset: str, where: Filter | None = None, **options: object) -> Query:
    return replace(Query(dataset, made.START, made.END, where), **options)  # type: ignore[arg-type]  # options of the dataclass


def rows(*ids: str, at: str = "2026-03-01T10:00:00.000000001Z") -> list[Document]:
    return [{"@timestamp": at, "event.id": event_id} for event_id in ids]


def all_pages(store: EventStore, asked: Query) -> list[Document]:
    found: list[Document] = []
    while True:
        page = store.search(asked)
        found += page.documents
        assert page.cursor is None or len(page.documents) == asked.limit
        if page.cursor is None:
            return found
        asked = replace(asked, cursor=page.cursor)


def ids(documents: Sequence[Document]) -> list[object]:
    return [document["event.id"] for document in documents]


def without_ingested(documents: Sequence[Document]) -> list[Document]:
    return [{k: v for k, v in found.items() if k != "event.ingested"} for found in documents]


@SEARCHED
@given(data=st.data(), documents=made.documents())
def test_both_stores_find_what_a_plain_loop_finds(
    store: EventStore,
    dataset_names: Iterator[str],
    documents: list[Document],
    data: st.DataObject,
) -> None:
    dataset = next(dataset_names)
    result = store.write(made.batch(documents, dataset))
    assert (result.acked, result.duplicates, result.rejected) == (len(documents), 0, ())
    for where in data.draw(st.lists(made.TREES, min_size=8, max_size=8)):
        order = data.draw(st.sampled_from(("newest", "oldest")))
        limit = data.draw(st.integers(1, 30))
        asked = query(dataset, where, order=order, limit=limit)
        expected = oracle.selected(documents, asked)
        assert ids(all_pages(store, asked)) == ids(expected)
        assert store.count(asked) == len(expected)
    store.drop_before(dataset, dt.date(2027, 1, 1))


@SEARCHED
@given(documents=made.documents(), groups=st.lists(made.GROUPS, min_size=4, max_size=4))
def test_both_stores_group_as_a_plain_loop_groups(
    store: EventStore,
    dataset_names: Iterator[str],
    documents: list[Document],
    groups: list[list[Terms | Interval]],
) -> None:
    dataset = next(dataset_names)
    store.write(made.batch(documents, dataset))
    for group_by in groups:
        found = store.aggregate(query(dataset, Exists("event.id")), group_by, made.METRICS)
        expected = oracle.aggregated(documents, group_by, made.METRICS)
        assert len(found.rows) == len(expected)
        for row, wanted in zip(found.rows, expected, strict=True):
            assert row == pytest.approx(wanted)
    store.drop_before(dataset, dt.date(2027, 1, 1))


@SEARCHED
@given(documents=made.documents())
def test_documents_come_back_as_they_were_written(
    store: EventStore, dataset_names: Iterator[str], documents: list[Document]
) -> None:
    dataset = next(dataset_names)
    store.write(made.batch(documents, dataset))
    asked = query(dataset, order="oldest", limit=1000)
    expected = oracle.selected(documents, asked)
    page = store.search(asked)
    assert without_ingested(page.documents) == expected
    assert all(str(found["event.ingested"]).endswith("Z") for found in page.documents)
    if expected:
        one = store.get(dataset, str(expected[0]["event.id"]))
        assert one == page.documents[0]
    store.drop_before(dataset, dt.date(2027, 1, 1))


@SEARCHED
@given(documents=made.documents(), where=made.TREES)
def test_a_scan_brings_every_match_oldest_first(
    store: EventStore, dataset_names: Iterator[str], documents: list[Document], where: Filter
) -> None:
    dataset = next(dataset_names)
    store.write(made.batch(documents, dataset))
    asked = query(dataset, where)
    expected = sorted(ids(oracle.selected(documents, asked)), key=str)
    for columns in (["event.id", "@timestamp", "source.ip"], ["@timestamp", "event.id", REST]):
        frames = list(store.scan(asked, columns))
        assert all(frame.columns == columns for frame in frames)
        dtype = BY_NAME["@timestamp"].polars_type
        assert all(frame.schema["@timestamp"] == dtype for frame in frames)
        found = pl.concat(frames) if frames else pl.DataFrame(schema=columns)
        assert found["@timestamp"].is_sorted()
        assert sorted(found["event.id"]) == expected
    store.drop_before(dataset, dt.date(2027, 1, 1))


def test_a_batch_that_comes_again_changes_nothing(store: EventStore) -> None:
    batch = made.batch(rows("a", "b"), "flow", "sensor-1")
    assert store.write(batch).acked == 2
    again = store.write(batch)
    assert (again.acked, again.duplicates) == (0, 2)
    assert store.count(query("flow")) == 2


def test_a_document_is_known_again_in_a_batch_cut_otherwise(opening: Opening) -> None:
    first = opening()
    first.setup()
    first.write(made.batch(rows("a", "b", "c"), "flow", "one"))
    second = opening()
    later = rows("c", "d", "d", at="2026-03-01T23:59:59.999999999Z")
    result = second.write(made.batch(later, "flow", "two"))
    assert (result.acked, result.duplicates) == (1, 2)
    assert ids(all_pages(first, query("flow", limit=2))) == ["d", "c", "b", "a"]


def test_the_same_id_on_another_day_is_another_document(store: EventStore) -> None:
    store.write(made.batch(rows("a"), "flow"))
    result = store.write(made.batch(rows("a", at="2026-03-02T00:00:00.000000000Z"), "flow"))
    assert (result.acked, result.duplicates) == (1, 0)
    newest = store.get("flow", "a")
    assert newest is not None
    assert newest["@timestamp"] == "2026-03-02T00:00:00.000000000Z"


BROKEN: tuple[tuple[str, object, str], ...] = (
    ("event.action", "x" * 1025, "event.action has more than 1024 characters"),
    ("source.ip", "10.0.0.256", "source.ip is no address"),
    ("source.ip", "fe80::1%eth0", "source.ip is no address"),
    ("citywatch.alert.score", float("nan"), "citywatch.alert.score is not finite"),
    ("citywatch.alert.score", float("inf"), "citywatch.alert.score is not finite"),
    ("event.end", -1, "event.end is before 1970"),
    ("@timestamp", None, "@timestamp is missing"),
    ("@timestamp", -1, "@timestamp is before 1970"),
    ("event.id", None, "event.id is missing"),
    ("event.id", "", "event.id is empty"),
    ("event.id", "é" * 257, "event.id has more than 512 octets"),
    ("url.original", "x" * 8001, "url.original has more than 8000 characters"),
    ("message", "登" * 65_537, "message has more than 65536 characters"),
    ("event.original", "x" * 65_537, "event.original has more than 65536 characters"),
    (REST, "[1]", "the rest is no JSON object"),
    (REST, '{"a": NaN}', "the rest is no JSON"),
    (REST, '{"a": "\\ud800"}', "the rest is no JSON"),
    (REST, '{"source.ip": "10.0.0.1"}', "the rest holds a declared field"),
)


@pytest.mark.parametrize(("field", "value", "reason"), BROKEN)
def test_a_broken_row_is_refused_with_its_reason_and_its_neighbours_stay(
    store: EventStore, field: str, value: object, reason: str
) -> None:
    frame = made.batch(rows("a", "b", "c"), "log").frame
    dtype = pl.String() if field == REST else BY_NAME[field].polars_type
    wanted = pl.when(pl.int_range(pl.len()) == 1).then(pl.lit(value).cast(dtype))
    changed = frame.with_columns(wanted.otherwise(pl.col(field)).alias(field))
    result = store.write(Batch("log", "b", changed))
    event_id = (value or "") if field == "event.id" else "b"
    assert [(r.event_id, r.reason) for r in result.rejected] == [(event_id, reason)]
    assert (result.acked, result.duplicates) == (2, 0)
    assert ids(store.search(query("log", order="oldest")).documents) == ["a", "c"]


def test_the_longest_values_that_fit_are_kept(store: EventStore) -> None:
    document: Document = {
        "@timestamp": "2026-03-01T10:00:00.000000001Z",
        "event.id": "é" * 256,
        "event.action": "登" * 1024,
        "message": "登录 " * 10_000,
        "event.end": "2262-04-11T23:47:16.854775807Z",
    }
    assert store.write(made.batch([document], "log")).rejected == ()
    where = And(
        (
            Eq("event.action", "登" * 1024),
            Phrase("message", "录登"),
            Range("event.end", made.END),
        )
    )
    assert without_ingested(store.search(query("log", where)).documents) == [document]


def test_addresses_are_kept_in_their_canonical_form(store: EventStore) -> None:
    document = rows("a")[0] | {"source.ip": "::FFFF:10.0.0.1", "destination.ip": "FD00:0::0:1"}
    store.write(made.batch([document], "flow"))
    found = store.search(query("flow", Eq("source.ip", "10.0.0.1"))).documents
    assert [(d["source.ip"], d["destination.ip"]) for d in found] == [("10.0.0.1", "fd00::1")]


def test_pages_go_on_between_documents_of_one_nanosecond(store: EventStore) -> None:
    names = [f"{number:02d}" for number in range(17)]
    store.write(made.batch(rows(*names), "flow", "b"))
    for limit in (1, 2, 5, 16, 17, 18):
        asked = query("flow", limit=limit)
        assert ids(all_pages(store, asked)) == names[::-1]
        assert ids(all_pages(store, replace(asked, order="oldest"))) == names


def test_following_brings_every_document_in_the_order_of_ingest(opening: Opening) -> None:
    store = opening()
    store.setup()
    assert list(store.follow("flow", None)) == []
    store.write(made.batch(rows("late", at="2026-03-02T10:00:00.000000000Z"), "flow", "1"))
    store.write(made.batch(rows("early", "earlier"), "flow", "2"))
    first = list(store.follow("flow", None))
    found = [name for followed in first for name in followed.frame["event.id"]]
    assert (found[0], sorted(found[1:])) == ("late", ["earlier", "early"])
    assert first[0].frame.columns == [*BY_NAME, REST]
    assert list(store.follow("flow", first[-1].cursor)) == []


def test_a_follower_that_restarts_misses_nothing(opening: Opening) -> None:
    store = opening()
    store.setup()
    for number in range(4):
        store.write(made.batch(rows(f"a{number}"), "flow", f"a{number}"))
    cursor = next(iter(store.follow("flow", None))).cursor
    seen = set(next(iter(store.follow("flow", None))).frame["event.id"])
    store.write(made.batch(rows("b", at="2026-03-01T00:00:00.000000000Z"), "flow", "b"))
    again = opening()
    seen |= {n for followed in again.follow("flow", cursor) for n in followed.frame["event.id"]}
    assert seen == {"a0", "a1", "a2", "a3", "b"}


def test_whole_days_are_dropped_and_their_successors_followed(store: EventStore) -> None:
    for day in (1, 2, 3):
        at = f"2026-03-0{day}T05:00:00.000000000Z"
        store.write(made.batch(rows("a", "b", at=at), "flow", str(day)))
    cursor = list(store.follow("flow", None))[-1].cursor
    assert store.drop_before("flow", dt.date(2026, 3, 3)) == 2
    assert store.drop_before("flow", dt.date(2026, 3, 3)) == 0
    assert store.count(query("flow")) == 2
    assert store.drop_before("flow", dt.date(2026, 3, 4)) == 1
    store.write(made.batch(rows("c"), "flow", "c"))
    followed = [name for f in store.follow("flow", cursor) for name in f.frame["event.id"]]
    assert followed == ["c"]


def test_datasets_whose_names_begin_alike_stay_apart(store: EventStore) -> None:
    for dataset in ("drill", "drill-2026", "drill-2026-flow"):
        store.write(made.batch(rows(dataset), dataset))
    for dataset in ("drill", "drill-2026", "drill-2026-flow"):
        assert ids(store.search(query(dataset)).documents) == [dataset]
        assert store.drop_before(dataset, dt.date(2027, 1, 1)) == 1


def test_an_empty_store_answers_with_nothing(store: EventStore) -> None:
    store.setup()
    asked = query("flow", Exists("source.ip"))
    assert store.search(asked).documents == []
    assert store.count(asked) == 0
    assert list(store.scan(asked, ["event.id"])) == []
    assert store.aggregate(asked, [Terms("source.ip")], [Metric("n", "count")]).rows == []
    assert store.get("flow", "a") is None
    assert store.drop_before("flow", dt.date(2027, 1, 1)) == 0
    assert store.write(made.batch([], "flow")).acked == 0


def test_a_range_of_time_that_ends_before_it_begins_holds_nothing(store: EventStore) -> None:
    store.write(made.batch(rows("a"), "flow"))
    asked = replace(query("flow"), since=made.END, until=made.START)
    assert store.search(asked).documents == []
    assert store.count(asked) == 0
    everything = replace(
        query("flow"),
        since=dt.datetime.min.replace(tzinfo=dt.UTC),
        until=dt.datetime.max.replace(tzinfo=dt.UTC),
    )
    assert store.count(everything) == 1


def denied(times: int) -> Filter:
    return Not(denied(times - 1)) if times else Exists("event.id")


REFUSED: tuple[tuple[str, Query], ...] = (
    ("undeclared", query("flow", Eq("vendor.code", 1))),
    ("too deep", query("flow", denied(8))),
    ("no text of a promised script", query("flow", Phrase("message", "логин"))),
    ("too long a prefix", query("flow", Prefix("url.original", "登" * 333 + "ab"))),
    ("naive time", replace(query("flow"), since=dt.datetime(2026, 1, 1))),  # noqa: DTZ001 - the fault itself
    ("no limit", query("flow", limit=0)),
    ("too long a page", query("flow", limit=1001)),
    ("no cursor", query("flow", cursor="x")),
    ("no dataset", query("Flow*")),
    ("no number", query("flow", Eq("citywatch.alert.score", float("nan")))),
    ("an address with a zone", query("flow", Eq("source.ip", "fe80::1%eth0"))),
)


@pytest.mark.parametrize("asked", [q for _, q in REFUSED], ids=[name for name, _ in REFUSED])
def test_what_cannot_be_answered_exactly_is_refused(store: EventStore, asked: Query) -> None:
    with pytest.raises(Malformed):
        store.search(asked)


def test_undeclared_fields_are_refused_everywhere(store: EventStore) -> None:
    frame = made.batch(rows("a"), "flow").frame.with_columns(pl.lit(1).alias("vendor.code"))
    with pytest.raises(Malformed, match=r"vendor\.code is not declared"):
        store.write(Batch("flow", "b", frame))
    with pytest.raises(Malformed):
        store.scan(query("flow"), ["vendor.code"])
    for group_by, metric in (
        ([Terms("vendor.code")], Metric("n", "count")),
        ([Terms("message")], Metric("n", "count")),
        ([Interval("source.port", dt.timedelta(hours=1))], Metric("n", "count")),
        ([Terms("source.ip")], Metric("n", "sum", "event.action")),
        ([Terms("source.ip"), Terms("source.ip")], Metric("n", "count")),
        ([Terms("source.ip", 10_000), Terms("destination.ip", 10)], Metric("n", "count")),
    ):
        with pytest.raises(Malformed):
            store.aggregate(query("flow"), group_by, [metric])
    with pytest.raises(Malformed):
        store.follow("flow", "yesterday")


LONGEST = "/登" * 4000
"""As long as a wildcard may be; 16,000 octets."""


def test_wildcards_are_found_by_their_whole_value_and_by_its_beginning(store: EventStore) -> None:
    values = {"a": "/index.php", "b": LONGEST, "c": LONGEST[:-1] + "X", "d": ""}
    documents = [rows(name)[0] | {"url.original": value} for name, value in values.items()]
    store.write(made.batch([*documents, *rows("e")], "log"))
    for where, expected in (
        (Eq("url.original", LONGEST), "b"),
        (Eq("url.original", LONGEST[:4000]), ""),
        (Eq("url.original", "/INDEX.php"), ""),
        (Eq("url.original", ""), "d"),
        (In("url.original", ("/index.php", LONGEST, "x")), "ab"),
        (Prefix("url.original", "/i"), "a"),
        (Prefix("url.original", LONGEST[:500]), "bc"),
        (Prefix("url.original", "/*"), ""),
        (Exists("url.original"), "abcd"),
        (Not(Eq("url.original", LONGEST)), "acde"),
    ):
        found = store.search(query("log", where, order="oldest")).documents
        assert "".join(map(str, ids(found))) == expected, where
        assert store.count(query("log", where)) == len(expected)
    assert store.get("log", "b") == store.search(query("log", Eq("event.id", "b"))).documents[0]


@pytest.mark.parametrize("where", [
    Eq("event.original", "x"), In("event.original", ("x",)), Prefix("event.original", "x"),
    Exists("event.original"), Not(Eq("event.original", "x")), Range("event.original", "x"),
    Phrase("event.original", "x"), Cidr("event.original", "10.0.0.0/8"),
])  # fmt: skip
def test_a_field_that_is_only_kept_is_never_filtered(store: EventStore, where: Filter) -> None:
    for ask in (store.search, store.count):
        with pytest.raises(Malformed, match=r"event\.original"):
            ask(query("log", where))
    with pytest.raises(Malformed, match=r"event\.original"):
        list(store.scan(query("log", where), ["event.id"]))


def test_a_field_that_is_only_kept_is_never_grouped_or_measured(store: EventStore) -> None:
    for group_by, metric in (
        ([Terms("event.original")], Metric("n", "count")),
        ([], Metric("n", "count", "event.original")),
        ([], Metric("n", "distinct", "event.original")),
    ):
        with pytest.raises(Malformed, match=r"event\.original"):
            store.aggregate(query("log"), group_by, [metric])


def test_texts_of_full_length_come_back_whole(store: EventStore) -> None:
    longest = {"event.original": "原" * 65_535 + "\x00", "message": "登录 " * 21_845 + "x"}
    store.write(made.batch([rows("a")[0] | longest, *rows("b")], "log"))
    expected = [rows("a")[0] | longest, *rows("b")]
    asked = query("log", order="oldest")
    assert without_ingested(store.search(asked).documents) == expected
    for columns in (["event.original", "message"], ["event.original"], ["message"]):
        (frame,) = store.scan(asked, ["event.id", *columns])
        for name in columns:
            assert frame.sort("event.id")[name].to_list() == [longest[name], None]
    (followed,) = store.follow("log", None)
    assert set(followed.frame["event.original"]) == {longest["event.original"], None}
    assert store.count(query("log", Phrase("message", "登录 x"))) == 1


def test_a_store_tells_what_it_holds_day_by_day(store: EventStore) -> None:
    assert store.datasets() == ()
    assert store.held("flow") == ()
    for day, names in ((3, "ab"), (1, "cde")):
        at = f"2026-03-0{day}T05:00:00.000000000Z"
        store.write(made.batch(rows(*names, at=at), "flow", str(day)))
    store.write(made.batch(rows("a"), "drill-1-flow"))
    assert store.datasets() == ("drill-1-flow", "flow")
    days = store.held("flow")
    assert [(held.day.day, held.documents) for held in days] == [(1, 3), (3, 2)]
    assert all(held.octets > 0 for held in days)
    store.drop_before("flow", dt.date(2026, 3, 3))
    assert [held.day.day for held in store.held("flow")] == [3]
    store.drop_before("drill-1-flow", dt.date(2026, 3, 3))
    assert store.datasets() == ("flow",)


def test_times_that_no_store_holds_are_refused_row_by_row(store: EventStore) -> None:
    times = [dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (1600, 1969, 1970, 2262, 2263)]
    frame = pl.DataFrame({"@timestamp": times, "event.id": ["a", "b", "c", "d", "e"]})
    result = store.write(Batch("log", "b", frame))
    assert result.acked == 2
    assert [(r.event_id, r.reason) for r in result.rejected] == [
        ("a", "@timestamp is before 1677 or beyond 2262"),
        ("b", "@timestamp is before 1970"),
        ("e", "@timestamp is before 1677 or beyond 2262"),
    ]
    everything = replace(query("log"), until=dt.datetime.max.replace(tzinfo=dt.UTC),
                         since=dt.datetime.min.replace(tzinfo=dt.UTC))  # fmt: skip
    assert ids(store.search(everything).documents) == ["d", "c"]


def test_a_column_of_another_type_is_refused(store: EventStore) -> None:
    frame = made.batch(rows("a"), "flow").frame.with_columns(pl.lit("22").alias("source.port"))
    with pytest.raises(Malformed, match="batch b"):
        store.write(Batch("flow", "b", frame))


def test_health_says_how_it_is_and_leaves_nothing_behind(store: EventStore) -> None:
    store.write(made.batch(rows("a"), "flow"))
    health = store.health()
    assert (health.reachable, health.mapped, health.writable) == (True, True, True), health.detail
    assert store.count(query("flow")) == 1
    assert store.count(query("probe")) == 0
