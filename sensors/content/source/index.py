"""Indices of an Elasticsearch server as a source of tables: documents as rows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sensors.content.source.selection import Selection
from sensors.content.source.source import Barred
from sensors.content.text.delimited import grids
from sensors.content.text.values import Rows, flat
from situation.content.piece import Grid, UnreadableReason
from situation.content.place import Place
from situation.content.resource import Exposure, Resource
from situation.events.elastic.connection import Credentials
from situation.events.elastic.foreign import ForeignCluster, Refused, Why

ID = "_id"
"""Heading of the documents' ids, which may be numbers of people."""

_BARRED: Mapping[Why, UnreadableReason] = {
    "gone": "vanished",
    "closed": "denied",
    "denied": "denied",
    "late": "time",
    "no_source": "no_reader",
}


class IndexSource:
    """Indices of one server. `location` is its URL without user and password.

    A document is a row; the names of its inner values are joined to headings: `holder.name`.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        pattern: str = "*",
        selection: Selection | None = None,
        exposure: Exposure | None = None,
        sample_rows: int = 5000,
        statement_seconds: int = 30,
    ) -> None:
        self.location = "elasticsearch" + url.removeprefix("http")
        is_encrypted = url.startswith("https:")
        self._exposure = replace(exposure or Exposure(), encrypted_transport=is_encrypted)
        self._pattern = pattern or "*"
        self._selection = selection or Selection()
        self._sample_rows = sample_rows
        self._cluster = ForeignCluster(url, credentials, seconds=statement_seconds)
        nobody = replace(credentials, api_key="", username="", password="")
        self._stranger = ForeignCluster(url, nobody, seconds=statement_seconds)

    def walk(self, after: str = "") -> Iterator[Resource]:
        """Yield the indices in the order of their names; raise `Unavailable` where it is away."""
        exposure: Exposure | None = None
        for index in self._cluster.indices(self._pattern):
            path = f"{self.location}/{index.name}"
            if path <= after or not self._selection.takes(index.name):
                continue
            if exposure is None:
                anonymous = self._stranger.may_read(index.name)
                exposure = replace(self._exposure, anonymous=anonymous)
            yield Resource(
                path=path,
                kind="index",
                size=index.documents,
                stamp=index.stamp,
                exposure=exposure,
            )

    def grids(self, resource: Resource) -> Iterator[Grid]:
        """Yield a sample of an index: its first documents, its last, and some at random."""
        name = resource.path.removeprefix(f"{self.location}/")
        try:
            sampled = self._cluster.sample(name, self._sample_rows)
        except Refused as refused:
            raise Barred(_BARRED[refused.why], refused.reason) from refused
        place = Place(sheet=name)
        documents = [{ID: key, **document} for key, document in sampled.documents]
        for grid in _grids(name, place, documents):
            yield replace(grid, total_rows=sampled.total)

    def close(self) -> None:
        """Let go of connections."""
        self._cluster.close()
        self._stranger.close()


def _grids(name: str, place: Place, documents: list[dict[str, object]]) -> Iterator[Grid]:
    if len(documents) == 1:
        row = flat(documents[0])  # type: ignore[arg-type] # what came out of JSON
        yield from grids([list(row.values())], list(row), 1, place, name)
        return
    rows = Rows(name, place)
    for document in documents:
        yield from _tables(rows.take(document))  # type: ignore[arg-type] # as above
    yield from _tables(rows.rest())


def _tables(pieces: Iterator[object]) -> Iterator[Grid]:
    return (piece for piece in pieces if isinstance(piece, Grid))
