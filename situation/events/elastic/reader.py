"""Reading indices: pages, counts, columns, groups and the ingest order."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from elasticsearch import Elasticsearch, NotFoundError

from situation.events.document import documents, returned_schema, with_read_dates
from situation.events.elastic.connection import faults_of
from situation.events.elastic.dsl import Clause, question_clause
from situation.events.elastic.groups import aggregate_of, aggregations
from situation.events.elastic.naming import pattern
from situation.events.instant import SECOND, iso_nanoseconds, iso_text
from situation.events.intake import INGESTED, check_dataset
from situation.events.question import (
    Question,
    check_columns,
    check_groups,
    check_query,
    cursor_text,
)
from situation.events.store import (
    Aggregate,
    Document,
    Followed,
    Interval,
    Metric,
    Page,
    Query,
    Terms,
)
from situation.faults import Malformed
from situation.fields import BY_NAME, REST, Kind

_AT_ONCE = 5000
_KEEP_ALIVE = "2m"
_NANOSECOND_FORMAT = "strict_date_optional_time_nanos"
_NINE_DIGITS = "uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'"
_FEW = 16
_REMEMBERED_CURSORS = 16
_DECLARED = (*BY_NAME, REST)


class ElasticReader:
    """Answers queries over the day indices of each dataset.

    A follower looks `overlap_seconds` back, which must exceed the time that one request of any
    writer may take plus the difference of the writers' clocks. What this object has already
    handed out with a cursor it does not hand out again. `before_reading` shows what the same
    process wrote.
    """

    def __init__(
        self,
        client: Elasticsearch,
        *,
        where: str,
        prefix: str,
        overlap_seconds: float,
        before_reading: Callable[[], None],
    ) -> None:
        self._before_reading = before_reading
        self._client = client
        self._where = where
        self.prefix = prefix
        self._overlap_nanoseconds = round(overlap_seconds * SECOND)
        self._handed_out: dict[tuple[str, str], pl.DataFrame] = {}

    def search(self, query: Query) -> Page:
        """Return one page."""
        question = check_query(query)
        if _is_empty(question):
            return Page([], None)
        options: dict[str, Any] = {}
        if question.after is not None:
            options["search_after"] = [iso_text(question.after[0]), question.after[1]]
        rows = self._hits(
            question.dataset,
            query=question_clause(question),
            sort=_by_time("desc" if question.newest else "asc"),
            size=question.limit + 1,
            **options,
        )
        found = documents(_frame(rows[: question.limit], _DECLARED))
        if len(rows) <= question.limit:
            return Page(found, None)
        last = found[-1]
        nanos = iso_nanoseconds(str(last["@timestamp"]))
        return Page(found, cursor_text(nanos, str(last["event.id"])))

    def count(self, query: Query) -> int:
        """Return how many documents match."""
        question = check_query(query, whole=True)
        if _is_empty(question):
            return 0
        with faults_of(self._where):
            answer = self._client.count(
                index=self._shown(question.dataset), query=question_clause(question)
            )
        return int(answer["count"])

    def scan(self, query: Query, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield matching rows as of the first frame, oldest first."""
        question = check_query(query, whole=True)
        check_columns(columns)
        names = tuple(dict.fromkeys(columns))
        return self._scan(question, names)

    def aggregate(
        self, query: Query, group_by: Sequence[Terms | Interval], metrics: Sequence[Metric]
    ) -> Aggregate:
        """Return groups and metrics; distinct counts are approximate."""
        question = check_query(query, whole=True)
        check_groups(group_by, metrics)
        clause = {"match_none": {}} if _is_empty(question) else question_clause(question)
        with faults_of(self._where):
            answer = self._client.search(
                index=self._shown(question.dataset),
                query=clause,
                size=0,
                track_total_hits=True,
                aggregations=aggregations(group_by, metrics) or None,
            )
        return aggregate_of(answer.body, group_by, metrics)

    def follow(self, dataset: str, cursor: str | None) -> Iterator[Followed]:
        """Yield what was stored since a while before `cursor`, by time of ingest."""
        check_dataset(dataset)
        try:
            reached = 0 if cursor is None else iso_nanoseconds(cursor)
        except ValueError as error:
            raise Malformed("this is no cursor of ingest order", where="cursor") from error
        return self._follow(dataset, cursor or "", reached)

    def get(self, dataset: str, event_id: str) -> Document | None:
        """Return a document by its id."""
        query = {"bool": {"filter": [{"term": {"event.id": event_id}}]}}
        rows = self._hits(check_dataset(dataset), query=query, sort=_by_time("desc"), size=1)
        found = documents(_frame(rows, _DECLARED))
        return found[0] if found else None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _shown(self, dataset: str) -> list[str]:
        """Return the indices of the dataset, with all that was written by this store shown."""
        self._before_reading()
        return pattern(self.prefix, dataset)

    def _hits(self, dataset: str, **request: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - the client's own options
        with faults_of(self._where):
            answer = self._client.search(
                index=self._shown(dataset), track_total_hits=False, **request
            )
        return [_row(hit) for hit in answer["hits"]["hits"]]

    def _scan(self, question: Question, names: Sequence[str]) -> Iterator[pl.DataFrame]:
        if _is_empty(question):
            return
        fetch = _fetching(names)
        clause = question_clause(question)
        for hits in self._batches(question.dataset, clause, [_dated("@timestamp", "asc")], fetch):
            yield _frame([_row(hit) for hit in hits], names)

    def _batches(
        self, dataset: str, clause: Clause, order: list[Clause], fetch: Mapping[str, Any]
    ) -> Iterator[list[Mapping[str, Any]]]:
        with self._point_in_time(dataset) as point, faults_of(self._where):
            after: dict[str, Any] = {}
            hits: list[Mapping[str, Any]] = []
            while not after or len(hits) == _AT_ONCE:
                answer = self._client.search(
                    pit={"id": point, "keep_alive": _KEEP_ALIVE},
                    query=clause,
                    sort=order,
                    size=_AT_ONCE,
                    track_total_hits=False,
                    **fetch,
                    **after,
                )
                hits = answer["hits"]["hits"]
                if not hits:
                    return
                yield hits
                after = {"search_after": hits[-1]["sort"]}

    @contextlib.contextmanager
    def _point_in_time(self, dataset: str) -> Iterator[str]:
        with faults_of(self._where):
            point = self._client.open_point_in_time(
                index=self._shown(dataset), keep_alive=_KEEP_ALIVE
            )["id"]
        try:
            yield point
        finally:
            with faults_of(self._where), contextlib.suppress(NotFoundError):
                self._client.close_point_in_time(id=point)

    def _follow(self, dataset: str, cursor: str, reached: int) -> Iterator[Followed]:
        known = self._handed_out.get((dataset, cursor), _NOTHING_HANDED_OUT)
        since = max(reached - self._overlap_nanoseconds, 0)
        query: Clause = {"bool": {"filter": [{"range": {INGESTED: {"gte": iso_text(since)}}}]}}
        order: list[Clause] = [_dated(INGESTED, "asc")]
        for hits in self._batches(dataset, query, order, {}):
            frame = _frame([_row(hit) for hit in hits], _DECLARED)
            fresh = frame.join(known, on=_IDENTITY, how="anti", maintain_order="left")
            reached = max(reached, *frame[INGESTED].to_physical())
            known = self._remember(dataset, reached, pl.concat([known, frame.select(_IDENTITY)]))
            if fresh.height:
                yield Followed(fresh, iso_text(reached))

    def _remember(self, dataset: str, reached: int, known: pl.DataFrame) -> pl.DataFrame:
        since = reached - self._overlap_nanoseconds
        kept = known.filter(pl.col(INGESTED).to_physical() >= since).unique()
        self._handed_out.pop((dataset, iso_text(reached)), None)
        self._handed_out[dataset, iso_text(reached)] = kept
        mine = [key for key in self._handed_out if key[0] == dataset]
        for key in mine[:-_REMEMBERED_CURSORS]:
            del self._handed_out[key]
        return kept


_IDENTITY = ["@timestamp", "event.id", INGESTED]
_NOTHING_HANDED_OUT = pl.DataFrame(schema=returned_schema(_IDENTITY))


def _is_empty(question: Question) -> bool:
    return question.hours == (0, 0)


def _dated(field: str, way: str) -> Clause:
    return {field: {"order": way, "format": _NANOSECOND_FORMAT, "numeric_type": "date_nanos"}}


def _by_time(way: str) -> list[Clause]:
    return [_dated("@timestamp", way), {"event.id": {"order": way}}]


def _fetching(names: Sequence[str]) -> dict[str, Any]:
    # A few columns are quicker read from the columns of the index than from whole documents.
    if len(names) > _FEW or not all(map(_is_column, names)):
        return {}
    columns: list[object] = [
        {"field": name, "format": _NINE_DIGITS} if _is_date(name) else name for name in names
    ]
    return {"source": False, "docvalue_fields": columns}


def _is_column(name: str) -> bool:
    return name != REST and BY_NAME[name].kind is not Kind.TEXT and not BY_NAME[name].kept_only


def _row(hit: Mapping[str, Any]) -> Mapping[str, Any]:
    if "_source" in hit:
        source: Mapping[str, Any] = hit["_source"]
        return source
    return {name: values[0] for name, values in hit.get("fields", {}).items()}


def _frame(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pl.DataFrame:
    schema = {
        name: pl.String() if _is_date(name) else dtype
        for name, dtype in returned_schema(names).items()
    }
    return with_read_dates(pl.DataFrame(list(rows), schema=schema))


def _is_date(name: str) -> bool:
    return name != REST and BY_NAME[name].kind is Kind.DATE
