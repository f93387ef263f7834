"""What a dry run knows on its way: values of variables, and which only the real run knows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from playbooks.cacao.playbook import Step, Variable
from playbooks.cacao.variable import full_name, references
from playbooks.execution.course.keeping import keep_outputs
from playbooks.execution.rendering import variables_of
from situation.state.columns import JsonObject
from situation.state.tables import PlaybookRun


@dataclass(slots=True)
class Memory:
    """One state of a run that there is not. `run` is a row that no session has."""

    run: PlaybookRun
    unknown: frozenset[str] = frozenset()
    after: dt.timedelta = dt.timedelta()
    assumed: Mapping[str, str] = field(default_factory=dict)
    """Values by full name for what only the real run would know."""

    def variables(self, step: Step | None = None) -> dict[str, Variable]:
        """Return the variables that hold at a step."""
        return variables_of(self.run, step)

    def hangs_on(self, step: Step) -> tuple[str, ...]:
        """Return the variables of a call that are not known."""
        named = references(step.call.parameters) if step.call else frozenset(step.in_args)
        own = {one.name for one in step.variables}
        return tuple(sorted((named - own) & self.unknown))

    def keep(self, step: Step, outputs: JsonObject, unknown: frozenset[str]) -> None:
        """Take the outputs that are known; the variables of the unknown ones become unknown.

        Raise `Malformed` as the real run would.
        """
        named = step.call.outs if step.call else {name: name for name in step.out_args}
        given = {name: value for name, value in outputs.items() if value is not None}
        known = {name: value for name, value in given.items() if name not in unknown}
        for output in unknown & named.keys():
            if named[output] in self.assumed:
                known[output] = self.assumed[named[output]]
        keep_outputs(self.run, step, known)
        told = {full_name(named[output]) for output in known if output in named}
        lost = {full_name(named[output]) for output in unknown & named.keys() - known.keys()}
        self.unknown = (self.unknown - told) | lost

    def fork(self) -> "Memory":
        """Return a state that goes its own way from here."""
        run = PlaybookRun(
            id=self.run.id,
            object_kind=self.run.object_kind,
            object_id=self.run.object_id,
            incident_id=self.run.incident_id,
            drill_id=self.run.drill_id,
            started_by=self.run.started_by,
            variables=dict(self.run.variables),
        )
        return Memory(run, self.unknown, self.after, self.assumed)

    def join(self, others: "list[Memory]") -> None:
        """Take what holds after any one of some states: what differs among them is not known."""
        first, *rest = others
        differing = {
            name
            for other in rest
            for name, said in other.run.variables.items()
            if said != first.run.variables.get(name)
        }
        self.run.variables = dict(first.run.variables)
        self.unknown = frozenset(differing).union(*(other.unknown for other in others))
        self.after = max(other.after for other in others)
