"""What a store must answer, computed over plain dicts: the slow and obvious way."""

import datetime as dt
import ipaddress
from collections.abc import Callable, Sequence

from situation.events import filter as tree
from situation.events.instant import iso_nanoseconds, iso_text, nanoseconds
from situation.events.store import Document, Interval, Metric, Query, Terms
from situation.events.word import words
from situation.fields import BY_NAME, Kind

Comparable = str | int | float


def comparable(field: str, value: object) -> Comparable:
    """Return the value of a document or a filter in a form that compares as the field does."""
    match BY_NAME[field].kind:
        case Kind.IP:
            address = ipaddress.ip_address(str(value))
            return int(address) if address.version == 6 else 0xFFFF_0000_0000 | int(address)
        case Kind.DATE:
            if isinstance(value, dt.datetime):
                return nanoseconds(value)
            return iso_nanoseconds(str(value))
        case Kind.KEYWORD | Kind.TEXT | Kind.WILDCARD:
            return str(value)
    assert isinstance(value, int | float)
    return value


def matches(document: Document, where: tree.Filter) -> bool:
    match where:
        case tree.And(parts):
            return all(matches(document, part) for part in parts)
        case tree.Or(parts):
            return any(matches(document, part) for part in parts)
        case tree.Not(part):
            return not matches(document, part)
    return where.field in document and _holds(where, document[where.field])


def _holds(leaf: tree.Leaf, found: object) -> bool:
    value = comparable(leaf.field, found)
    if isinstance(leaf, tree.Prefix | tree.Phrase):
        return _holds_text(leaf, str(value))
    match leaf:
        case tree.Eq(field, wanted):
            return value == comparable(field, wanted)
        case tree.In(field, several):
            return value in {comparable(field, wanted) for wanted in several}
        case tree.Range(field, since, until):
            low = since is None or _at_least(value, comparable(field, since))
            return low and (until is None or not _at_least(value, comparable(field, until)))
        case tree.Cidr(field, network):
            whole = ipaddress.ip_network(network)
            ends = (comparable(field, whole[0]), comparable(field, whole[-1]))
            return _at_least(value, ends[0]) and _at_least(ends[1], value)
    return isinstance(leaf, tree.Exists)


def _holds_text(leaf: tree.Prefix | tree.Phrase, value: str) -> bool:
    if isinstance(leaf, tree.Prefix):
        return value.startswith(leaf.text)
    return _in_order(words(leaf.text), words(value))


def _at_least(value: Comparable, other: Comparable) -> bool:
    assert not isinstance(value, str)
    assert not isinstance(other, str)
    return value >= other


def _in_order(wanted: list[str], found: list[str]) -> bool:
    return bool(wanted) and any(
        found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1)
    )


def selected(documents: Sequence[Document], query: Query) -> list[Document]:
    """Return all documents that the query asks for, in its order."""
    since, until = nanoseconds(query.since), nanoseconds(query.until)
    found = [
        document
        for document in documents
        if since <= comparable_time(document) < until
        and (query.where is None or matches(document, query.where))
    ]
    return sorted(
        found,
        key=lambda document: (comparable_time(document), str(document["event.id"])),
        reverse=query.order == "newest",
    )


def comparable_time(document: Document) -> int:
    return iso_nanoseconds(str(document["@timestamp"]))


def aggregated(
    documents: Sequence[Document], group_by: Sequence[Terms | Interval], metrics: Sequence[Metric]
) -> list[dict[str, object]]:
    """Return the rows of an aggregate over the selected documents."""
    if not group_by:
        return [{metric.name: _figure(documents, metric) for metric in metrics}]
    group = group_by[0]
    buckets: dict[object, list[Document]] = {}
    for document in documents:
        if group.field in document:
            buckets.setdefault(_key(group, document[group.field]), []).append(document)
    return [
        {group.field: key} | row
        for key in _ranked(group, buckets)
        for row in aggregated(buckets[key], group_by[1:], metrics)
    ]


def _key(group: Terms | Interval, value: object) -> object:
    if isinstance(group, Terms):
        return value
    every = round(group.every.total_seconds() * 1000) * 1_000_000
    return iso_text(iso_nanoseconds(str(value)) // every * every)


def _ranked(group: Terms | Interval, buckets: dict[object, list[Document]]) -> list[object]:
    by_key: Callable[[object], Comparable] = lambda key: comparable(group.field, key)  # noqa: E731 - a key of a sort
    if isinstance(group, Interval):
        return sorted(buckets, key=by_key)
    ranked = sorted(sorted(buckets, key=by_key), key=lambda key: -len(buckets[key]))
    return ranked[: group.top]


def _figure(documents: Sequence[Document], metric: Metric) -> object:
    values = [d[metric.field] for d in documents if metric.field in d]
    if metric.function == "count":
        return len(values) if metric.field else len(documents)
    if metric.function == "distinct":
        return len(set(values))
    numbers = [value for value in values if isinstance(value, int | float)]
    if metric.function == "sum":
        return sum(numbers)
    extreme = min if metric.function == "min" else max
    return extreme(numbers, default=None)
