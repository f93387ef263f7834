"""What the adapter for Elasticsearch promises beyond the contract, on a real server."""

import datetime as dt
from collections.abc import Iterator

import polars as pl
import pytest
from elasticsearch import Elasticsearch

from situation.clock import SetClock
from situation.events.elastic import naming
from situation.events.elastic.connection import check_version, nodes_of
from situation.events.elastic.mapping import mapping_faults, properties
from situation.events.elastic.store import ElasticStore
from situation.events.elastic.visibility import SMALL
from situation.events.instant import DAY, iso_text
from situation.events.store import Batch, HeldDay
from situation.faults import Misconfigured, Unavailable
from situation.fields import TEXT_LIMIT
from tests.situation.events import made
from tests.situation.events.elastic import ALL, numbered, opened, rows, store_at

pytestmark = [pytest.mark.elastic, pytest.mark.xdist_group("elastic")]

TOMORROW = made.START_NANOS + DAY
BLOCK = "index.blocks.read_only_allow_delete"


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as made_client:
        yield made_client


@pytest.fixture
def store(elasticsearch_url: str, client: Elasticsearch) -> Iterator[ElasticStore]:
    with store_at(client, elasticsearch_url) as made_store:
        yield made_store


def only_index(client: Elasticsearch, store: ElasticStore) -> str:
    return str(next(iter(client.indices.get_settings(index=f"{store.prefix}-flow-*"))))


def test_a_full_store_says_so_at_once_and_takes_the_batch_later(
    store: ElasticStore, client: Elasticsearch
) -> None:
    store.write(made.batch(rows("a"), "flow"))
    index = only_index(client, store)
    client.indices.put_settings(index=index, settings={BLOCK: True})
    with pytest.raises(Unavailable, match="the store is full") as raised:
        store.write(made.batch(rows("a", "b"), "flow"))
    assert raised.value.wait_seconds == 60
    health = store.health()
    assert not health.writable
    assert "the store is full" in health.detail
    client.indices.put_settings(index=index, settings={BLOCK: None})
    result = store.write(made.batch(rows("a", "b"), "flow"))
    assert (result.acked, result.duplicates) == (1, 1)
    assert store.count(ALL) == 2


def test_a_cluster_without_room_for_an_index_is_full_and_refuses_no_document(
    store: ElasticStore, client: Elasticsearch
) -> None:
    later = rows("b")[0] | {"@timestamp": iso_text(TOMORROW)}
    two_days = made.batch([*rows("a"), later], "flow")
    client.cluster.put_settings(persistent={"cluster.max_shards_per_node": 1})
    try:
        with pytest.raises(Unavailable, match="no room for another index"):
            store.write(two_days)
    finally:
        client.cluster.put_settings(persistent={"cluster.max_shards_per_node": None})
    result = store.write(two_days)
    assert (result.acked + result.duplicates, result.rejected) == (2, ())


def test_a_server_that_makes_no_index_by_itself_is_told_so(
    store: ElasticStore, client: Elasticsearch
) -> None:
    client.cluster.put_settings(persistent={"action.auto_create_index": "other-*"})
    try:
        with pytest.raises(Misconfigured, match=r"action\.auto_create_index"):
            store.write(made.batch(rows("a"), "flow"))
    finally:
        client.cluster.put_settings(persistent={"action.auto_create_index": None})


def test_a_closed_index_loses_no_document(store: ElasticStore, client: Elasticsearch) -> None:
    store.write(made.batch(rows("a"), "flow"))
    index = only_index(client, store)
    client.indices.close(index=index)
    with pytest.raises(Unavailable, match="the index is closed"):
        store.write(made.batch(rows("b"), "flow"))
    client.indices.open(index=index)
    assert store.write(made.batch(rows("b"), "flow")).acked == 1


def test_documents_that_the_mapping_refuses_leave_the_others(
    store: ElasticStore, client: Elasticsearch
) -> None:
    narrow = {"properties": {"event.action": {"type": "long"}}}
    client.indices.delete_index_template(name=store.prefix)
    client.indices.create(index=f"{store.prefix}-flow-2026.03.01", mappings=narrow)
    documents = [row | {"event.action": "tried"} for row in rows("bad", "worse")]
    result = store.write(made.batch([*documents, *rows("good")], "flow"))
    assert (result.acked, result.duplicates) == (1, 0)
    assert sorted(rejection.event_id for rejection in result.rejected) == ["bad", "worse"]
    assert all("document_parsing_exception" in one.reason for one in result.rejected)
    assert store.count(ALL) == 1


def test_a_large_write_is_in_parts_and_each_is_counted_once(store: ElasticStore) -> None:
    documents = [row | {"raw": "登" * 300} for row in numbered(12_000)]
    result = store.write(made.batch(documents, "flow"))
    assert (result.acked, result.duplicates, result.rejected) == (12_000, 0, ())
    assert store.write(made.batch(documents, "flow")).duplicates == 12_000
    assert store.count(ALL) == 12_000


def test_large_writes_in_quick_succession_are_seen_by_their_own_store(
    store: ElasticStore,
) -> None:
    for first in range(0, 5 * (SMALL + 1), SMALL + 1):
        store.write(made.batch(numbered(SMALL + 1, first), "flow"))
    assert store.count(ALL) == 5 * (SMALL + 1)
    assert sum(part.frame.height for part in store.follow("flow", None)) == 5 * (SMALL + 1)


