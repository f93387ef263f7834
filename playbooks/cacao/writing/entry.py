"""What may stand in the YAML form of a playbook, as people write it."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

from playbooks.cacao.condition import parse
from playbooks.cacao.extension import Key
from playbooks.cacao.variable import TYPES
from situation.faults import Malformed

_SPAN = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?")
_LONGEST = dt.timedelta(days=365)
_UNITS = ("days", "hours", "minutes", "seconds")


class Entry(BaseModel):
    """Base of all parts of a form: names that it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _span(value: object) -> object:
    found = _SPAN.fullmatch(value) if isinstance(value, str) and value else None
    if found is None:
        raise ValueError("a time is written like 30s, 15m, 2h, 7d or 1h30m")
    parts = {unit: int(text) for unit, text in zip(_UNITS, found.groups(), strict=True) if text}
    span = dt.timedelta(**parts)
    if not dt.timedelta() < span <= _LONGEST:
        raise ValueError("a time is longer than nothing and at most a year")
    return span


def _minutes(value: object) -> object:
    span = _span(value)
    if isinstance(span, dt.timedelta) and span % dt.timedelta(minutes=1):
        raise ValueError("a deadline is in whole minutes")
    return span


def _condition(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a condition is a text")  # noqa: TRY004 - pydantic wants a ValueError
    try:
        return str(parse(value))
    except Malformed as fault:
        raise ValueError(str(fault)) from fault


def _day(value: object) -> object:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError("a day is written like 2026-11-27") from error


def _typed_alone(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


def _word_or_steps(*words: str) -> BeforeValidator:
    """Return a check that one of these words stands there, or steps."""

    def check(value: object) -> object:
        if isinstance(value, list):
            return {"steps": value}
        if value not in words:
            raise ValueError(f"is none of {', '.join(words)}, and no list of steps")
        return {"word": value}

    return BeforeValidator(check)


def _known_type(value: object) -> object:
    if value not in TYPES:
        raise ValueError(f"is none of {', '.join(sorted(TYPES))}")
    return value


Span = Annotated[dt.timedelta, BeforeValidator(_span)]
Deadline = Annotated[dt.timedelta, BeforeValidator(_minutes)]
ConditionText = Annotated[str, BeforeValidator(_condition)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
"""The name of a variable without the underscores of CACAO."""
Case = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,100}$")]
Filled = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Amount = Annotated[int, Field(ge=0, le=100)]
PlaybookType = Literal[
    "attack", "detection", "engagement", "investigation", "mitigation", "notification",
    "prevention", "remediation",
]  # fmt: skip
Steps = list["StepEntry"]


class Both(Entry):
    """A text in both languages."""

    zh: Filled
    en: Filled


class Otherwise(Entry):
    """What follows a failure: one word, or steps."""

    word: str = ""
    steps: Steps = Field(default_factory=list)


class TriggerEntry(Entry):
    """What starts the playbook by itself."""

    on: Literal["grade", "category", "detector", "warning", "clock", "period"]
    values: Annotated[list[Filled], Field(alias="is", min_length=1)] = Field(default_factory=list)
    level: Annotated[int, Field(ge=1, le=4)] = 4
    minutes: Annotated[int, Field(ge=0, le=525_600)] = 0
    once: Literal["incident", "day"] = "incident"


class VariableEntry(Entry):
    """A variable; `value` is what it has where the fact of `from` is not known."""

    type: Annotated[str, BeforeValidator(_known_type)]
    fact: Annotated[str, Field(alias="from")] = ""
    value: object = None
    constant: bool = False
    external: bool = False
    about: Both | None = None


class StepEntry(Entry):
    """A step: what all have, and the keys of exactly one kind."""

    step: Key
    name: Both | None = None
    about: Both | None = None
    clause: Annotated[str, StringConstraints(pattern=r"^\S+ \S.*$")] = ""
    delay: Span | None = None
    within: Deadline | None = None
    if_it_fails: Annotated[Otherwise, _word_or_steps("continue")] = Field(default_factory=Otherwise)

    action: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")] = ""
    wait: Span | None = None
    condition: Annotated[ConditionText, Field(alias="if")] = ""
    loop: Annotated[ConditionText, Field(alias="while")] = ""
    switch: Name = ""
    parallel: Annotated[list[Steps], Field(min_length=2)] = Field(default_factory=list)
    playbook: Key = ""

    given: Annotated[object, Field(alias="with")] = None
    out: object = None
    retries: Annotated[int, Field(ge=0, le=20)] | None = None
    quorum: Annotated[int, Field(ge=1, le=9)] | None = None
    on_timeout: Literal["", "fail", "skip", "escalate"] = ""
    then: Steps = Field(default_factory=list)
    otherwise: Annotated[Steps, Field(alias="else")] = Field(default_factory=list)
    do: Annotated[Steps, Field(min_length=1)] = Field(default_factory=list)
    turns: Annotated[int, Field(ge=1, le=10_000)] | None = None
    cases: Annotated[dict[Case, Steps], Field(min_length=1)] = Field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return the key that says what kind of step it is."""
        return next(key for key, name in _NAMED.items() if name in self.model_fields_set)

    @model_validator(mode="after")
    def _one_kind(self) -> "StepEntry":
        given = self.model_fields_set
        kinds = [key for key, name in _NAMED.items() if name in given]
        if len(kinds) != 1:
            raise ValueError(f"exactly one of {', '.join(_NAMED)} is wanted, not {len(kinds)}")
        allowed, needed = _KINDS[kinds[0]]
        odd = [_written(name) for name in sorted(given & _OWN - {*allowed, *needed})]
        if odd:
            raise ValueError(f"a step with {kinds[0]} has no {', '.join(odd)}")
        missing = [_written(name) for name in needed if name not in given]
        if missing:
            raise ValueError(f"a step with {kinds[0]} needs {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _fitting(self) -> "StepEntry":
        if self.wait is not None and self.delay is not None:
            raise ValueError("a step with wait has no delay")
        if self.name is None and self.kind in _NAMES_NEEDED:
            raise ValueError(f"a step with {self.kind} needs name")
        _ = (self.passed, self.taken) if self.playbook else (self.parameters, self.outs)
        return self

    @property
    def parameters(self) -> dict[str, object]:
        """Return the parameters of an action."""
        return _OBJECT.validate_python({} if self.given is None else self.given, strict=True)

    @property
    def outs(self) -> dict[str, str]:
        """Return the variable that takes each output of an action."""
        return _NAME_BY_NAME.validate_python({} if self.out is None else self.out, strict=True)

    @property
    def passed(self) -> list[str]:
        """Return the variables that another playbook is given."""
        return _NAMES.validate_python([] if self.given is None else self.given, strict=True)

    @property
    def taken(self) -> list[str]:
        """Return the variables that are taken back from another playbook."""
        return _NAMES.validate_python([] if self.out is None else self.out, strict=True)


class PlaybookEntry(Entry):
    """The whole form."""

    key: Key
    version: Annotated[int, Field(ge=1, le=86_000)]
    dated: Annotated[dt.date, BeforeValidator(_day)]
    name: Both
    about: Both
    types: Annotated[list[PlaybookType], Field(min_length=1)]
    activities: list[Filled] = Field(default_factory=list)
    labels: list[Filled] = Field(default_factory=list)
    severity: Amount | None = None
    priority: Amount | None = None
    impact: Amount | None = None
    within: Deadline = dt.timedelta(days=7)
    if_it_fails: Annotated[Otherwise, _word_or_steps("keep", "compensate")] = Field(
        default_factory=Otherwise
    )
    triggers: list[TriggerEntry] = Field(default_factory=list)
    variables: dict[Name, Annotated[VariableEntry, BeforeValidator(_typed_alone)]] = Field(
        default_factory=dict
    )
    steps: Annotated[Steps, Field(min_length=1)]


_NAMED: Mapping[str, str] = {
    "action": "action",
    "wait": "wait",
    "if": "condition",
    "while": "loop",
    "switch": "switch",
    "parallel": "parallel",
    "playbook": "playbook",
}
"""The key that says the kind of a step, and how it is called here."""
_KINDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "action": (("given", "out", "retries", "quorum", "on_timeout"), ()),
    "wait": ((), ()),
    "if": (("otherwise",), ("then",)),
    "while": (("turns",), ("do",)),
    "switch": ((), ("cases",)),
    "parallel": ((), ()),
    "playbook": (("given", "out"), ()),
}
"""What each kind may have of its own, and what it must have."""
_OWN = frozenset(name for allowed, needed in _KINDS.values() for name in (*allowed, *needed))
_WRITTEN: Mapping[str, str] = {"given": "with", "otherwise": "else"}
_NAMES_NEEDED = frozenset(("action", "wait", "playbook"))
_OBJECT = TypeAdapter(dict[str, object])
_NAME_BY_NAME = TypeAdapter(dict[str, Name])
_NAMES = TypeAdapter(list[Name])


def _written(name: str) -> str:
    return _WRITTEN.get(name, name)
