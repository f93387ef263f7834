"""Groups and metrics as one DuckDB statement.

The first grouping is ranked by all its documents, the second within each group of the first.
"""

from collections.abc import Sequence

from situation.events import address
from situation.events.instant import iso_text
from situation.events.parquet.sql import column, quoted
from situation.events.question import MAX_GROUPS
from situation.events.store import Interval, Metric, Terms
from situation.faults import Malformed
from situation.fields import BY_NAME, Kind

_FUNCTIONS = {
    "count": "count({0})",
    "sum": "coalesce(sum({0}), 0)",
    "min": "min({0})",
    "max": "max({0})",
    "distinct": "count(DISTINCT {0})",
}
_Group = Terms | Interval


def grouping(source: str, where: str, group_by: Sequence[_Group], metrics: Sequence[Metric]) -> str:
    """Return the statement; its parameters are those of `source`, then those of `where`."""
    keys = [f"{_key(group)} AS g{at}" for at, group in enumerate(group_by)]
    fields = dict.fromkeys(metric.field for metric in metrics if metric.field)
    columns = [*keys, *(quoted(field) for field in fields)] or ["1 AS one"]
    figures = "".join(f", {_figure(metric)} AS m{at}" for at, metric in enumerate(metrics))
    matched = (
        f"WITH matched AS MATERIALIZED (SELECT {', '.join(columns)} FROM {source} WHERE {where})"  # noqa: S608 - declared names, values bound
    )
    if not group_by:
        return f"{matched} SELECT count(*){figures} FROM matched"  # noqa: S608 - as above
    ranks = ", ".join(f"r{at}" for at in range(len(group_by)))
    names = ", ".join(f"g{at}" for at in range(len(group_by)))
    return (
        f"{matched}, {_ranked(group_by)} SELECT {names}{figures} FROM matched "  # noqa: S608 - as above
        f"JOIN {_joined(len(group_by))} GROUP BY {ranks}, {names} "
        f"ORDER BY {ranks} LIMIT {MAX_GROUPS + 1}"
    )


def _ranked(group_by: Sequence[_Group]) -> str:
    ranked = [_rank(group_by[0], "g0", "", 0)]
    if len(group_by) > 1:
        ranked.append(_rank(group_by[1], "g0, g1", "PARTITION BY g0", 1))
    return ", ".join(ranked)


def _rank(group: _Group, names: str, partition: str, at: int) -> str:
    order = f"count(*) DESC, g{at}" if isinstance(group, Terms) else f"g{at}"
    top = f" QUALIFY r{at} <= {group.top}" if isinstance(group, Terms) else ""
    return (
        f"rank{at} AS (SELECT {names}, row_number() OVER ({partition} ORDER BY {order}) AS r{at} "  # noqa: S608 - declared names
        f"FROM matched WHERE g{at} IS NOT NULL GROUP BY {names}{top})"
    )


def _joined(groups: int) -> str:
    return "rank0 USING (g0)" + (" JOIN rank1 USING (g0, g1)" if groups > 1 else "")


def _key(group: _Group) -> str:
    if isinstance(group, Terms):
        return column(group.field)
    every = round(group.every.total_seconds() * 1000) * 1_000_000
    return f"epoch_ns({quoted(group.field)}) // {every} * {every}"


def _figure(metric: Metric) -> str:
    return _FUNCTIONS[metric.function].format(quoted(metric.field) if metric.field else "*")


def named_rows(
    rows: Sequence[tuple[object, ...]], group_by: Sequence[_Group], metrics: Sequence[Metric]
) -> list[dict[str, object]]:
    """Return the rows of the statement under the names that the port promises."""
    if len(rows) > MAX_GROUPS:
        raise Malformed(f"more than {MAX_GROUPS} groups", where="aggregate")
    skipped = 0 if group_by else 1
    found = []
    for row in rows:
        keys = {group.field: _value(group, key) for group, key in zip(group_by, row, strict=False)}
        figures = row[len(group_by) + skipped :]
        names = [metric.name for metric in metrics]
        found.append(keys | dict(zip(names, figures, strict=True)))
    return found


def _value(group: _Group, key: object) -> object:
    if isinstance(group, Interval) and isinstance(key, int):
        return iso_text(key)
    if BY_NAME[group.field].kind is Kind.IP and isinstance(key, bytes):
        return address.address_of(key)
    return key
