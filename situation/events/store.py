"""The port of the EventStore: what both adapters promise.

Datasets are named by lower-case words (`flow`, `dns`, `alert`; a drill's begin with `drill-`).
A document's identity is its dataset, the UTC day of its `@timestamp` and its `event.id`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import polars as pl

from situation.events.filter import Filter

MAX_PAGE = 1000

Document = dict[str, object]
"""Flat dotted field names to values: str, int, float, bool, aware datetime, or what the
rest held. A date is returned as text, ISO 8601 in UTC with nine digits and `Z`."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Columns to be written at once.

    `frame` holds declared fields by name and, if there is more, the column `REST` with a JSON
    object a row. `@timestamp` and `event.id` are required. `name` is the batch's own identity
    (sensor and spool range): the same name brings the same rows.
    """

    dataset: str
    name: str
    frame: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Rejection:
    """One document that was refused for good, and why."""

    event_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class WriteResult:
    """Outcome of a write; the three add up to the rows of the batch."""

    acked: int
    duplicates: int
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """Documents of one dataset with `since` <= `@timestamp` < `until` that match `where`."""

    dataset: str
    since: dt.datetime
    until: dt.datetime
    where: Filter | None = None
    order: Literal["newest", "oldest"] = "newest"
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, ordered by `@timestamp`, then `event.id`; `cursor` is None on the last one."""

    documents: list[Document]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """Group by the values of a field; the `top` groups with the most documents."""

    field: str
    top: int = 100


@dataclass(frozen=True, slots=True)
class Interval:
    """Group by time, aligned to the epoch."""

    field: str
    every: dt.timedelta


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of each group, named `name`."""

    name: str
    function: Literal["count", "sum", "min", "max", "distinct"]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Rows of groups with their metrics; `approximate` says that a figure is not exact."""

    rows: list[dict[str, object]]
    approximate: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """Documents in ingest order as columns, and the cursor to go on from."""

    frame: pl.DataFrame
    cursor: str


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the store can be reached, is mapped, can be written; and what it says of itself."""

    reachable: bool
    mapped: bool
    writable: bool
    detail: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeldDay:
    """What a store holds of one UTC day of a dataset, and what dropping it would free."""

    day: dt.date
    documents: int
    octets: int
    """Octets on disk, those of copies on other nodes not counted."""


class EventReader(Protocol):
    """What both stores answer: documents, counts, columns and groups."""

    def search(self, query: Query) -> Page:
        """Return one page of documents."""
        ...

    def count(self, query: Query) -> int:
        """Return how many documents match, exactly; order, limit and cursor do not matter."""
        ...

    def scan(self, query: Query, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield all matching documents as frames of `columns`, oldest first."""
        ...

    def aggregate(
        self, query: Query, group_by: Sequence[Terms | Interval], metrics: Sequence[Metric]
    ) -> Aggregate:
        """Return metrics by at most two groupings, the second within each group of the first.

        A row holds the value of each grouping under its field's name and the metrics under
        theirs. Terms come by falling count, then rising value; intervals oldest first, as text
        like any date. Documents without the field of a grouping are left out.
        """
        ...

    def follow(self, dataset: str, cursor: str | None) -> Iterator[Followed]:
        """Yield what came in after `cursor` (all for None) until there is no more.

        Every document comes at least once; an overlap may bring some again. The frames hold
        every declared column and `REST`, null where a document has no such field.
        """
        ...

    def get(self, dataset: str, event_id: str) -> Document | None:
        """Return one document by its id, the newest where two days have it, or None."""
        ...


class EventWriter(Protocol):
    """What takes batches."""

    def write(self, batch: Batch) -> WriteResult:
        """Store `batch` durably before returning; raise `Unavailable` when the store is away."""
        ...


class EventStore(EventReader, EventWriter, Protocol):
    """Telemetry: append-only, idempotent, queried by a closed filter tree."""

    def setup(self) -> None:
        """Create or update templates and folders; harmless to repeat."""
        ...

    def datasets(self) -> tuple[str, ...]:
        """Return the names of all datasets that hold a day, in alphabetical order."""
        ...

    def held(self, dataset: str) -> tuple[HeldDay, ...]:
        """Return the days that the dataset holds, oldest first; cheap, no document is read."""
        ...

    def drop_before(self, dataset: str, day: dt.date) -> int:
        """Drop all whole UTC days before `day`; return how many days were dropped."""
        ...

    def health(self) -> Health:
        """Tell how the store is; never raises `Unavailable`."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
