"""The store on Elasticsearch: one plain index for each dataset and UTC day.

The event's time names the index, so a repeat meets its first copy however late it comes.
"""

import datetime as dt
import re
from collections.abc import Iterator

import polars as pl
from elasticsearch import TransportError

from situation.clock import Clock
from situation.events.elastic.bulk import BulkLoop, Outcome
from situation.events.elastic.checkup import health_of
from situation.events.elastic.connection import (
    Credentials,
    check_version,
    connect,
    faults_of,
    server_version,
)
from situation.events.elastic.inventory import datasets, indices
from situation.events.elastic.key import made_key
from situation.events.elastic.lines import Lines, lines_of
from situation.events.elastic.mapping import component_templates, index_template, properties
from situation.events.elastic.naming import index_of, within_days
from situation.events.elastic.reader import ElasticReader
from situation.events.elastic.visibility import Visibility
from situation.events.instant import nanoseconds
from situation.events.intake import check_batch, check_dataset, day_expression
from situation.events.store import Batch, Health, HeldDay, WriteResult
from situation.faults import Malformed, Misconfigured, Unavailable

_PREFIX = re.compile(r"[a-z][a-z0-9_]*")
_FIRST_ROWS = 500
"""Rows of the first part, so that something is on its way soon."""
_ROWS_AT_ONCE = 5000
_DAYS_AT_ONCE = 16
"""Days of one request: a server makes some ten new indices a second."""


class ElasticStore(ElasticReader):
    """An EventStore on Elasticsearch 8.19 or 9, at one or more nodes separated by commas.

    Indices are `<prefix>-<dataset>-<YYYY.MM.DD>`. `replicas` None leaves the server's default.
    """

    def __init__(
        self,
        urls: str,
        clock: Clock,
        *,
        credentials: Credentials | None = None,
        prefix: str = "citywatch",
        replicas: int | None = None,
        patience_seconds: float = 10.0,
        overlap_seconds: float = 60.0,
    ) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise Misconfigured("an index prefix is one lower-case word", where=prefix)
        client = connect(urls, credentials or Credentials())
        self._clock = clock
        self._replicas = replicas
        self._bulk = BulkLoop(client, clock, where=urls, patience_seconds=patience_seconds)
        self._visibility = Visibility(
            client,
            lambda sample: self._bulk.request(sample, refresh=True),
            where=urls,
        )
        super().__init__(
            client,
            where=urls,
            prefix=prefix,
            overlap_seconds=overlap_seconds,
            before_reading=self._visibility.show,
        )

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
        """Create the batch's documents in the indices of their days.

        Each day is an index, and a clock gone mad would fill the cluster with them: rows
        beyond the `DAYS` days of a batch that have the most rows are rejected.
        """
        checked = check_batch(batch)
        kept, beyond = within_days(checked.frame)
        outcome = Outcome(0, checked.duplicates, [*checked.rejected, *beyond])
        samples: dict[str, Lines] = {}
        self._bulk.send(self._parts(batch.dataset, kept, samples), outcome)
        self._visibility.wrote(samples, kept.height)
        return WriteResult(outcome.acked, outcome.duplicates, tuple(outcome.rejected))

    def datasets(self) -> tuple[str, ...]:
        """Return the datasets that have an index."""
        return datasets(self._client, self.prefix, self._where)

    def held(self, dataset: str) -> tuple[HeldDay, ...]:
        """Return the days that have an index."""
        check_dataset(dataset)
        self._visibility.show()
        return tuple(indices(self._client, self.prefix, dataset, self._where).values())

    def drop_before(self, dataset: str, day: dt.date) -> int:
        """Delete the indices of all days before `day`, each by its name."""
        check_dataset(dataset)
        found = indices(self._client, self.prefix, dataset, self._where)
        old = [index for index, its in found.items() if its.day < day]
        for index in old:
            self._visibility.forget(index)
            with faults_of(self._where):
                self._client.indices.delete(index=index, ignore_unavailable=True)
        return len(old)

    def health(self) -> Health:
        """Tell whether the server answers, has our mappings, and takes a document."""
        return health_of(self._client, self.prefix, self._where)

    def make_key(self, role: str, name: str) -> str:
        """Make an API key for a `sensor`, a `reader` or the `desk` of a store that is set up.

        A key that may only write cannot see whether the templates are there, so they come first.
        """
        health = self.health()
        if not health.reachable:
            raise Unavailable(health.detail, where=self._where)
        if not health.mapped:
            raise Misconfigured("set the store up before keys are made", where=self._where)
        return made_key(self._client, self.prefix, role, name, self._where)

    def close(self) -> None:
        """Close the connections."""
        self._bulk.close()
        super().close()

    def _set_up(self) -> None:
        check_version(server_version(self._client), self._where)
        for name, template in component_templates(self.prefix, self._replicas).items():
            self._client.cluster.put_component_template(name=name, template=template)
        self._client.indices.put_index_template(name=self.prefix, **index_template(self.prefix))
        self._client.indices.put_mapping(
            index=f"{self.prefix}-*", allow_no_indices=True, properties=properties()
        )

    def _parts(
        self, dataset: str, rows: pl.DataFrame, samples: dict[str, Lines]
    ) -> Iterator[Lines]:
        """Yield the rows as parts of the size that is right when they are asked for."""
        first, rows_at_once = 0, _FIRST_ROWS
        while first < rows.height:
            some = _of_few_days(rows[first : first + rows_at_once])
            days = some.select(day_expression()).to_series()
            names = {day: index_of(self.prefix, dataset, day) for day in days.unique()}
            lines = lines_of(some, names, nanoseconds(self._clock.now()))
            for day, index in names.items():
                row = int(days.search_sorted(day))
                samples[index] = lines.between(row, row + 1)
            first += some.height
            pace = self._bulk.pace
            if first < rows.height:
                yield from lines.cut(pace.octets)
            else:
                yield from lines.tapered(pace.octets, pace.in_flight)
            wanted = pace.in_flight * pace.octets * some.height // lines.octets
            rows_at_once = min(max(wanted, 1), _ROWS_AT_ONCE)


def _of_few_days(rows: pl.DataFrame) -> pl.DataFrame:
    days = rows.select(day_expression()).to_series()
    beyond = days.unique().sort()[_DAYS_AT_ONCE:]
    return rows[: int(days.search_sorted(beyond[0]))] if len(beyond) else rows
