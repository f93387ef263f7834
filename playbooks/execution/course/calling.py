"""Calling: an action outside the house, without a session, within its own thread."""

import datetime as dt
from dataclasses import dataclass

from playbooks.action.action import Action, Errand, Outcome, Parameters
from playbooks.action.means import Means
from playbooks.execution.course.boundary import Trouble, tried
from situation.faults import Misconfigured
from situation.state.columns import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was begun and has to be done now. `given` are parameters, or what an inverse needs."""

    step_run_id: str
    run_id: str
    attempt: int
    action: Action
    given: Parameters | JsonObject
    object_id: str
    drill_id: str | None
    deadline_at: dt.datetime
    """When nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a call."""

    call: Call
    result: Outcome | Trouble


def called(call: Call, means: Means, now: dt.datetime) -> Came:
    """Do it. Its key is the step's id, the same for each attempt."""
    errand = Errand(
        means=means,
        key=call.step_run_id,
        run_id=call.run_id,
        object_id=call.object_id,
        drill_id=call.drill_id,
        now=now,
    )
    return Came(call, tried(lambda: _done(call, errand), call.step_run_id))


def _done(call: Call, errand: Errand) -> Outcome:
    action, given = call.action, call.given
    if isinstance(given, Parameters):
        if action.outside is not None:
            return action.outside(errand, given)
    elif action.undo_outside is not None:
        return action.undo_outside(errand, given)
    raise Misconfigured("the action has no such way", where=action.name)
