"""What differs between two plans: rows added, removed and changed, by table and name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel

from playbooks.plan.document import Plan
from playbooks.plan.row import ScaleValue, Word
from playbooks.plan.source import Source

Rows = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that one of two plans has alone, or that they have differently.

    `fields` are value before and after by field, of a changed row only. Values are as in JSON.
    """

    table: str
    name: str
    kind: Literal["added", "removed", "changed"]
    fields: dict[str, tuple[object, object]] = field(default_factory=dict)


def differences(before: Plan, after: Plan) -> list[Difference]:
    """Return what `after` has otherwise than `before`, in the order of the tables."""
    return [each for table in type(before).model_fields for each in _table(table, before, after)]


def rows_of(plan: Plan, table: str) -> Rows:
    """Return the rows of a table by name, each as in JSON."""
    value = getattr(plan, table)
    rows = value if isinstance(value, tuple) else (value,)
    return {name_of(row): row.model_dump(mode="json") for row in rows}


def name_of(row: BaseModel) -> str:
    """Return what a row is known by, unique in its table."""
    if isinstance(row, Source):
        return row.id
    if isinstance(row, ScaleValue):
        return f"{row.scale}:{row.key}"
    return row.key if isinstance(row, Word) else str(getattr(row, "name", ""))


def _table(table: str, before: Plan, after: Plan) -> Iterator[Difference]:
    old, new = rows_of(before, table), rows_of(after, table)
    for name in old:
        if name not in new:
            yield Difference(table, name, "removed")
        elif old[name] != new[name]:
            yield Difference(table, name, "changed", _changed(old[name], new[name]))
    yield from (Difference(table, name, "added") for name in new if name not in old)


def _changed(old: dict[str, object], new: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {key: (old[key], new[key]) for key in old if old[key] != new[key]}
