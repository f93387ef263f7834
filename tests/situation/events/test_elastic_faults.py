"""What was acknowledged is there exactly once, whatever happens to the server and on the way."""

import itertools
import os
import random
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Self

import pytest
from elasticsearch import Elasticsearch

from situation.events.elastic.store import ElasticStore
from situation.events.store import Batch, WriteResult
from situation.faults import Unavailable
from tests.elasticsearch import cluster
from tests.elasticsearch.guarded import Guarded
from tests.elasticsearch.proxy import (
    Proxy,
    Spoil,
    cut,
    failed,
    kept_aside,
    proxy,
    shortened,
    truncated,
)
from tests.elasticsearch.server import Server
from tests.situation.events import made
from tests.situation.events.elastic import ALL, clear, numbered, opened, rows, store_at

pytestmark = [pytest.mark.elastic, pytest.mark.xdist_group("elastic")]

SOAK = os.environ.get("CITYWATCH_SOAK") == "1"
ROUNDS = 50 if SOAK else 2
ROWS = 400
SEED = 20_260_301


def assert_sums(result: WriteResult, count: int) -> None:
    assert result.acked + result.duplicates + len(result.rejected) == count


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as made_client:
        yield made_client


def through(
    client: Elasticsearch,
    target: str,
    spoils: Sequence[Spoil],
    write: Callable[[ElasticStore], None],
) -> Proxy:
    """Run `write` with a store behind a proxy that spoils; check nothing else."""
    with (
        proxy(target) as between,
        store_at(client, between.url, patience_seconds=60) as store,
    ):
        between.spoils.extend(spoils)
        store._bulk.sleep = lambda _: None  # noqa: SLF001 - the pauses are not what is tried
        write(store)
    return between


@pytest.mark.parametrize("spoil", [cut, shortened, truncated])
def test_an_answer_that_is_lost_or_broken_loses_and_doubles_nothing(
    client: Elasticsearch, elasticsearch_url: str, spoil: Spoil
) -> None:
    def write(store: ElasticStore) -> None:
        result = store.write(made.batch(numbered(1500), "flow"))
        assert_sums(result, 1500)
        assert result.duplicates > 0
        assert result.rejected == ()
        assert store.count(ALL) == 1500

    between = through(client, elasticsearch_url, [spoil, spoil], write)
    assert between.bulks > 2


def test_what_went_to_the_failure_store_is_no_stored_event(
    client: Elasticsearch, elasticsearch_url: str
) -> None:
    def write(store: ElasticStore) -> None:
        result = store.write(made.batch(rows("a", "b"), "flow"))
        assert (result.acked, result.duplicates) == (0, 0)
        assert {one.reason for one in result.rejected} == {
            "the server put it into its failure store"
        }

    assert through(client, elasticsearch_url, [kept_aside], write).bulks == 1


def test_a_document_on_which_the_server_always_breaks_does_not_hold_up_the_others(
    client: Elasticsearch, elasticsearch_url: str
) -> None:
    def write(store: ElasticStore) -> None:
        result = store.write(made.batch(rows("a"), "flow"))
        assert [(r.event_id, r.reason) for r in result.rejected] == [
            ("a", "500 null_pointer_exception synthetic")
        ]
        assert store.write(made.batch(rows("b"), "flow")).acked == 1

    assert through(client, elasticsearch_url, [failed] * 8, write).bulks == 9


def test_a_large_document_at_which_the_server_always_hangs_up_is_refused(
    client: Elasticsearch, elasticsearch_url: str
) -> None:
    def write(store: ElasticStore) -> None:
        giant = rows("giant")[0] | {"raw": "x" * 100_000}
        result = store.write(made.batch([giant], "flow"))
        assert [r.event_id for r in result.rejected] == ["giant"]
        assert "larger than the server takes" in result.rejected[0].reason

    assert through(client, elasticsearch_url, [cut] * 8, write).bulks == 8


def test_a_server_that_never_answers_a_write_makes_it_wait_no_longer_than_its_patience(
    client: Elasticsearch, elasticsearch_url: str
) -> None:
    with (
        proxy(elasticsearch_url, always=cut) as between,
        store_at(client, between.url, patience_seconds=5) as store,
    ):
        pauses: list[float] = []
        store._bulk.sleep = pauses.append  # noqa: SLF001 - counted instead of slept
        with pytest.raises(Unavailable, match="without an answer"):
            store.write(made.batch(rows("a"), "flow"))
        assert sum(pauses) >= 5
        between.always = None
        assert store.write(made.batch(rows("a"), "flow")).duplicates == 1


def test_a_server_under_pressure_gets_less_at_once_and_all_in_the_end(guarded: Guarded) -> None:
    prefix = f"e{uuid.uuid4().hex[:12]}"
    store = opened(guarded.url, prefix, credentials=guarded.credentials(), patience_seconds=60)
    store.setup()
    store.write(made.batch(rows("first"), "flow"))
    store._bulk.pace.octets = 900_000  # noqa: SLF001 - two of them are more than it takes
    documents = [row | {"raw": "x" * 5000} for row in numbered(1000)]
    result = store.write(made.batch(documents, "flow"))
    assert (result.acked + result.duplicates, result.rejected) == (1000, ())
    assert store.count(ALL) == 1001
    store.close()
    with guarded.client() as client:
        stats = client.nodes.stats(metric="indexing_pressure")["nodes"]
        memory = next(iter(stats.values()))["indexing_pressure"]["memory"]["total"]
        clear(client, prefix)
    assert memory["coordinating_rejections"] + memory["primary_rejections"] > 0


