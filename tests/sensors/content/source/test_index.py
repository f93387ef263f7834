"""Indices as a source of tables: a real Elasticsearch."""

import itertools
import socket
import uuid
from collections.abc import Iterator, Sequence

import pytest
from elasticsearch import Elasticsearch

from sensors.content.source.index import IndexSource
from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred, FileSource
from situation.content.piece import Grid
from situation.content.resource import Resource
from situation.events.elastic.connection import Credentials
from situation.faults import Unavailable
from tests.elasticsearch.guarded import Guarded
from tests.relay import relay

pytestmark = [pytest.mark.elastic, pytest.mark.xdist_group("elastic")]

NOBODY = Credentials()


class Indices:
    """Indices as their owner fills them."""

    def __init__(self, client: Elasticsearch, url: str) -> None:
        self.client, self.url = client, url
        self.prefix = f"x{uuid.uuid4().hex[:10]}"

    def name(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def fill(self, name: str, documents: Sequence[dict[str, object]], **mapping: object) -> None:
        settings = {"number_of_shards": 1, "number_of_replicas": 0}
        if not self.client.indices.exists(index=self.name(name)):
            self.client.indices.create(
                index=self.name(name), settings=settings, mappings=mapping or None
            )
        lines: list[dict[str, object]] = []
        for document in documents:
            lines += [{"index": {}}, document]
        if lines:
            self.client.bulk(index=self.name(name), operations=lines, refresh=True)

    def opened(self, credentials: Credentials = NOBODY, **more: object) -> IndexSource:
        return IndexSource(self.url, credentials, pattern=f"{self.prefix}-*", **more)  # type: ignore[arg-type]

    def path(self, name: str) -> str:
        return f"elasticsearch{self.url.removeprefix('http')}/{self.name(name)}"

    def clear(self) -> None:
        names = self.client.indices.get(index=f"{self.prefix}-*", expand_wildcards="all")
        for name in names:
            self.client.indices.delete(index=name)


@pytest.fixture
def indices(elasticsearch_url: str) -> Iterator[Indices]:
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        made = Indices(client, elasticsearch_url)
        yield made
        made.clear()


def numbered(count: int) -> list[dict[str, object]]:
    return [{"number": number, "holder": {"name": f"第{number}人"}} for number in range(count)]


def cells(grids: Sequence[Grid], heading: str) -> list[str]:
    columns = [grid.columns[list(grid.header).index(heading)] for grid in grids]
    return list(itertools.chain.from_iterable(columns))


def test_indices_are_listed_by_name_and_the_walk_goes_on_behind_any_of_them(
    indices: Indices,
) -> None:
    for name in ("b", "a", "c"):
        indices.fill(name, numbered(2))
    source = indices.opened()
    found = list(source.walk())
    assert [one.path for one in found] == [indices.path(name) for name in "abc"]
    assert {(one.kind, one.size) for one in found} == {("index", 2)}
    assert [one.path for one in source.walk(found[0].path)] == [one.path for one in found[1:]]
    assert {one.exposure.encrypted_transport for one in found} == {False}
    assert {one.exposure.anonymous for one in found} == {True}
    source.close()


def test_patterns_choose_indices_by_name(indices: Indices) -> None:
    for name in ("people", "people-old", "logs"):
        indices.fill(name, [])
    source = indices.opened(selection=Selection(("*-people*",), ("*-old",)))
    assert [one.path for one in source.walk()] == [indices.path("people")]
    source.close()


def test_the_stamp_changes_with_what_is_written_changed_or_deleted(indices: Indices) -> None:
    indices.fill("a", numbered(2))
    source = indices.opened()
    index = indices.name("a")

    def stamp() -> str:
        (found,) = source.walk()
        return found.stamp

    stamps = [stamp()]
    assert stamp() == stamps[0]
    indices.client.index(index=index, id="1", document={"number": 1}, refresh=True)
    stamps.append(stamp())
    indices.client.index(index=index, id="1", document={"number": 2}, refresh=True)
    stamps.append(stamp())
    indices.client.delete(index=index, id="1", refresh=True)
    stamps.append(stamp())
    indices.client.indices.delete(index=index)
    indices.fill("a", numbered(2))
    stamps.append(stamp())
    assert len(set(stamps)) == 5
    source.close()


def test_a_short_index_is_read_whole_with_inner_names_joined(indices: Indices) -> None:
    documents = numbered(250)
    documents[3]["tags"] = ["x", "y"]
    indices.fill("a", documents)
    source = indices.opened()
    (found,) = source.walk()
    grids = list(source.grids(found))
    assert cells(grids, "holder.name") == [f"第{number}人" for number in range(250)]
    assert cells(grids, "tags")[3] == "x\ny"
    assert all(cells(grids, "_id"))
    assert {grid.total_rows for grid in grids} == {250}
    assert {grid.name for grid in grids} == {indices.name("a")}
    source.close()


def test_a_longer_one_is_sampled_at_both_ends_and_at_random(indices: Indices) -> None:
    indices.fill("a", numbered(1200))
    source = indices.opened(sample_rows=400)
    (found,) = source.walk()
    grids = list(source.grids(found))
    numbers = [int(cell) for cell in cells(grids, "number")]
    between = [number for number in numbers if 100 <= number < 1100]
    assert len(numbers) == len(set(numbers)) <= 400
    assert {*range(100), *range(1100, 1200)} <= set(numbers)
    assert len(between) > 100
    assert max(between) - min(between) > 500
    assert [cell for grid in source.grids(found) for cell in grid.columns[0]] == [
        cell for grid in grids for cell in grid.columns[0]
    ]
    assert {grid.total_rows for grid in grids} == {1200}
    source.close()


def test_one_document_is_a_table_of_one_row_and_none_are_none(indices: Indices) -> None:
    indices.fill("a", numbered(1))
    indices.fill("b", [])
    source = indices.opened()
    one, none = source.walk()
    assert cells(list(source.grids(one)), "holder.name") == ["第0人"]
    assert list(source.grids(none)) == []
    source.close()


def test_what_is_closed_gone_or_keeps_no_source_is_barred(indices: Indices) -> None:
    indices.fill("closed", numbered(1))
    indices.fill("gone", numbered(1))
    indices.fill("lean", numbered(1), _source={"enabled": False})
    indices.client.indices.close(index=indices.name("closed"))
    source = indices.opened()
    found = list(source.walk())
    assert len(found) == 3
    indices.client.indices.delete(index=indices.name("gone"))
    told = {}
    for resource in found:
        with pytest.raises(Barred) as barred:
            list(source.grids(resource))
        told[resource.path] = barred.value.because
    assert list(told.values()) == ["denied", "vanished", "no_reader"]
    source.close()


def test_a_server_that_goes_away_between_two_questions_is_unavailable(indices: Indices) -> None:
    indices.fill("a", numbered(2))
    with relay(int(indices.url.rsplit(":", 1)[1])) as between:
        url = f"http://127.0.0.1:{between.port}"
        source = IndexSource(url, NOBODY, pattern=f"{indices.prefix}-*")
        (found,) = source.walk()
        between.cut()
        with pytest.raises(Unavailable, match=url):
            list(source.grids(found))
        with pytest.raises(Unavailable):
            list(source.walk())
    source.close()


def test_a_login_and_its_rights_are_respected(guarded: Guarded) -> None:
    with guarded.client() as client:
        indices = Indices(client, guarded.url)
        indices.fill("open", numbered(3))
        indices.fill("shut", numbered(3))
        listing = {"names": [f"{indices.prefix}-*"], "privileges": ["view_index_metadata"]}
        reading = {"names": [indices.name("open")], "privileges": ["read"]}
        key = client.security.create_api_key(
            name=indices.prefix, role_descriptors={"scan": {"indices": [listing, reading]}}
        )["encoded"]
        source = indices.opened(guarded.key(key))
        granted, shut = source.walk()
        assert (granted.exposure.anonymous, granted.exposure.encrypted_transport) == (False, True)
        assert (granted.stamp, granted.path[:16]) == ("", "elasticsearchs:/")
        assert len(cells(list(source.grids(granted)), "number")) == 3
        with pytest.raises(Barred) as barred:
            list(source.grids(shut))
        assert barred.value.because == "denied"
        source.close()
        source = indices.opened(guarded.credentials(password="another"))
        with pytest.raises(Unavailable, match="credentials") as refused:
            list(source.walk())
        assert "another" not in str(refused.value)
        source.close()
        indices.clear()


def test_nobody_there_is_unavailable_and_it_is_a_source_of_tables() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    source = IndexSource(f"http://127.0.0.1:{port}", NOBODY)
    with pytest.raises(Unavailable, match="nobody listens"):
        list(source.walk())
    assert not isinstance(source, FileSource)
    source.close()


def test_an_index_of_an_unknown_name_is_barred(indices: Indices) -> None:
    source = indices.opened()
    with pytest.raises(Barred):
        list(source.grids(Resource(path=indices.path("none"), kind="index")))
    source.close()
