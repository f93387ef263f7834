"""Both stores under one name: whatever takes `opened` runs against each."""

import itertools
import pathlib
import uuid
from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch

from situation.clock import SystemClock
from situation.events.opening import open_event_store
from situation.events.store import EventStore

Opening = Callable[[], EventStore]

ELASTIC = pytest.param("elastic", marks=[pytest.mark.elastic, pytest.mark.xdist_group("elastic")])


@pytest.fixture(params=["parquet", ELASTIC])
def opening(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Opening]:
    """Open the same store again and again, as another process would; close it at the end."""
    opened: list[EventStore] = []
    prefix = f"t{uuid.uuid4().hex[:12]}"
    elastic = request.param == "elastic"
    url = request.getfixturevalue("elasticsearch_url") if elastic else str(tmp_path / "events")

    def open_again() -> EventStore:
        store = open_event_store(url, clock=SystemClock(), prefix=prefix, replicas=0)
        opened.append(store)
        return store

    yield open_again
    for store in opened:
        store.close()
    if elastic:
        _clear(url, prefix)


def _clear(url: str, prefix: str) -> None:
    with Elasticsearch(url) as client:
        for index in client.indices.get_settings(index=f"{prefix}-*"):
            client.indices.delete(index=index)
        client.options(ignore_status=404).indices.delete_index_template(name=prefix)
        for component in ("fields", "settings"):
            client.options(ignore_status=404).cluster.delete_component_template(
                name=f"{prefix}-{component}"
            )


@pytest.fixture
def store(opening: Opening) -> EventStore:
    """A store that is set up and empty."""
    made = opening()
    made.setup()
    return made


@pytest.fixture(scope="session")
def dataset_names() -> Iterator[str]:
    """Names that no other example uses."""
    return (f"case{number}" for number in itertools.count())