FLOOD = {
    "cluster.routing.allocation.disk.threshold_enabled": True,
    "cluster.routing.allocation.disk.watermark.low": "1%",
    "cluster.routing.allocation.disk.watermark.high": "1%",
    "cluster.routing.allocation.disk.watermark.flood_stage": "1%",
    "cluster.info.update.interval": "10s",
}


@pytest.mark.skipif(not SOAK, reason="waits a minute for the server (CITYWATCH_SOAK=1)")
def test_a_disk_beyond_the_flood_stage_is_waited_for_and_no_document_lost(
    client: Elasticsearch, elasticsearch_url: str
) -> None:
    with store_at(client, elasticsearch_url) as store:
        store.write(made.batch(rows("a"), "flow"))
        client.cluster.put_settings(persistent=FLOOD)
        try:
            full = first_refusal(store)
            with pytest.raises(Unavailable, match="unavailable_shards_exception"):
                store.write(made.batch(rows("a"), "dns"))
        finally:
            client.cluster.put_settings(persistent=dict.fromkeys(FLOOD))
            client.cluster.put_settings(
                persistent={"cluster.routing.allocation.disk.threshold_enabled": False}
            )
        assert "the store is full" in full.reason
        assert full.wait_seconds == 60
        with Writer(store) as writer:
            writer.await_batches(1)
        assert writer.faults == []
        assert {"a", "tried", "000000"} <= ids_of(store)


def first_refusal(store: ElasticStore) -> Unavailable:
    """Write until the store takes no more."""
    while True:
        try:
            store.write(made.batch(rows("tried"), "flow"))
        except Unavailable as fault:
            return fault
        threading.Event().wait(1)


def ids_of(store: ElasticStore) -> set[str]:
    return {name for frame in store.scan(ALL, ["event.id"]) for name in frame["event.id"]}


REFUSALS_AT_THE_END = 20
LOOK_SECONDS = 0.02
LOOKS = 9_000
"""A server that takes nothing for three minutes is no server."""


class Writer:
    """Writes numbered batches until it is stopped, each again and again until it is taken."""

    def __init__(self, store: ElasticStore) -> None:
        self._store = store
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.taken = 0
        self.refusals = 0
        self.faults: list[Exception] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def await_batches(self, more: int) -> None:
        """Return when so many further batches were taken."""
        wanted = self.taken + more
        for _ in range(LOOKS):
            if self.taken >= wanted or not self._thread.is_alive():
                break
            self._thread.join(LOOK_SECONDS)
        assert self.taken >= wanted, self.faults

    def _run(self) -> None:
        try:
            for number in itertools.count():
                documents = numbered(ROWS, number * ROWS)
                self._write(Batch("flow", str(number), made.batch(documents, "flow").frame))
                self.taken += 1
                if self._stop.is_set():
                    return
        except (AssertionError, ValueError) as error:
            self.faults.append(error)

    def _write(self, batch: Batch) -> None:
        left = REFUSALS_AT_THE_END
        while True:
            try:
                result = self._store.write(batch)
            except Unavailable:
                self.refusals += 1
                left -= self._stop.is_set()
                assert left, "nothing is taken any more"
                continue
            assert (result.acked + result.duplicates, result.rejected) == (ROWS, ())
            return


def test_no_acknowledged_document_is_lost_or_doubled_when_the_server_is_killed(
    guarded: Guarded,
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - points in time
    prefix = f"e{uuid.uuid4().hex[:12]}"
    store = opened(guarded.url, prefix, credentials=guarded.credentials(), patience_seconds=2)
    store.setup()
    with Writer(store) as writer:
        for _ in range(ROUNDS):
            writer.await_batches(chance.randint(1, 8))
            threading.Event().wait(chance.random() * 0.1)
            guarded.server.kill()
            guarded.server.resume()
            guarded.server.ready()
        writer.await_batches(2)
    assert writer.faults == []
    assert store.count(ALL) == writer.taken * ROWS
    store.close()
    with guarded.client() as client:
        clear(client, prefix)


@pytest.fixture(scope="module")
def nodes() -> Iterator[list[Server]]:
    running = cluster.start()
    yield running
    for node in running:
        node.stop()


def test_writes_go_on_while_one_node_of_three_is_dead(nodes: list[Server]) -> None:
    prefix = f"e{uuid.uuid4().hex[:12]}"
    urls = ",".join(node.url for node in nodes)
    store = opened(urls, prefix, replicas=1, patience_seconds=10)
    store.setup()
    chance = random.Random(SEED)  # noqa: S311 - which node
    with Writer(store) as writer:
        for _ in range(ROUNDS if SOAK else 1):
            writer.await_batches(3)
            # Before both copies are there a dead node may take the only one with it.
            cluster.await_nodes(nodes[0].url)
            victim = nodes[chance.randrange(3)]
            victim.kill()
            # The dead node is back only after these: they were written without it.
            writer.await_batches(5)
            victim.resume()
            victim.ready()
            cluster.await_nodes(victim.url)
        writer.await_batches(2)
    assert writer.faults == []
    assert store.count(ALL) == writer.taken * ROWS
    for node in nodes:
        alone = opened(node.url, prefix)
        assert alone.count(ALL) == writer.taken * ROWS
        alone.close()
    store.close()
