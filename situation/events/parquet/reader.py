"""Reading segments: pages, counts, columns, groups and the ingest order."""

import itertools
import pathlib
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import ParamSpec, TypeVar

import duckdb
import polars as pl

from situation.events.document import documents, returned_schema
from situation.events.instant import HOUR, day_number
from situation.events.intake import check_dataset
from situation.events.parquet.folder import Folder
from situation.events.parquet.grouping import grouping, named_rows
from situation.events.parquet.hidden import HIDDEN, SEQUENCE
from situation.events.parquet.segment import Segment
from situation.events.parquet.sql import Condition, quoted
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
from situation.faults import Malformed, Unavailable
from situation.fields import BY_NAME, REST

DECLARED = (*BY_NAME, REST)
"""Columns of documents, in order."""

_ATTEMPTS = 8
_FILES_AT_ONCE = 512
_SCAN_ROWS = 65_536
_OCTETS_AT_ONCE = 32 * 2**20
_SOURCE = "read_parquet(?, union_by_name = true)"
_FOLLOWED = pl.Schema(returned_schema(DECLARED) | {SEQUENCE: pl.Int64()})
_GONE = (OSError, duckdb.IOException, duckdb.InvalidInputException, pl.exceptions.ComputeError)
_ALL = ", ".join(quoted(name) for name in DECLARED)
_P = ParamSpec("_P")
_R = TypeVar("_R")