def test_a_batch_of_a_thousand_days_is_bounded_and_counted(
    store: ElasticStore, client: Elasticsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "DAYS", 20)
    frame = pl.DataFrame(
        {
            "@timestamp": pl.Series(range(1000)).cast(pl.Int64) * DAY,
            "event.id": [str(day) for day in range(1000)],
        }
    ).cast({"@timestamp": pl.Datetime("ns", "UTC")})
    result = store.write(Batch("flow", "skewed", frame))
    assert (result.acked, len(result.rejected)) == (20, 980)
    assert {one.reason for one in result.rejected} == {"the batch has more than 20 days"}
    assert len(client.indices.get_settings(index=f"{store.prefix}-flow-*")) == 20
    assert store.write(Batch("flow", "skewed", frame)).duplicates == 20


def test_hostile_values_are_kept_as_they_are(store: ElasticStore) -> None:
    hostile = {
        "event.action": "a\x00b\u2028\x7f",
        "event.original": "登\x00" * (TEXT_LIMIT // 2),
        "url.path": "/" + "登" * 7999,
    }
    wide = {f"field{number}": number for number in range(10_000)}
    schema = {"event.original": pl.String(), "url.path": pl.String()}
    frame = made.batch(
        [rows("a")[0] | {"event.action": hostile["event.action"]} | wide], "log"
    ).frame
    frame = frame.with_columns(
        pl.lit(hostile[name]).cast(dtype).alias(name) for name, dtype in schema.items()
    )
    assert store.write(Batch("log", "b", frame)).acked == 1
    found = store.get("log", "a")
    assert found is not None
    assert {name: found[name] for name in hostile} == hostile
    assert found["field9999"] == 9999


def test_what_is_held_is_told_by_dataset_and_day(store: ElasticStore) -> None:
    assert store.datasets() == ()
    for dataset in ("flow", "drill-a-flow"):
        store.write(made.batch(rows("a", "b"), dataset))
    store.write(made.batch([rows("a")[0] | {"@timestamp": iso_text(TOMORROW)}], "flow"))
    assert store.datasets() == ("drill-a-flow", "flow")
    held = store.held("flow")
    assert [(day.day.isoformat(), day.documents) for day in held] == [
        ("2026-03-01", 2),
        ("2026-03-02", 1),
    ]
    assert all(isinstance(day, HeldDay) and day.octets > 0 for day in held)
    assert store.held("drill") == ()
    assert store.drop_before("flow", dt.date(2026, 3, 2)) == 1
    assert [day.day.isoformat() for day in store.held("flow")] == ["2026-03-02"]


def test_a_follower_looks_back_for_what_a_slow_writer_brings_late(
    store: ElasticStore, elasticsearch_url: str
) -> None:
    now = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    slow, quick = (
        ElasticStore(elasticsearch_url, clock, prefix=store.prefix, replicas=0)
        for clock in (SetClock(now), SetClock(now + dt.timedelta(seconds=50)))
    )
    quick.write(made.batch(rows("quick"), "flow"))
    first = list(store.follow("flow", None))
    slow.write(made.batch(rows("slow"), "flow"))
    second = list(store.follow("flow", first[-1].cursor))
    assert [name for part in second for name in part.frame["event.id"]] == ["slow"]
    assert list(store.follow("flow", second[-1].cursor)) == []
    restarted = {n for p in quick.follow("flow", second[-1].cursor) for n in p.frame["event.id"]}
    assert restarted == {"slow", "quick"}
    slow.close()
    quick.close()


def test_setup_finds_an_index_of_other_types_and_health_tells(
    store: ElasticStore, client: Elasticsearch
) -> None:
    strange = {"properties": {"source.ip": {"type": "keyword"}}}
    client.indices.delete_index_template(name=store.prefix)
    client.indices.create(index=f"{store.prefix}-flow-2026.03.01", mappings=strange)
    health = store.health()
    assert not health.mapped
    assert "source.ip is keyword, not ip" in health.detail
    with pytest.raises(Misconfigured, match=r"source\.ip"):
        store.setup()
    client.indices.delete(index=f"{store.prefix}-flow-2026.03.01")
    store.setup()
    assert store.health().mapped


def test_a_store_without_templates_is_reported_and_not_touched(
    elasticsearch_url: str, client: Elasticsearch
) -> None:
    bare = opened(elasticsearch_url, "bare")
    health = bare.health()
    assert (health.reachable, health.mapped, health.writable) == (True, False, False)
    assert "set the store up" in health.detail
    assert not client.indices.get_settings(index="bare-*").body
    bare.close()


def test_an_old_server_is_refused_and_an_unknown_one_passes() -> None:
    check_version(None, "store")
    check_version("8.19.0", "store")
    check_version("9.2.0", "store")
    with pytest.raises(Misconfigured, match=r"8\.18\.3 is older than 8\.19"):
        check_version("8.18.3", "store")


def test_mapping_faults_name_the_field_and_both_types() -> None:
    found = {"properties": properties()}
    assert mapping_faults(found) == []
    found["properties"]["source.ip"] = {"type": "keyword"}
    del found["properties"]["message"]
    assert mapping_faults(found) == ["source.ip is keyword, not ip", "message is not mapped"]


@pytest.mark.parametrize("urls", ["", ",", "https://a:9200,ftp://b:1", "http://a", "http://a:x"])
def test_nodes_that_are_none_are_refused(urls: str) -> None:
    with pytest.raises(Misconfigured):
        nodes_of(urls)


def test_nodes_are_separated_by_commas() -> None:
    assert nodes_of("https://a:9200, https://b:9200,") == ["https://a:9200", "https://b:9200"]
