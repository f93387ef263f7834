"""The contract of an action: what it may touch, what a repeat would do, and its inverse.

A step becomes one action with its parameters rendered and checked. Three kinds of action differ
in how a death in the middle is survived:

- inside: the effect is rows of the state store, committed with the step itself, so it happens
  once;
- keyed: the effect is outside and takes the step's id as its key, so a repeat is harmless;
- once: the effect is outside and cannot be asked about; it is never repeated, and where nobody
  can tell whether it happened a person is asked.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from playbooks.action.intent import Intent
from playbooks.action.means import Means
from playbooks.cacao.playbook import UNNAMED, Words
from playbooks.plan import Plan
from situation.assets import Assets
from situation.settings import ActuatorSettings, PointSettings
from situation.state.columns import JsonObject
from situation.state.tables import Incident


class Effect(StrEnum):
    """The class of side effect: what it does to the world, from the least to the gravest."""

    READ = "read"
    NOTIFY = "notify"
    CONTAIN = "contain"
    """It can be taken back; it has an inverse."""
    DESTROY = "destroy"


class Guarantee(StrEnum):
    """What is true after a death in the middle."""

    INSIDE = "inside"
    KEYED = "keyed"
    ONCE = "once"


class Parameters(BaseModel):
    """Base of the parameters of an action: strict, frozen, unknown names refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What an action sees of the house while a transaction is open. It opens no socket."""

    session: Session
    plan: Plan
    assets: Assets
    points: Mapping[str, PointSettings]
    key: str
    """Id of the step: the idempotency key."""
    run_id: str
    object_kind: str
    object_id: str
    incident: Incident | None
    drill_id: str | None
    started_by: str
    now: dt.datetime
    step_name: Words = UNNAMED
    clause: str = ""
    """The clause of the plan as people read it."""
    actuators: Mapping[str, ActuatorSettings] = field(default_factory=dict)
    """Named counterparts, for an intent to show what would be said to them."""
    channels: Mapping[str, str] | None = None
    """Type by name of the channels that messages leave by; None where nobody knows them here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an action.

    `outputs` are values by name, as CACAO text. `undo` is what the inverse needs, empty where
    there is nothing to take back. With `awaits` (kind and id of a row) the step is done only
    when that row is. `until` is when the inverse is due by itself.
    """

    outputs: JsonObject = field(default_factory=dict)
    undo: JsonObject = field(default_factory=dict)
    awaits: tuple[str, str] | None = None
    until: dt.datetime | None = None
    told: Words = UNNAMED
    """One sentence for the log of the run."""


class Refused(Exception):  # noqa: N818 - it is the outcome, no fault of ours
    """The counterpart said no for good; trying again is of no use."""


class Unsure(Exception):  # noqa: N818 - as above
    """The counterpart may have done it or not: with guarantee once a person has to say."""


Intend = Callable[[Scene, Parameters], Intent]
Inside = Callable[[Scene, Parameters], Outcome]
Outside = Callable[["Errand", Parameters], Outcome]
UndoInside = Callable[[Scene, JsonObject], Outcome]
UndoOutside = Callable[["Errand", JsonObject], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What an action outside is given: means and key, no session."""

    means: Means
    key: str
    run_id: str
    object_id: str
    drill_id: str | None
    now: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One row of `ACTIONS`. Exactly one of `inside` and `outside` is given, as `guarantee` says.

    An action outside raises `Unavailable` to be tried again and `Refused` where that is of no
    use. One whose effect is contain has the undo of its kind. In a drill an action outside is
    not performed, its intent stands for it, unless it is `in_drills`.
    """

    name: str
    words: Words
    effect: Effect
    guarantee: Guarantee
    parameters: type[Parameters]
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Type of CACAO by name of the output."""
    intend: Intend
    inside: Inside | None = None
    outside: Outside | None = None
    undo_inside: UndoInside | None = None
    undo_outside: UndoOutside | None = None
    presumed: Inside | None = None
    """What came of it where a person alone says that it happened: how it is taken back."""
    needs_approval: bool = False
    """Whether people have to agree even where its effect would not ask for it."""
    by_people: bool = False
    """Whether it waits for people, so that its default deadline is a human one."""
    in_drills: bool = False
    """Whether one outside is performed in a drill too: it reads the drill's own records alone."""
