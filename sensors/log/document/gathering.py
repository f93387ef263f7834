"""The walk over the documents: values are taken out by path, what is left is the rest.

Objects live for a chunk only, while the processor's cache holds them: to keep those of a whole
block takes twice the time.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import polars as pl

from sensors.log.document.plan import Column, Object, Plan

CHUNK_LINES = 150


def load(text: str) -> Object | None:
    """Return the JSON object of a line (RFC 8259), None where it holds none."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a line becomes a document, and which plan the document has."""

    plan_of: Callable[[Object], str]
    shape: Callable[[Object], Object] | None = None
    """Brings a document into the form that the plans expect."""
    load: Callable[[str], Object | None] = load
    """Returns the document of a line, None where it holds none."""


_ABSENT: Object = {}

Holders = dict[tuple[str, ...], list[Object]]


@dataclass(slots=True)
class Group:
    """Documents of one plan: the lines, the values of each column, the rest as JSON.

    A rest is empty where nothing is left, None where it is deeper than the writer of JSON goes.
    """

    lines: list[int]
    values: list[list[object]]
    rests: list[str | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The documents by plan, and the lines that hold none."""

    groups: Mapping[str, Group]
    refused: list[int]


def gather(lines: pl.Series, plans: Mapping[str, Plan], sorting: Sorting) -> Gathered:
    """Read each line as a document and take out what its plan names."""
    groups = {name: Group([], [[] for _ in plan.columns]) for name, plan in plans.items()}
    refused: list[int] = []
    for begin in range(0, len(lines), CHUNK_LINES):
        texts = lines.slice(begin, CHUNK_LINES).to_list()
        for name, numbers, objects in _sorted(texts, begin, sorting, refused):
            _take_all(groups[name], plans[name].columns, numbers, objects)
    return Gathered(groups, refused)


def dump(value: object) -> str | None:
    """Return JSON of a value; None where it is deeper than the writer goes."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return None


def _sorted(
    texts: Sequence[str], begin: int, sorting: Sorting, refused: list[int]
) -> Iterator[tuple[str, list[int], list[Object]]]:
    by_name: dict[str, tuple[list[int], list[Object]]] = {}
    for number, text in enumerate(texts, begin):
        value = sorting.load(text)
        if value is None:
            refused.append(number)
            continue
        if sorting.shape is not None:
            value = sorting.shape(value)
        numbers, objects = by_name.setdefault(sorting.plan_of(value), ([], []))
        numbers.append(number)
        objects.append(value)
    for name, (numbers, objects) in by_name.items():
        yield name, numbers, objects


def _take_all(
    group: Group, columns: Sequence[Column], numbers: list[int], objects: list[Object]
) -> None:
    holders: Holders = {(): objects}
    for column, values in zip(columns, group.values, strict=True):
        values.extend(_take(column, objects, holders))
    _drop_emptied(holders)
    group.rests.extend(dump(value) if value else "" for value in objects)
    group.lines.extend(numbers)


def _take(column: Column, objects: list[Object], holders: Holders) -> list[object]:
    keys = column.keys
    if column.is_listed:
        return _reached(keys, objects)
    key = keys[-1]
    within = _holders(keys[:-1], holders)
    if column.kept:
        return list(map(dict.get, within, itertools.repeat(key)))
    return list(map(dict.pop, within, itertools.repeat(key), itertools.repeat(None)))


def _holders(keys: tuple[str, ...], known: Holders) -> list[Object]:
    """Return the inner object of each document, or one that is empty and never written to."""
    if keys not in known:
        outer = _holders(keys[:-1], known)
        found = [holder.get(keys[-1], _ABSENT) for holder in outer]
        known[keys] = [value if isinstance(value, dict) else _ABSENT for value in found]
    return known[keys]


def _reached(keys: Sequence[str], objects: list[Object]) -> list[object]:
    outer = [value.get(keys[0]) for value in objects]
    if not any(outer):
        return [None] * len(outer)
    return [_reach(value, keys[1:]) for value in outer]


def _reach(value: object, keys: Sequence[str]) -> object:
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _drop_emptied(holders: Holders) -> None:
    for keys in sorted(holders, key=len, reverse=True):
        if not keys:
            continue
        for outer, inner in zip(holders[keys[:-1]], holders[keys], strict=True):
            if not inner and inner is not _ABSENT:
                del outer[keys[-1]]
