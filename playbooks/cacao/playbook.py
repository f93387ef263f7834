"""A playbook as the executor sees it: typed steps over the CACAO 2.0 document (OASIS, 2023)."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from situation.state.columns import JsonObject


class StepKind(StrEnum):
    """The step types of CACAO 2.0, section 4."""

    START = "start"
    END = "end"
    ACTION = "action"
    PLAYBOOK = "playbook-action"
    PARALLEL = "parallel"
    IF = "if-condition"
    WHILE = "while-condition"
    SWITCH = "switch-condition"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Chinese and in English."""

    zh: str
    en: str


UNNAMED = Words("", "")
TURNS = 100
"""How often a loop turns at most, where its author does not say."""


@dataclass(frozen=True, slots=True)
class Clause:
    """The clause of the plan that a step carries out: key of the instrument, number there."""

    instrument: str
    clause: str


@dataclass(frozen=True, slots=True)
class Call:
    """The action of a step: its name in `ACTIONS`, its parameters before substitution.

    `outs` names the variable that takes each output of the action.
    """

    action: str
    parameters: JsonObject
    outs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Variable:
    """A typed variable of CACAO 2.0, section 10.18. `value` is CACAO text, None where unset."""

    name: str
    type: str
    value: str | None
    constant: bool = False
    external: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the workflow. Steps are named by their ids; None or empty where there is none.

    `within` is the time that it may take, None for the default of its kind. A control step with
    a next step (`on_completion`, `on_success`) goes on there when its branches have ended.
    """

    id: str
    kind: StepKind
    name: Words
    about: str = ""
    """The description of CACAO, in one text."""
    note: Words = UNNAMED
    """The same in both languages."""
    clause: Clause | None = None
    delay: dt.timedelta = dt.timedelta()
    within: dt.timedelta | None = None
    on_completion: str | None = None
    on_success: str | None = None
    on_failure: str | None = None
    variables: tuple[Variable, ...] = ()
    call: Call | None = None
    retries: int | None = None
    """None for the default of the action's effect."""
    quorum: int | None = None
    """People who have to agree, where the author asks for more than the plan does."""
    on_timeout: str = ""
    """What follows when nobody agrees in time: fail, skip, escalate; empty: as the plan says."""
    condition: str = ""
    on_true: str | None = None
    on_false: str | None = None
    switch: str = ""
    """Full name of the variable that chooses the case."""
    cases: Mapping[str, str] = field(default_factory=dict)
    next_steps: tuple[str, ...] = ()
    playbook_id: str = ""
    in_args: tuple[str, ...] = ()
    """Full names of the variables that another playbook is given, and gives back below."""
    out_args: tuple[str, ...] = ()
    turns: int = TURNS
    """How often a loop turns at most; one more is a failure."""

    @property
    def follows(self) -> str | None:
        """Return the step after success."""
        return self.on_completion or self.on_success


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """What starts a playbook by itself.

    `on`: grade, category, detector, warning, clock, period. `values` are the names that fit
    (categories, detectors, colours, clock ids; empty: any), `level` the mildest level of the
    incident that fits (4: any), `minutes` the time left on a clock. `once` says how often it
    starts: empty is once for each cause, `day` is once on a day of the city whatever the cause.
    """

    on: str
    values: tuple[str, ...] = ()
    level: int = 4
    minutes: int = 0
    once: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """A playbook that was read. `bindings` name the fact of the cause that fills a variable."""

    id: str
    key: str
    name: Words
    about: Words
    steps: Mapping[str, Step]
    start: str
    exception: str | None
    variables: Mapping[str, Variable]
    bindings: Mapping[str, str] = field(default_factory=dict)
    triggers: tuple[TriggerRow, ...] = ()
    within: dt.timedelta = dt.timedelta(days=7)
    compensates: bool = False
    """Whether a run that fails takes back what it contained."""
    document: JsonObject = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the document."""
        return digest_of(self.document)


def digest_of(document: JsonObject) -> str:
    """Return the SHA-256 of a JSON object, the same however its keys were ordered."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