class ParquetReader:
    """Answers queries over a folder that another process may be writing.

    `memory` bounds what DuckDB takes before it spills to the system's temporary folder.
    """

    def __init__(self, root: pathlib.Path, *, memory: str = "768MB") -> None:
        self.root = root
        own = pathlib.Path(tempfile.mkdtemp(prefix="citywatch-"))
        self._remove_own = weakref.finalize(self, shutil.rmtree, own, ignore_errors=True)
        # Every statement reads this file first, so every declared column exists with its type.
        self._declared = str(own / "declared.parquet")
        schema = returned_schema(DECLARED) | HIDDEN
        pl.DataFrame(schema=schema).write_parquet(self._declared)
        self._connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "temp_directory": str(own / "spill"),
                "parquet_metadata_cache": "true",
                "autoinstall_known_extensions": "false",
                "TimeZone": "UTC",
                "python_enable_replacements": "false",
            }
        )

    def search(self, query: Query) -> Page:
        """Return one page; hours are read from the wanted end on, until the page is full."""
        question = check_query(query)
        frame = self._retried(self._first_rows, question)
        found = documents(frame.head(question.limit))
        if frame.height <= question.limit:
            return Page(found, None)
        last = question.limit - 1
        cursor = cursor_text(frame["@timestamp"].to_physical()[last], frame["event.id"][last])
        return Page(found, cursor)

    def count(self, query: Query) -> int:
        """Return how many documents match."""
        return self._retried(self._count, check_query(query, whole=True))

    def scan(self, query: Query, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield matching rows, oldest first; a consistent view of each few hours."""
        question = check_query(query, whole=True)
        check_columns(columns)
        return self._scan(question, columns)

    def aggregate(
        self, query: Query, group_by: Sequence[Terms | Interval], metrics: Sequence[Metric]
    ) -> Aggregate:
        """Return groups and metrics, always exact."""
        question = check_query(query, whole=True)
        check_groups(group_by, metrics)
        rows = self._retried(self._groups, question, group_by, metrics)
        return Aggregate(named_rows(rows, group_by, metrics), approximate=False)

    def follow(self, dataset: str, cursor: str | None) -> Iterator[Followed]:
        """Yield what was published after `cursor`, each document once."""
        folder = Folder(self.root, check_dataset(dataset))
        after = _number(cursor)
        return self._follow(folder, after)

    def get(self, dataset: str, event_id: str) -> Document | None:
        """Return a document by its id, looked for day by day from the newest."""
        return self._retried(self._get, Folder(self.root, check_dataset(dataset)), event_id)

    def close(self) -> None:
        """Close the connection and remove what was spilled."""
        self._connection.close()
        self._remove_own()

    def _first_rows(self, question: Question) -> pl.DataFrame:
        wanted = question.limit + 1
        found = pl.DataFrame(schema=returned_schema(DECLARED))
        segments = self._segments(question)
        for hours in _widening(segments, question.hours, newest=question.newest):
            step = _narrowed(question, hours)
            near = _within(segments, step)
            # Only the times first: whole rows are then read from that short range alone.
            times = self._ordered('"@timestamp"', near, step, wanted - found.height)
            if times.height:
                instants = times["@timestamp"].to_physical().sort()
                short = replace(step, since=instants[0], until=instants[-1] + 1)
                rows = self._ordered(_ALL, _within(near, short), short, times.height)
                found.extend(rows)
            if found.height == wanted:
                break
        return found

    def _ordered(
        self, what: str, segments: Sequence[Segment], question: Question, limit: int
    ) -> pl.DataFrame:
        condition = Condition()
        way = "DESC" if question.newest else "ASC"
        rest = (
            f"WHERE {condition.of_question(question)} "
            f'ORDER BY "@timestamp" {way}, "event.id" {way} LIMIT {limit}'
        )
        return self._frame(what, segments, rest, condition)

    def _count(self, question: Question) -> int:
        segments = self._segments(question)
        condition = Condition()
        where = f"WHERE {condition.of_question(question)}"
        return int(self._frame("count(*) AS n", segments, where, condition)["n"][0])

    def _groups(
        self,
        question: Question,
        group_by: Sequence[Terms | Interval],
        metrics: Sequence[Metric],
    ) -> list[tuple[object, ...]]:
        segments = self._segments(question)
        condition = Condition()
        where = condition.of_question(question)
        statement = grouping(_SOURCE, where, group_by, metrics)
        return self._relation(statement, segments, condition).fetchall()

    def _scan(self, question: Question, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        for hours in _spans(self._segments(question), question.hours):
            yield from self._retried(self._span, question, hours, columns)

    def _span(
        self, question: Question, hours: tuple[int, int], columns: Sequence[str]
    ) -> Iterator[pl.DataFrame]:
        segments = Folder(self.root, question.dataset).segments(*hours)
        condition = Condition()
        within = condition.of_question(_narrowed(question, hours))
        rest = f'WHERE {within} ORDER BY "@timestamp", "event.id"'
        what = ", ".join(quoted(name) for name in dict.fromkeys(columns))
        statement = f"SELECT {what} FROM {_SOURCE} {rest}"  # noqa: S608 - declared names, values bound
        reader = self._relation(statement, segments, condition).to_arrow_reader(_SCAN_ROWS)
        # Rows come after the sort has read every file, so a file that is gone shows here.
        first = next(reader, None)
        batches = itertools.chain([] if first is None else [first], reader)
        return (pl.DataFrame(batch) for batch in batches if batch.num_rows)

    def _follow(self, folder: Folder, after: int) -> Iterator[Followed]:
        while (followed := self._retried(self._next, folder, after)) is not None:
            yield followed
            after = int(followed.cursor)

    def _next(self, folder: Folder, after: int) -> Followed | None:
        if folder.last_number() <= after:
            return None
        newer = sorted(
            (segment for segment in folder.segments() if segment.last > after),
            key=lambda segment: segment.last,
        )
        if not newer:
            return None
        octets = itertools.accumulate(segment.octets for segment in newer[:_FILES_AT_ONCE])
        enough = sum(1 for total in octets if total <= _OCTETS_AT_ONCE)
        until = newer[max(enough, 1) - 1].last
        within = [segment.path for segment in newer if segment.first <= until]
        return Followed(_in_order(within, after, until), str(until))

    def _get(self, folder: Folder, event_id: str) -> Document | None:
        in_wide = self._newest(folder.wide(), event_id)
        for day in reversed(folder.days()):
            if in_wide and str(in_wide["@timestamp"]) >= day.isoformat():
                break
            first = day_number(day) * 24
            narrow = [s for s in folder.segments(first, first + 24) if not s.wide]
            found = self._newest(narrow, event_id)
            if found:
                return found
        return in_wide

    def _newest(self, segments: Sequence[Segment], event_id: str) -> Document | None:
        if not segments:
            return None
        rest = 'WHERE "event.id" = ? ORDER BY "@timestamp" DESC LIMIT 1'
        found = documents(self._frame(_ALL, segments, rest, Condition(event_id)))
        return found[0] if found else None

    def _segments(self, question: Question) -> list[Segment]:
        return Folder(self.root, question.dataset).segments(*question.hours)

    def _frame(
        self, what: str, segments: Sequence[Segment], rest: str, condition: Condition
    ) -> pl.DataFrame:
        statement = f"SELECT {what} FROM {_SOURCE} {rest}"  # noqa: S608 - declared names, values bound
        return pl.DataFrame(self._relation(statement, segments, condition).to_arrow_table())

    def _relation(
        self, statement: str, segments: Sequence[Segment], condition: Condition
    ) -> duckdb.DuckDBPyRelation:
        files = [self._declared, *(segment.path for segment in segments)]
        parameters = [files, *condition.parameters]
        return self._connection.cursor().sql(statement, params=parameters)

    def _retried(self, answer: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        # A merge or a retention may unlink a segment between listing and reading it.
        for _ in range(_ATTEMPTS):
            try:
                return answer(*args, **kwargs)
            except _GONE as error:
                failure = error
        raise Unavailable(str(failure).splitlines()[0], where=str(self.root)) from failure


def _number(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal():
        raise Malformed("this is no cursor of ingest order", where="cursor")
    return int(cursor)


def _in_order(paths: list[str], after: int, until: int) -> pl.DataFrame:
    # polars opens many small files quicker than DuckDB, and no filter tree is asked here.
    rows = pl.scan_parquet(
        paths, schema=_FOLLOWED, missing_columns="insert", extra_columns="ignore", glob=False
    )
    numbered = pl.col(SEQUENCE).is_between(after, until, closed="right")
    in_order = rows.filter(numbered).sort(SEQUENCE, maintain_order=True)
    return in_order.select(DECLARED).collect()


def _within(segments: Sequence[Segment], question: Question) -> list[Segment]:
    return [segment for segment in segments if segment.meets(*question.hours)]


def _narrowed(question: Question, hours: tuple[int, int]) -> Question:
    since, until = hours[0] * HOUR, hours[1] * HOUR
    return replace(question, since=max(question.since, since), until=min(question.until, until))


def _widening(
    segments: Sequence[Segment], hours: tuple[int, int], *, newest: bool
) -> Iterator[tuple[int, int]]:
    # One hour, then two, four ...: cheap where the page is soon full, few steps where it is not.
    # The steps leave no hour out, since a wide segment may have rows where no other has.
    filled = sorted({segment.since for segment in segments if not segment.wide}, reverse=newest)
    since, until = hours
    width = 1
    while len(filled) > width:
        edge = filled[width - 1] if newest else filled[width]
        yield (edge, until) if newest else (since, edge)
        since, until = (since, edge) if newest else (edge, until)
        filled, width = filled[width:], width * 2
    if segments:
        yield since, until


def _spans(segments: Sequence[Segment], hours: tuple[int, int]) -> Iterator[tuple[int, int]]:
    start, octets, last = hours[0], 0, None
    for segment in (segment for segment in segments if not segment.wide):
        if octets > _OCTETS_AT_ONCE and segment.since != last:
            yield start, segment.since
            start, octets = segment.since, 0
        octets, last = octets + segment.octets, segment.since
    if segments:
        yield start, hours[1]
