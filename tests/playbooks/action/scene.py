"""Scenes for actions on a real desk: what the engine would give them, without the engine."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from playbooks.action.action import Action, Outcome, Parameters, Scene
from playbooks.action.catalogue import ACTIONS
from playbooks.action.intent import Intent
from playbooks.cacao.playbook import Words
from playbooks.plan import load_plan
from situation.state.store import StateStore
from situation.state.tables import Incident
from tests.playbooks.intrusion import ASSETS, NOW

PLAN = load_plan()
KEY = "5a" * 16
RUN = "R-2026-0303-01"


def scene(session: Session, incident_id: str | None = None, **changed: object) -> Scene:
    """Return what a step of a run sees; `changed` are fields of the scene."""
    incident = session.get_one(Incident, incident_id) if incident_id else None
    said: dict[str, object] = {
        "session": session,
        "plan": PLAN,
        "assets": ASSETS,
        "points": {},
        "key": KEY,
        "run_id": RUN,
        "object_kind": "incident" if incident else "none",
        "object_id": incident.id if incident else "",
        "incident": incident,
        "drill_id": incident.drill_id if incident else None,
        "started_by": "chen",
        "now": NOW,
        "step_name": Words("步骤", "step"),
        "clause": "国家预案 4.2",
    }
    return Scene(**(said | changed))  # type: ignore[arg-type]


def given(name: str, **said: object) -> tuple[Action, Parameters]:
    """Return an action with its parameters, checked as the engine checks them."""
    action = ACTIONS[name]
    return action, action.parameters.model_validate(said)


@contextmanager
def staged(state: StateStore, incident_id: str | None = None, **changed: object) -> Iterator[Scene]:
    """Yield a scene in a transaction of its own, as the engine opens one for each step."""
    with state.transaction() as session:
        yield scene(session, incident_id, **changed)


def done(
    state: StateStore,
    name: str,
    said: dict[str, object],
    incident_id: str | None = None,
    **changed: object,
) -> Outcome:
    """Perform an action inside, committed with whatever it wrote."""
    action, parameters = given(name, **said)
    assert action.inside is not None
    with staged(state, incident_id, **changed) as seen:
        return action.inside(seen, parameters)


def intended(
    state: StateStore,
    name: str,
    said: dict[str, object],
    incident_id: str | None = None,
    **changed: object,
) -> Intent:
    """Return what an action would do; whatever it wrote would be seen by the tests."""
    action, parameters = given(name, **said)
    with staged(state, incident_id, **changed) as seen:
        return action.intend(seen, parameters)


def undone(
    state: StateStore,
    name: str,
    outcome: Outcome,
    incident_id: str | None = None,
    **changed: object,
) -> Outcome:
    """Take an action inside back, under the key of the undoing."""
    undo = ACTIONS[name].undo_inside
    assert undo is not None
    with staged(state, incident_id, key="5b" * 16, **changed) as seen:
        return undo(seen, outcome.undo)
