"""The check that every query passes before either store answers it, and its cursor."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass

from situation.events import filter as tree
from situation.events.instant import END, HOUR, nanoseconds
from situation.events.intake import check_dataset
from situation.events.store import MAX_PAGE, Interval, Metric, Query, Terms
from situation.events.word import check_phrase
from situation.faults import Malformed
from situation.fields import BY_NAME, REST, Field, Kind

MAX_GROUPS = 65_535
"""Rows an aggregate may have; Elasticsearch stops there as well."""
MAX_TERMS = 10_000

_GROUPED = {Kind.KEYWORD, Kind.WILDCARD, Kind.IP, Kind.LONG, Kind.DOUBLE, Kind.BOOLEAN}
_MEASURED = {
    "count": set(Kind),
    "sum": {Kind.LONG, Kind.DOUBLE},
    "min": {Kind.LONG, Kind.DOUBLE},
    "max": {Kind.LONG, Kind.DOUBLE},
    "distinct": set(Kind) - {Kind.TEXT},
}


@dataclass(frozen=True, slots=True)
class Question:
    """A query that passed: `since` <= `@timestamp` < `until` in nanoseconds, where it goes on."""

    dataset: str
    since: int
    until: int
    where: tree.Filter | None
    newest: bool
    limit: int
    after: tuple[int, str] | None

    @property
    def hours(self) -> tuple[int, int]:
        """The hours since 1970 that can hold an answer, as a half-open range."""
        since, until = self.since, self.until
        if self.after is not None:
            nanos = self.after[0]
            since, until = (
                (since, min(until, nanos + 1)) if self.newest else (max(since, nanos), until)
            )
        if since >= until:
            return 0, 0
        return since // HOUR, -(-until // HOUR)


def check_query(query: Query, *, whole: bool = False) -> Question:
    """Refuse a query that a store cannot answer exactly; `whole` leaves the cursor aside."""
    if not 1 <= query.limit <= MAX_PAGE:
        raise Malformed(f"a page has 1 to {MAX_PAGE} documents", where="limit")
    if query.since.tzinfo is None or query.until.tzinfo is None:
        raise Malformed("the time range has no time zone", where="since, until")
    if query.where is not None:
        check_filter(query.where)
    return Question(
        dataset=check_dataset(query.dataset),
        since=min(max(nanoseconds(query.since), 0), END),
        until=min(nanoseconds(query.until), END),
        where=query.where,
        newest=query.order == "newest",
        limit=query.limit,
        after=None if query.cursor is None or whole else _cursor_parts(query.cursor),
    )


def check_filter(where: tree.Filter) -> None:
    """Refuse a tree that breaks its bounds or holds a phrase that stores may cut differently."""
    tree.check(where)
    for part in _leaves(where):
        if isinstance(part, tree.Phrase):
            check_phrase(part.text, where=part.field)


def _leaves(where: tree.Filter) -> Sequence[tree.Filter]:
    match where:
        case tree.And(parts) | tree.Or(parts):
            return [leaf for part in parts for leaf in _leaves(part)]
        case tree.Not(part):
            return _leaves(part)
    return [where]


def cursor_text(nanos: int, event_id: str) -> str:
    """Return the opaque cursor that goes on after this document."""
    return base64.urlsafe_b64encode(json.dumps([nanos, event_id]).encode()).decode()


def _cursor_parts(cursor: str) -> tuple[int, str]:
    try:
        nanos, event_id = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Malformed("this is no cursor of a page", where="cursor") from error
    if not isinstance(nanos, int) or not 0 <= nanos < END or not isinstance(event_id, str):
        raise Malformed("this is no cursor of a page", where="cursor")
    return nanos, event_id


def check_columns(columns: Sequence[str]) -> None:
    """Refuse columns that are not declared."""
    unknown = [name for name in columns if name not in BY_NAME and name != REST]
    if unknown or not columns:
        raise Malformed("no declared columns", where=", ".join(unknown) or "columns")


def check_groups(group_by: Sequence[Terms | Interval], metrics: Sequence[Metric]) -> None:
    """Refuse groupings and metrics that the fields do not allow, or that could grow too large."""
    names = [group.field for group in group_by] + [metric.name for metric in metrics]
    if len(set(names)) != len(names) or len(group_by) > 2:  # noqa: PLR2004 - the port's own limit
        raise Malformed("at most two groupings, and every name once", where="aggregate")
    rows = 1
    for group in group_by:
        _check_group(group)
        rows *= group.top if isinstance(group, Terms) else 1
    if rows > MAX_GROUPS:
        raise Malformed(f"more than {MAX_GROUPS} groups", where="aggregate")
    for metric in metrics:
        _check_metric(metric)


def _check_group(group: Terms | Interval) -> None:
    field = _declared(group.field)
    if isinstance(group, Interval):
        microseconds = round(group.every.total_seconds() * 1e6)
        if field.kind is not Kind.DATE or microseconds < 1 or microseconds % 1000:
            raise Malformed("an interval has whole milliseconds of a date", where=group.field)
    elif field.kind not in _GROUPED or not 1 <= group.top <= MAX_TERMS:
        raise Malformed(f"no top 1 to {MAX_TERMS} of a {field.kind.value}", where=group.field)


def _check_metric(metric: Metric) -> None:
    if not metric.name or (metric.function != "count" and not metric.field):
        raise Malformed("a metric has a name and a field", where=f"metric {metric.name}")
    if metric.field and _declared(metric.field).kind not in _MEASURED[metric.function]:
        raise Malformed(f"has no {metric.function}", where=metric.field)


def _declared(name: str) -> Field:
    if name not in BY_NAME:
        raise Malformed("the field is not declared and cannot be grouped", where=name)
    if BY_NAME[name].kept_only:
        raise Malformed("the field is only kept and cannot be grouped", where=name)
    return BY_NAME[name]
