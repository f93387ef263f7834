"""Stores on a real Elasticsearch for the tests: opened under a prefix of their own, cleared."""

import contextlib
import uuid
from collections.abc import Iterator

from elasticsearch import Elasticsearch

from situation.clock import SystemClock
from situation.events.elastic.connection import Credentials
from situation.events.elastic.store import ElasticStore
from situation.events.store import Document, Query
from tests.situation.events import made

ALL = Query("flow", made.START, made.END)


def rows(*ids: str) -> list[Document]:
    """Documents of one instant."""
    return [{"@timestamp": "2026-03-01T10:00:00.000000001Z", "event.id": name} for name in ids]


def numbered(count: int, first: int = 0) -> list[Document]:
    """Documents that are named by their number."""
    return rows(*(f"{number:06d}" for number in range(first, first + count)))


def opened(
    urls: str,
    prefix: str,
    *,
    credentials: Credentials | None = None,
    replicas: int = 0,
    patience_seconds: float = 0,
) -> ElasticStore:
    """A store of the prefix, not set up."""
    return ElasticStore(
        urls,
        SystemClock(),
        credentials=credentials,
        prefix=prefix,
        replicas=replicas,
        patience_seconds=patience_seconds,
    )


@contextlib.contextmanager
def store_at(
    client: Elasticsearch, urls: str, *, patience_seconds: float = 0
) -> Iterator[ElasticStore]:
    """A store that is set up and empty; all of it is removed through `client` afterwards."""
    prefix = f"e{uuid.uuid4().hex[:12]}"
    store = opened(urls, prefix, patience_seconds=patience_seconds)
    store.setup()
    try:
        yield store
    finally:
        store.close()
        clear(client, prefix)


def clear(client: Elasticsearch, prefix: str) -> None:
    """Remove indices and templates of a prefix."""
    for index in client.indices.get_settings(index=f"{prefix}-*"):
        client.indices.delete(index=index)
    client.options(ignore_status=404).indices.delete_index_template(name=prefix)
    for part in ("fields", "settings"):
        name = f"{prefix}-{part}"
        client.options(ignore_status=404).cluster.delete_component_template(name=name)
