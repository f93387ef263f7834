"""The rows of the plan: every rule with its instrument, clause, source and how sure it is."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from situation.faults import Malformed

Level = Annotated[int, Field(ge=1, le=4)]
"""1 特别重大, 2 重大, 3 较大, 4 一般: the smaller the graver."""

Operator = Literal["cii", "central_organ", "other"]
Sector = Literal["miit", "finance"]
ObjectImportance = Literal["special", "important", "general"]
BusinessLoss = Literal["especially_severe", "severe", "considerable", "minor"]
SocialHarm = Literal["especially_major", "major", "considerable", "general"]
DataClass = Literal["core", "important", "general"]
ClockStart = Literal["discovery", "receipt", "response_end"]
Keys = Annotated[tuple[str, ...], Field(strict=False)]
"""A list of keys; TOML has lists where the frozen rows have tuples."""


def plain_number(value: float) -> float:
    """Return a whole number as an int, so that people read 360 and not 360.0."""
    return int(value) if value.is_integer() else value


def number_pattern(pattern: str) -> str:
    """Return a pattern of numbers with the places `year` and `serial`; raise `ValueError`."""
    try:
        numbers = {pattern.format(year=y, serial=n) for y, n in ((1, 1), (1, 2), (2, 1))}
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"no pattern with year and serial: {error}") from error
    if len(numbers) < _DISTINCT:
        raise ValueError("year or serial is missing, so numbers would repeat")
    return pattern


Bar = Annotated[float, Field(ge=0), AfterValidator(plain_number)]

_DISTINCT = 3
_MARK = re.compile(r"V|V draft|[PM] 0\.\d{1,2}|project")


class Row(BaseModel):
    """Base of every table of the plan: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Keyed(Protocol):
    """A row that is known by its key."""

    @property
    def key(self) -> str:
        """Return the key, unique in its table."""
        ...


R = TypeVar("R", bound=Keyed)


def keyed(rows: Iterable[R], key: str, where: str) -> R:
    """Return the row of that key; raise `Malformed` with `where` if there is none."""
    found = next((row for row in rows if row.key == key), None)
    if found is None:
        raise Malformed(f"the plan has no {key!r}", where=where)
    return found


class Word(Row):
    """What something is called, in both languages."""

    key: str
    zh: str
    en: str


class Metric(Word):
    """What a fact measures. `unit`: minutes, persons, share, rmb, count, value."""

    unit: Literal["minutes", "persons", "share", "rmb", "count", "value"]


class ScaleValue(Word):
    """One step of a scale, for example `severe` of `business_loss`."""

    scale: str


class Sourced(Row):
    """A row that states a rule: who says so, where, and whether that was read.

    `source` is the number in the list of sources of the plan's fact sheet, or its section.
    `mark`: V read in a source; `V draft` read in the draft only; `P n` partly read and `M n` from
    memory, n the confidence; `project` a choice of this project. Only V is `verified`.
    """

    instrument: str
    clause: str
    source: str
    mark: str
    verified: bool

    @model_validator(mode="after")
    def _verified_means_read(self) -> "Sourced":
        if not _MARK.fullmatch(self.mark):
            raise ValueError(f"mark {self.mark!r} is none of V, V draft, P n, M n, project")
        if self.verified != (self.mark == "V"):
            raise ValueError(f"verified does not agree with mark {self.mark!r}")
        return self

    @property
    def name(self) -> str:
        """Return what the row is about, unique among its kind."""
        return self.clause

    def parts(self) -> tuple[tuple[str, "Sourced"], ...]:
        """Return the rows inside this one that have sources of their own, with their kind."""
        return ()


class Instrument(Sourced):
    """A legal instrument or standard. `sector` limits its bars to incidents of that sector."""

    instrument: str = ""
    key: str
    zh: str
    en: str
    in_force: dt.date | None = None
    sector: Sector | None = None

    @property
    def name(self) -> str:
        """Return the instrument's key."""
        return self.key


class Threshold(Sourced):
    """A numeric bar: a value at or above `at_least` gives `level`."""

    metric: str
    level: Level
    at_least: Bar

    @property
    def name(self) -> str:
        """Return instrument, metric and level."""
        return f"{self.instrument}:{self.metric}:{self.level}"


class ValueGrade(Sourced):
    """A step of a scale that gives a level by itself."""

    metric: str
    value: str
    level: Level

    @property
    def name(self) -> str:
        """Return instrument, metric and step."""
        return f"{self.instrument}:{self.metric}:{self.value}"


class MatrixCell(Sourced):
    """A cell of the matrix of GB/T 20986: importance of the object by loss of business."""

    object: ObjectImportance
    loss: BusinessLoss
    level: Level

    @property
    def name(self) -> str:
        """Return row and column of the cell."""
        return f"{self.object}:{self.loss}"


class Split(Sourced):
    """A bar above which an incident of level 4 goes up to district or city (Ⅳ-A)."""

    metric: str
    at_least: Bar

    @property
    def name(self) -> str:
        """Return the metric."""
        return self.metric


class Rest(Sourced):
    """The level of what meets no condition."""

    level: Level


class Clock(Sourced):
    """A limit that an incident starts: who is told, how soon, counted from what.

    `limit_minutes` is inclusive. `from_level` is the mildest level for which it runs. A clock
    from `receipt` starts when the addressee `follows` (in Chinese) has received its report, or
    anybody where that is empty. It may be paused for one of `pause_reasons` alone; a statutory
    clock never pauses.
    """

    id: str
    operators: Annotated[tuple[Operator, ...], Field(strict=False)]
    sector: Sector | None = None
    from_level: Level
    start: ClockStart
    limit_minutes: Annotated[int, Field(gt=0)]
    addressee_zh: str
    addressee_en: str
    statutory: bool
    follows: str = ""
    pause_reasons: Annotated[tuple[Word, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _law_never_pauses(self) -> "Clock":
        if self.statutory and self.pause_reasons:
            raise ValueError("a statutory clock has no reasons to pause")
        return self

    @property
    def name(self) -> str:
        """Return id and addressee."""
        return f"{self.id}:{self.addressee_en}"


class Duty(Sourced):
    """A duty without a clock of an incident: at once, or standing."""

    id: str
    who_zh: str
    who_en: str
    what_zh: str
    what_en: str

    @property
    def name(self) -> str:
        """Return the id."""
        return self.id


class Flag(Sourced):
    """A sentence that stands beside a level and calls for a person."""

    code: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """Return the code."""
        return self.code
