"""Rendering: a step and the variables of its run become one exact action with a digest."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.orm import Session

from playbooks.action.action import Action, Parameters, Scene
from playbooks.cacao.playbook import UNNAMED, Clause, Step, Variable, digest_of
from playbooks.cacao.variable import filled
from playbooks.execution.house import House
from playbooks.plan import Plan
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.tables import Incident, PlaybookRun, StepRun


@dataclass(frozen=True, slots=True)
class Rendered:
    """An action with its parameters; `json` is what people agree to, `sha256` its digest."""

    action: Action
    parameters: Parameters
    json: JsonObject
    sha256: str


def rendered(
    step: Step, variables: Mapping[str, Variable], actions: Mapping[str, Action]
) -> Rendered:
    """Return the action of a step with its parameters filled in.

    Raise `Malformed` for no action, an unknown one, a variable without value, and parameters
    that the action does not take.
    """
    if step.call is None:
        raise Malformed("has no action", where=step.id)
    parameters = filled(step.call.parameters, variables)
    return rendered_anew({"name": step.call.action, "parameters": parameters}, actions)


def rendered_anew(said: JsonObject, actions: Mapping[str, Action]) -> Rendered:
    """Return an action that was rendered before, or whose parameters are filled in."""
    name, parameters = str(said["name"]), said["parameters"]
    action = actions.get(name)
    if action is None:
        raise Malformed("there is no such action", where=name)
    try:
        checked = action.parameters.model_validate(parameters)
    except ValidationError as error:
        raise Malformed(_faults(error), where=name) from error
    json: JsonObject = {"name": name, "parameters": checked.model_dump(mode="json")}
    return Rendered(action, checked, json, digest_of(json))


def _faults(error: ValidationError) -> str:
    # The values stay out of it: what a person reads may be kept in a log.
    each = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in each)


def variables_of(run: PlaybookRun, step: Step | None = None) -> dict[str, Variable]:
    """Return the variables that hold at a step of a run, those of the step before those of it."""
    found = {name: _variable(name, said) for name, said in run.variables.items()}
    return found | {one.name: one for one in (step.variables if step else ())}


def _variable(name: str, said: object) -> Variable:
    if not isinstance(said, dict):
        raise Malformed("is no variable", where=name)
    value = said.get("value")
    return Variable(
        name=name,
        type=str(said["type"]),
        value=None if value is None else str(value),
        constant=bool(said.get("constant", False)),
        external=bool(said.get("external", False)),
    )


def said_of(variable: Variable) -> JsonObject:
    """Return a variable as a run keeps it."""
    said: JsonObject = {"type": variable.type, "value": variable.value}
    marks = {"constant": variable.constant, "external": variable.external}
    return said | {name: True for name, is_so in marks.items() if is_so}


def scene_of(
    session: Session,
    house: House,
    run: PlaybookRun,
    step_run: StepRun,
    step: Step | None,
    *,
    now: dt.datetime,
) -> Scene:
    """Return what the action of a step sees of the house in this transaction."""
    return Scene(
        session=session,
        plan=house.plan,
        assets=house.assets,
        points=house.points,
        actuators=house.actuators,
        channels=house.channels,
        key=step_run.id,
        run_id=run.id,
        object_kind=run.object_kind,
        object_id=run.object_id,
        incident=incident_of(session, run),
        drill_id=run.drill_id,
        started_by=run.started_by,
        now=now,
        step_name=step.name if step else UNNAMED,
        clause=clause_text(house.plan, step.clause if step else None),
    )


def incident_of(session: Session, run: PlaybookRun) -> Incident | None:
    """Return the incident that a run is about, if it is about one."""
    return session.get(Incident, run.incident_id) if run.incident_id else None


def clause_text(plan: Plan, clause: Clause | None) -> str:
    """Return a clause as people read it, empty for none."""
    if clause is None:
        return ""
    known = {row.key: row.zh for row in plan.instruments}
    return f"{known.get(clause.instrument, clause.instrument)} {clause.clause}".strip()
