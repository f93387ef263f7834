"""What a sort of document yields: its values by path, and what follows from them."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from sensors.log.document import turning
from sensors.log.document.turning import Reception
from situation.fields import BY_NAME, Kind

Object = dict[str, object]

Turn = Callable[[Sequence[object], Reception], pl.Series]
"""Turns values of JSON into a column; null where one does not fit."""

BY_KIND: Mapping[Kind, Turn] = {
    Kind.KEYWORD: turning.texts,
    Kind.WILDCARD: turning.texts,
    Kind.TEXT: turning.texts,
    Kind.IP: turning.texts,
    Kind.LONG: turning.wholes,
    Kind.DOUBLE: turning.reals,
    Kind.BOOLEAN: turning.truths,
    Kind.DATE: turning.instants,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One value of a document and the field that it becomes.

    `path` joins keys by `/`; a number is a place in a list. `field` is a declared field, or a
    hidden name with `_` in front that the expressions of the plan use. A value is moved out of
    the rest unless it is `kept` there, which it always is below a list.
    """

    path: str
    field: str
    turn: Turn | None = None
    kept: bool = False
    keys: tuple[str, ...] = dataclasses.field(init=False)
    is_listed: bool = dataclasses.field(init=False)
    """Whether the path goes through a list."""

    def __post_init__(self) -> None:
        """Take the path apart once, for it is needed for every chunk of documents."""
        keys = tuple(self.path.split("/"))
        object.__setattr__(self, "keys", keys)
        object.__setattr__(self, "is_listed", any(key.isdigit() for key in keys))

    @property
    def is_copied(self) -> bool:
        """Whether the rest holds the value, too."""
        return self.kept or self.is_listed

    def made(self, values: list[object], reception: Reception) -> pl.Series:
        """Return the column of many documents, of which often none has the value."""
        # To count takes as long as to turn, so it is left out where a value is found at once.
        if any(values) or values.count(None) < len(values):
            return self.series(values, reception)
        return self.series([None], reception).new_from_index(0, len(values))

    def series(self, values: Sequence[object], reception: Reception) -> pl.Series:
        """Return the values as the column; null where one does not fit."""
        return self._turn(values, reception).alias(self.field)

    @property
    def _turn(self) -> Turn:
        if self.turn is not None:
            return self.turn
        return BY_KIND[BY_NAME[self.field].kind] if self.field in BY_NAME else turning.texts


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How one sort of document becomes columns.

    `stages` are expressions over the columns, each stage seeing what the one before made. The
    rest stands between `before` and `after`, both pieces of JSON.
    """

    columns: tuple[Column, ...]
    stages: tuple[tuple[pl.Expr, ...], ...]
    before: pl.Expr
    after: str
