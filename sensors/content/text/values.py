"""Rows of nested values as tables: what JSON, logs of JSON and answers of services hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sensors.content.heading import HEAD_ROWS, heading_at
from sensors.content.text.delimited import CELLS_LIMIT, ROWS, grids
from situation.content.piece import Grid, Passage
from situation.content.place import Place

Json = bool | int | float | str | None | Sequence["Json"] | Mapping[str, "Json"]

_RECORDS = 2
"""Objects in a list from which they are rows."""
_UNEVEN, _UNEVEN_FROM = 10, 10_000
"""Times of its values, and cells, that a table is filled up to."""
_LIST_LINES = 500
"""Values of a plain list that are told as one text."""
_COLUMNS = 2000
"""Headings of one table; objects that have more are no rows."""


class Rows:
    """Collects objects as rows of one table, and gives them up as grids of some thousand rows."""

    def __init__(self, name: str, place: Place, first_row: int = 1) -> None:
        self._name = name
        self._place = place
        self._row = self._first = first_row
        self._rows: list[dict[str, str]] = []
        self._heads: dict[str, None] = {}
        self._cells = 0

    def take(self, record: Mapping[str, Json]) -> Iterator[Grid | Passage]:
        """Take an object; yields what is full by then."""
        row = flat(record)
        self._rows.append(row)
        self._heads.update(dict.fromkeys(row))
        self._cells += len(row)
        if len(self._rows) >= ROWS or self._is_wide():
            yield from self.rest()

    def _is_wide(self) -> bool:
        """Whether the table would be mostly empty, or too large to be held."""
        filled_up = len(self._rows) * len(self._heads)
        return filled_up > CELLS_LIMIT or filled_up > _UNEVEN * self._cells + _UNEVEN_FROM

    def rest(self) -> Iterator[Grid | Passage]:
        """Yield what is held; a single object is no table, but keys with values."""
        rows, self._rows, self._cells = self._rows, [], 0
        heads, self._heads = list(self._heads), {}
        if len(rows) == 1 and self._row == self._first:
            yield from _keyed(rows[0], self._place)
        if len(rows) <= 1 and self._row == self._first:
            return
        lined = [[row.get(head, "") for head in heads] for row in rows]
        yield from grids(lined, heads, self._row, self._place, self._name)
        self._row += len(rows)


def _keyed(row: Mapping[str, str], place: Place) -> Iterator[Passage]:
    for key, text in row.items():
        if text:
            at = replace(place, column=key)
            yield Passage(text=f"{key.rpartition('.')[2]}: {text}", place=at)


def is_records(value: Json) -> bool:
    """Whether a value is a list of objects, and so a table."""
    return (
        isinstance(value, list)
        and len(value) >= _RECORDS
        and all(isinstance(item, dict) and len(item) <= _COLUMNS for item in value)
    )


def flat(record: Mapping[str, Json]) -> dict[str, str]:
    """Return an object as cells under joined keys: `holder.name`; lists are lines of a cell."""
    cells: dict[str, str] = {}
    _flatten(record, "", cells)
    return cells


def _flatten(value: Json, key: str, cells: dict[str, str]) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _flatten(inner, f"{key}.{name}" if key else str(name), cells)
    elif isinstance(value, list | tuple):
        for inner in value:
            _flatten(inner, key, cells)
    else:
        text = shown(value)
        cells[key] = f"{cells[key]}\n{text}" if key in cells else text


def shown(value: Json) -> str:
    """Return a scalar as a cell shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def told(value: Json, key: str, place: Place) -> Iterator[Grid | Passage]:
    """Yield a nested value: its tables as grids, every other value as `key: value`."""
    if is_records(value) and isinstance(value, list):
        rows = Rows(key, place)
        for record in value:
            if isinstance(record, dict):
                yield from rows.take(record)
        yield from rows.rest()
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from told(inner, str(name), place)
    elif isinstance(value, list | tuple):
        yield from told_list(value, key, place)
    elif text := shown(value):
        yield Passage(text=f"{key}: {text}" if key else text, place=replace(place, column=key))


def told_list(values: Iterable[Json], key: str, place: Place) -> Iterator[Grid | Passage]:
    """Yield a list that is no table: its lists as rows, its plain values some hundred at once."""
    lines: list[str] = []
    rows: list[list[str]] = []
    for value in values:
        if isinstance(value, list) and not any(isinstance(inner, Mapping) for inner in value):
            rows.append([_line(inner) for inner in value])
        elif isinstance(value, Mapping | list | tuple):
            yield from told(value, key, place)
        elif text := shown(value):
            lines.append(text)
        if len(lines) >= _LIST_LINES:
            yield _listed(lines, key, place)
            lines = []
        if len(rows) >= ROWS:
            yield from _lists(rows, key, place)
            rows = []
    if lines:
        yield _listed(lines, key, place)
    if rows:
        yield from _lists(rows, key, place)


def _line(value: Json) -> str:
    """Return a value, or a list of plain values, as a cell."""
    if isinstance(value, list):
        return "\n".join(map(_line, value))
    return shown(value)


def _listed(lines: list[str], key: str, place: Place) -> Passage:
    text = "\n".join(lines)
    return Passage(text=f"{key}: {text}" if key else text, place=replace(place, column=key))


def _lists(rows: list[list[str]], key: str, place: Place) -> Iterator[Grid]:
    at = heading_at(rows[:HEAD_ROWS])
    header = [] if at is None else rows[at]
    body = rows if at is None else rows[:at] + rows[at + 1 :]
    yield from grids(body, header, 1, place, key)
