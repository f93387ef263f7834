"""Groups and metrics as aggregations of Elasticsearch, and their answers as rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from situation.events.instant import iso_text
from situation.events.question import MAX_GROUPS
from situation.events.store import Aggregate, Interval, Metric, Terms
from situation.faults import Malformed
from situation.fields import BY_NAME, Kind

_FUNCTIONS = {"sum": "sum", "min": "min", "max": "max", "count": "value_count"}
_EXACT = 2**53
"""The server computes in doubles; beyond this a whole number is rounded."""
_COUNTED_WELL = (40_000, 3000, 1000)
"""Distinct values that are counted almost exactly, by groupings; memory grows with both."""
_MILLISECOND = 1_000_000

Group = Terms | Interval
Request = dict[str, Any]


def aggregations(group_by: Sequence[Group], metrics: Sequence[Metric], level: int = 0) -> Request:
    """Return the aggregations, the second grouping and the metrics inside the first."""
    if level == len(group_by):
        asked = [(at, metric) for at, metric in enumerate(metrics) if _is_asked(metric)]
        return {f"m{at}": _metric(metric, level) for at, metric in asked}
    inner = aggregations(group_by, metrics, level + 1)
    return {"g": _group(group_by[level]) | ({"aggs": inner} if inner else {})}


def _is_asked(metric: Metric) -> bool:
    return metric.function != "count" or bool(metric.field)


def _group(group: Group) -> Request:
    if isinstance(group, Interval):
        every = f"{round(group.every.total_seconds() * 1000)}ms"
        options = {"field": group.field, "fixed_interval": every, "min_doc_count": 1}
        return {"date_histogram": options}
    # Every shard sends more than is asked, so that the ranking over several days is seldom off.
    options = {
        "field": group.field,
        "size": group.top,
        "shard_size": group.top * 2 + 100,
        "collect_mode": "breadth_first",
    }
    return {"terms": options}


def _metric(metric: Metric, level: int) -> Request:
    if metric.function == "distinct":
        options = {"field": metric.field, "precision_threshold": _COUNTED_WELL[level]}
        return {"cardinality": options}
    return {_FUNCTIONS[metric.function]: {"field": metric.field}}


def aggregate_of(
    answer: Mapping[str, Any], group_by: Sequence[Group], metrics: Sequence[Metric]
) -> Aggregate:
    """Return the rows of an answer and whether a figure in them is not exact."""
    rows, approximate = [], any(metric.function == "distinct" for metric in metrics)
    whole = {"doc_count": answer["hits"]["total"]["value"]} | answer.get("aggregations", {})
    for keys, bucket, inexact in _buckets(whole, group_by):
        figures = {m.name: _figure(m, bucket, at) for at, m in enumerate(metrics)}
        rows.append(keys | figures)
        approximate |= inexact | any(_is_rounded(m, figures[m.name]) for m in metrics)
    if len(rows) > MAX_GROUPS:
        raise Malformed(f"more than {MAX_GROUPS} groups", where="aggregate")
    return Aggregate(rows, approximate)


def _buckets(
    outer: Mapping[str, Any], group_by: Sequence[Group]
) -> Iterator[tuple[dict[str, object], Mapping[str, Any], bool]]:
    if not group_by:
        yield {}, outer, False
        return
    group = group_by[0]
    found = outer.get("g", {"buckets": []})
    inexact = found.get("doc_count_error_upper_bound", 0) > 0
    for bucket in found["buckets"]:
        for keys, inner, too in _buckets(bucket, group_by[1:]):
            yield {group.field: _key(group, bucket["key"])} | keys, inner, inexact or too


def _key(group: Group, key: object) -> object:
    if isinstance(group, Interval) and isinstance(key, int):
        return iso_text(key * _MILLISECOND)
    if BY_NAME[group.field].kind is Kind.BOOLEAN:
        return bool(key)
    return key


def _figure(metric: Metric, bucket: Mapping[str, Any], at: int) -> object:
    if not _is_asked(metric):
        return bucket["doc_count"]
    if f"m{at}" not in bucket:  # no index at all
        return None if metric.function in {"min", "max"} else 0
    value = bucket[f"m{at}"]["value"]
    if value is None:
        return None
    whole = metric.function in {"count", "distinct"} or BY_NAME[metric.field].kind is Kind.LONG
    return int(value) if whole else float(value)


def _is_rounded(metric: Metric, figure: object) -> bool:
    return isinstance(figure, int) and abs(figure) >= _EXACT and metric.function != "count"
