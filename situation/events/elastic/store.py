"""The store on Elasticsearch: one plain index for each dataset and UTC day.

The event's time names the index, so a repeat meets its first copy however late it comes. The
last request of a write refreshes the index it wrote to, so its documents are found at once;
nothing else refreshes but the index's own interval.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator

import polars as pl
from elasticsearch import TransportError

from situation.clock import Clock
from situation.events.document import with_written_dates
from situation.events.elastic.bulk import BulkLoop, Entry, Outcome
from situation.events.elastic.checkup import health_of
from situation.events.elastic.connection import (
    Credentials,
    check_version,
    connect,
    faults_of,
    server_version,
)
from situation.events.elastic.mapping import (
    component_templates,
    index_template,
    properties,
)
from situation.events.elastic.reader import ElasticReader
from situation.events.instant import DAY, day_of
from situation.events.intake import check_batch, check_dataset, day_expression
from situation.events.store import Batch, Health, WriteResult
from situation.faults import Malformed, Misconfigured, Unavailable

_PREFIX = re.compile(r"[a-z][a-z0-9_]*")
_INDEX = re.compile(r"-(\d{4})\.(\d\d)\.(\d\d)")


class ElasticStore(ElasticReader):
    """An EventStore on Elasticsearch 8.19 or 9.

    Indices are `<prefix>-<dataset>-<YYYY.MM.DD>`. `replicas` None leaves the server's default.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        credentials: Credentials | None = None,
        prefix: str = "citywatch",
        replicas: int | None = None,
        patience_seconds: float = 60.0,
        overlap_seconds: float = 60.0,
    ) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise Misconfigured("an index prefix is one lower-case word", where=prefix)
        client = connect(url, credentials or Credentials())
        super().__init__(client, where=url, prefix=prefix, overlap_seconds=overlap_seconds)
        self._replicas = replicas
        self._bulk = BulkLoop(client, clock, patience_seconds=patience_seconds)

    def setup(self) -> None:
        """Check the server's version, put the templates, extend the mappings of old indices."""
        try:
            with faults_of(self._where):
                self._set_up()
        except (Unavailable, Malformed) as fault:
            if isinstance(fault.__cause__, TransportError):
                raise
            raise Misconfigured(fault.reason, where=self._where) from fault

    def write(self, batch: Batch) -> WriteResult:
        """Create the batch's documents in the indices of their days."""
        checked = check_batch(batch)
        outcome = Outcome(0, checked.duplicates, list(checked.rejected))
        days = checked.frame.select(day_expression()).to_series()
        for day in sorted(days.unique()):
            index = f"{self.prefix}-{batch.dataset}-{day_of(day * DAY):%Y.%m.%d}"
            self._bulk.send(index, list(_entries(checked.frame.filter(days == day))), outcome)
        return WriteResult(outcome.acked, outcome.duplicates, tuple(outcome.rejected))

    def drop_before(self, dataset: str, day: dt.date) -> int:
        """Delete the indices of all days before `day`, each by its name."""
        with faults_of(self._where):
            old = [name for name, its in self._days(check_dataset(dataset)).items() if its < day]
            for name in old:
                self._client.indices.delete(index=name, ignore_unavailable=True)
        return len(old)

    def health(self) -> Health:
        """Tell whether the server answers, has our mappings, and takes a document."""
        return health_of(self._client, self.prefix, self._where)

    def _set_up(self) -> None:
        check_version(server_version(self._client), self._where)
        for name, template in component_templates(self.prefix, self._replicas).items():
            self._client.cluster.put_component_template(name=name, template=template)
        self._client.indices.put_index_template(name=self.prefix, **index_template(self.prefix))
        self._client.indices.put_mapping(
            index=f"{self.prefix}-*", allow_no_indices=True, properties=properties()
        )

    def _days(self, dataset: str) -> dict[str, dt.date]:
        found = self._client.indices.get_settings(
            index=f"{self.prefix}-{dataset}-*", name="index.uuid"
        )
        days = {}
        for name in found:
            match = _INDEX.fullmatch(name.removeprefix(f"{self.prefix}-{dataset}"))
            if match:
                days[name] = dt.date(int(match[1]), int(match[2]), int(match[3]))
        return days


def _entries(rows: pl.DataFrame) -> Iterator[Entry]:
    filled = rows.select(column.name for column in rows if column.null_count() < rows.height)
    sources = with_written_dates(filled).write_ndjson().split("\n")
    for event_id, source in zip(rows["event.id"], sources, strict=False):
        action = json.dumps({"create": {"_id": event_id}}, ensure_ascii=False)
        yield Entry(event_id, f"{action}\n".encode(), source[:-1].encode())
