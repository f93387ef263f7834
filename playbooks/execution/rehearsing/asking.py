"""Asking one action what it would do, with what is known by then."""

import datetime as dt
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from playbooks.action.action import Refused
from playbooks.cacao.playbook import UNNAMED, Call, Step, Variable
from playbooks.cacao.variable import filled
from playbooks.execution import approval
from playbooks.execution.course.identity import step_run_id_of
from playbooks.execution.house import House
from playbooks.execution.rehearsing.memory import Memory
from playbooks.execution.rehearsing.rehearsed import Rehearsed
from playbooks.execution.rendering import rendered, scene_of
from situation.faults import Conflict, Malformed, Unavailable
from situation.state.columns import JsonObject
from situation.state.tables import StepRun


@dataclass(frozen=True, slots=True)
class Answer:
    """The row to show, the outputs that are known, and the names of the others."""

    row: Rehearsed
    outputs: JsonObject = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom actions are asked for: a house, in a session that only reads."""

    session: Session
    house: House
    now: dt.datetime

    def ask(self, step: Step, memory: Memory, row: Rehearsed) -> Answer:
        """Ask the action of a step; the answer of one that cannot begin has a fault.

        Where a parameter hangs on the real run, the action is shown as far as it is known.
        """
        row = self._named(row, step.call)
        hangs_on = memory.hangs_on(step)
        try:
            if step.call and hangs_on:
                return self._unclear(step.call, memory.variables(step), hangs_on, row)
            return self._clear(step, memory, row)
        except (Malformed, Refused, Conflict, Unavailable) as fault:
            return Answer(replace(row, fault=str(fault)))

    def _named(self, row: Rehearsed, call: Call | None) -> Rehearsed:
        action = self.house.actions.get(call.action) if call else None
        return replace(
            row,
            action=call.action if call else "",
            action_name=action.words if action else UNNAMED,
            effect=action.effect.value if action else "",
        )

    def _clear(self, step: Step, memory: Memory, row: Rehearsed) -> Answer:
        house = self.house
        done = rendered(step, memory.variables(step), house.actions)
        of_step = StepRun(id=step_run_id_of(memory.run.id, step.id))
        scene = scene_of(
            self.session, house, memory.run, of_step, step, now=self.now + memory.after
        )
        intent = done.action.intend(scene, done.parameters)
        untold = done.action.outputs.keys() - intent.outputs.keys()
        unknown = untold.union(intent.unknown)
        rule = approval.required(house.plan, done.action, step, scene.incident, house.assets)
        parameters = done.json["parameters"]
        told = replace(
            row,
            parameters=parameters if isinstance(parameters, dict) else {},
            sha256=done.sha256,
            intent=intent,
            rule=rule.key if rule else "",
            quorum=rule.quorum if rule else 0,
            unknown=tuple(sorted(unknown)),
        )
        return Answer(told, intent.outputs, frozenset(unknown))

    def _unclear(
        self,
        call: Call,
        variables: dict[str, Variable],
        hangs_on: tuple[str, ...],
        row: Rehearsed,
    ) -> Answer:
        action = self.house.actions.get(call.action)
        if action is None:
            raise Malformed("there is no such action", where=call.action)
        shown = variables | {name: Variable(name, "string", f"{name}:value") for name in hangs_on}
        outputs = frozenset(action.outputs)
        parameters = filled(call.parameters, shown)
        told = replace(
            row, parameters=parameters, hangs_on=hangs_on, unknown=tuple(sorted(outputs))
        )
        return Answer(told, {}, outputs)
