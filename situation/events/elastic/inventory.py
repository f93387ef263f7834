"""What lies in the indices: datasets, days, documents, octets."""

from typing import Any

from elasticsearch import AuthorizationException, Elasticsearch

from situation.events.elastic.connection import faults_of
from situation.events.elastic.naming import named, pattern
from situation.events.store import HeldDay


def datasets(client: Elasticsearch, prefix: str, where: str) -> tuple[str, ...]:
    """Return the datasets that have an index, in alphabetical order."""
    with faults_of(where):
        found = client.indices.get_settings(index=f"{prefix}-*", name="index.uuid")
    ours = (named(prefix, index) for index in found)
    return tuple(sorted({its[0] for its in ours if its is not None}))


def indices(client: Elasticsearch, prefix: str, dataset: str, where: str) -> dict[str, HeldDay]:
    """Return the days of a dataset by their indices, oldest first.

    Octets are those of the primary shards. Without the privilege `monitor` they are 0 and the
    documents are counted by a search; an index whose shard is away has none of both.
    """
    with faults_of(where):
        names = client.indices.get_settings(index=pattern(prefix, dataset), name="index.uuid")
        try:
            figures = _figures(client, prefix, dataset)
        except AuthorizationException:
            figures = {index: (int(client.count(index=index)["count"]), 0) for index in names}
    days = {}
    for index in names:
        its = named(prefix, index)
        if its is not None and its[0] == dataset:
            days[index] = HeldDay(its[1], *figures.get(index, (0, 0)))
    return dict(sorted(days.items(), key=lambda item: item[1].day))


def _figures(client: Elasticsearch, prefix: str, dataset: str) -> dict[str, tuple[int, int]]:
    answer = client.indices.stats(
        index=pattern(prefix, dataset),
        metric=["docs", "store"],
        filter_path="indices.*.primaries.docs.count,indices.*.primaries.store.size_in_bytes",
    )
    found: dict[str, Any] = answer.get("indices", {})
    return {index: _primaries(its["primaries"]) for index, its in found.items()}


def _primaries(its: dict[str, Any]) -> tuple[int, int]:
    return int(its["docs"]["count"]), int(its["store"]["size_in_bytes"])
