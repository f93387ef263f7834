"""Fixtures of the fault tests."""

import uuid
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from tests.situation.events.elastic import clear


@pytest.fixture
def prefix(elasticsearch_url: str) -> Iterator[str]:
    """Prefix of indices that no other test has; what bears it is removed afterwards."""
    made = f"f{uuid.uuid4().hex[:12]}"
    yield made
    with Elasticsearch(elasticsearch_url) as client:
        clear(client, made)
