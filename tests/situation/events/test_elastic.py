"""What the adapter for Elasticsearch promises beyond the contract, on real servers."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from situation.clock import SetClock, SystemClock
from situation.events.elastic.bulk import BulkLoop, Entry, Outcome
from situation.events.elastic.connection import Credentials, check_version
from situation.events.elastic.mapping import mapping_faults, properties
from situation.events.elastic.store import ElasticStore
from situation.events.store import Document, Query
from situation.faults import Misconfigured, Unavailable
from tests.elasticsearch import server
from tests.situation.events import made

pytestmark = [pytest.mark.elastic, pytest.mark.xdist_group("elastic")]

PASSWORD = "synthetic-secret"
ROLES = """
sensor:
  indices: [{names: ["citywatch-*"], privileges: ["create_doc", "auto_configure"]}]
auditor:
  cluster: ["monitor"]
"""
ALL = Query("flow", made.START, made.END)


def rows(*ids: str) -> list[Document]:
    return [{"@timestamp": "2026-03-01T10:00:00.000000001Z", "event.id": name} for name in ids]


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as made_client:
        yield made_client


@pytest.fixture
def store(elasticsearch_url: str, client: Elasticsearch) -> Iterator[ElasticStore]:
    prefix = f"e{uuid.uuid4().hex[:12]}"
    made_store = ElasticStore(
        elasticsearch_url, SystemClock(), prefix=prefix, replicas=0, patience_seconds=0
    )
    made_store.setup()
    yield made_store
    made_store.close()
    for index in client.indices.get_settings(index=f"{prefix}-*"):
        client.indices.delete(index=index)
    client.indices.delete_index_template(name=prefix)
    for part in ("fields", "settings"):
        client.cluster.delete_component_template(name=f"{prefix}-{part}")


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """A server that asks who one is and takes no more than a megabyte at once."""
    files = server.file_realm("admin", PASSWORD, "superuser")
    for user in ("sensor", "auditor"):
        for name, text in server.file_realm(user, PASSWORD, user).items():
            files[name] += text
    running = server.start(
        files=files | {"roles.yml": ROLES},
        settings={"xpack.security.enabled": True, "http.max_content_length": "1mb"},
    )
    yield running.url
    running.stop()


def opened(url: str, user: str, password: str = PASSWORD) -> ElasticStore:
    credentials = Credentials(username=user, password=password)
    return ElasticStore(url, SystemClock(), credentials=credentials, replicas=0, patience_seconds=0)


def test_a_full_server_is_unavailable_and_takes_the_batch_later(
    store: ElasticStore, client: Elasticsearch
) -> None:
    store.write(made.batch(rows("a"), "flow"))
    index = next(iter(client.indices.get_settings(index=f"{store.prefix}-flow-*")))
    client.indices.put_settings(index=index, settings={"index.blocks.read_only_allow_delete": True})
    with pytest.raises(Unavailable, match="cluster_block_exception"):
        store.write(made.batch(rows("a", "b"), "flow"))
    assert not store.health().writable
    client.indices.put_settings(index=index, settings={"index.blocks.read_only_allow_delete": None})
    result = store.write(made.batch(rows("a", "b"), "flow"))
    assert (result.acked, result.duplicates) == (1, 1)
    assert store.count(ALL) == 2


def test_a_refusal_for_now_is_retried_with_growing_pauses(
    store: ElasticStore, client: Elasticsearch
) -> None:
    store.write(made.batch(rows("a"), "flow"))
    index = next(iter(client.indices.get_settings(index=f"{store.prefix}-flow-*")))
    block = "index.blocks.read_only_allow_delete"
    client.indices.put_settings(index=index, settings={block: True})
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            client.indices.put_settings(index=index, settings={block: None})

    loop = BulkLoop(client, SystemClock(), patience_seconds=60, sleep=sleep)
    entries = [
        Entry(name, b'{"create":{"_id":"%s"}}\n' % name.encode(), document(name)) for name in "bcde"
    ]
    outcome = Outcome()
    loop.send(index, entries, outcome)
    assert (outcome.acked, outcome.duplicates, outcome.rejected) == (4, 0, [])
    assert len(pauses) >= 3
    assert pauses[0] <= 0.1 < pauses[2] <= 0.4
    assert store.count(ALL) == 5


def document(name: str) -> bytes:
    return b'{"@timestamp":"2026-03-01T10:00:00.000000001Z","event.id":"%s"' % name.encode()


def test_one_document_that_the_mapping_refuses_leaves_the_others(
    store: ElasticStore, client: Elasticsearch
) -> None:
    broken = Entry("bad", b'{"create":{"_id":"bad"}}\n', b'{"@timestamp":"yesterday"')
    good = Entry("good", b'{"create":{"_id":"good"}}\n', document("good"))
    outcome = Outcome()
    loop = BulkLoop(client, SystemClock(), patience_seconds=0)
    loop.send(f"{store.prefix}-flow-2026.03.01", [broken, good], outcome)
    assert outcome.acked == 1
    assert [rejection.event_id for rejection in outcome.rejected] == ["bad"]
    assert "document_parsing_exception" in outcome.rejected[0].reason
    assert store.count(ALL) == 1


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
    bare = ElasticStore(elasticsearch_url, SystemClock(), prefix="bare")
    health = bare.health()
    assert (health.reachable, health.mapped, health.writable) == (True, False, False)
    assert "set the store up" in health.detail
    assert not client.indices.get_settings(index="bare-*").body
    bare.close()


def test_a_sensor_that_may_only_write_writes(guarded: str) -> None:
    admin, sensor = opened(guarded, "admin"), opened(guarded, "sensor")
    admin.setup()
    batch = made.batch(rows("a", "b"), "flow")
    assert sensor.write(batch).acked == 2
    assert sensor.write(batch).duplicates == 2
    assert admin.count(ALL) == 2
    health = sensor.health()
    assert (health.reachable, health.writable) == (True, True), health.detail
    assert health.facts["version"] == "unknown"
    with pytest.raises(Unavailable, match="forbids"):
        sensor.count(ALL)
    with pytest.raises(Misconfigured, match="forbids"):
        sensor.setup()
    admin.close()
    sensor.close()


def test_a_user_without_rights_is_told_so(guarded: str) -> None:
    auditor = opened(guarded, "auditor")
    with pytest.raises(Unavailable, match="forbids"):
        auditor.write(made.batch(rows("a"), "flow"))
    assert not auditor.health().writable
    auditor.close()


def test_a_wrong_password_is_told_so(guarded: str) -> None:
    stranger = opened(guarded, "admin", "another-synthetic-secret")
    with pytest.raises(Misconfigured, match="credentials"):
        stranger.setup()
    with pytest.raises(Unavailable, match="credentials"):
        stranger.write(made.batch(rows("a"), "flow"))
    assert not stranger.health().reachable
    stranger.close()


def test_what_is_too_large_at_once_is_sent_in_parts(guarded: str) -> None:
    admin = opened(guarded, "admin")
    admin.setup()
    documents = [row | {"raw": "x" * 200_000} for row in rows(*"abcdefghijkl")]
    result = admin.write(made.batch(documents, "log"))
    assert (result.acked, result.rejected) == (12, ())
    giant = [row | {"raw": "登" * 400_000} for row in rows("giant")]
    result = admin.write(made.batch([*giant, *rows("small")], "log"))
    assert result.acked == 1
    assert [(r.event_id, r.reason) for r in result.rejected] == [
        ("giant", "the document is larger than the server takes")
    ]
    admin.close()


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
