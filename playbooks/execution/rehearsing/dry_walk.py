"""The walk of a dry run: as the engine would go, but only asking each action what it would do."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from playbooks.cacao.condition import parse
from playbooks.cacao.playbook import UNNAMED, Playbook, Step, StepKind, Words
from playbooks.execution.cause import Cause, cause_of_incident
from playbooks.execution.course.progress import (
    DEFAULT,
    ENDS,
    after_failure,
    after_success,
    step_of,
    switched,
)
from playbooks.execution.house import House
from playbooks.execution.rehearsing.asking import Asking
from playbooks.execution.rehearsing.memory import Memory
from playbooks.execution.rehearsing.rehearsed import NOT_TAKEN, TAKEN, UNKNOWN, Rehearsed
from playbooks.execution.starting import variables_at_start
from playbooks.execution.trigger import about
from playbooks.execution.versions import published
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.tables import Incident, PlaybookRun

MOST_STEPS = 1000
"""Steps that a walk visits at most."""
DEEPEST = 30
"""Branches and playbooks inside one another."""
_MOST_PLAYBOOKS = 8
_THEN = Words("条件成立", "if so")
_ELSE = Words("条件不成立", "if not")
_VERDICTS: Mapping[bool | None, str] = {True: TAKEN, False: NOT_TAKEN, None: UNKNOWN}
Way = tuple[str | None, Words]
"""The first step of a branch, None for an empty one, and how the branch is called."""


class Cut(Exception):  # noqa: N818 - it ends the walk, it is no fault
    """The walk is too long or too deep to be shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk is: in which playbook, how deep, in which branch, and whether for certain."""

    playbook: Playbook
    depth: int = 0
    branch: Words = UNNAMED
    is_certain: bool = True
    playbooks: int = 1

    def inside(self, branch: Words, *, certain: bool = True) -> "Place":
        """Return a branch of the step here; raise `Cut` where it is too deep."""
        if self.depth >= DEEPEST:
            raise Cut
        certain = self.is_certain and certain
        return replace(self, depth=self.depth + 1, branch=branch, is_certain=certain)

    def below(self, playbook: Playbook) -> "Place":
        """Return the start of another playbook that a step here calls."""
        return replace(self.inside(UNNAMED), playbook=playbook, playbooks=self.playbooks + 1)


@dataclass(slots=True)
class DryWalk:
    """Walks and collects `steps`. Nothing is kept in the session, nobody is asked."""

    session: Session
    house: House
    cause: Cause
    now: dt.datetime
    assumed: Mapping[str, str] = field(default_factory=dict)
    steps: list[Rehearsed] = field(default_factory=list)
    _visited: int = 0

    def memory_of(
        self, playbook: Playbook, given: Mapping[str, str], facts: Mapping[str, str]
    ) -> Memory:
        """Return the state that a run of a playbook begins with; `facts` are those of its cause."""
        cause = replace(self.cause, facts=facts)
        run = PlaybookRun(
            id="dry-run",
            object_kind=self.cause.object_kind,
            object_id=self.cause.object_id,
            incident_id=self.cause.incident_id,
            drill_id=self.cause.drill_id,
            started_by="",
            variables=variables_at_start(playbook, cause, given),
        )
        return Memory(run, assumed=self.assumed)

    def walk(self, place: Place, memory: Memory) -> bool:
        """Walk a playbook from its start; return whether it would succeed."""
        if self._scope(place.playbook.start, place, memory):
            return True
        exception = place.playbook.exception
        return exception is not None and self._scope(exception, place, memory)

    def _scope(self, step_id: str | None, place: Place, memory: Memory) -> bool:
        while step_id is not None:
            self._visited += 1
            if self._visited > MOST_STEPS:
                raise Cut
            step = step_of(place.playbook, step_id)
            memory.after += step.delay
            if self._visit(step, place, memory):
                step_id = after_success(step)
                continue
            step_id = after_failure(step)
            if step_id is None:
                return False
        return True

    def _visit(self, step: Step, place: Place, memory: Memory) -> bool:
        if step.kind in ENDS:
            return True
        position = len(self.steps)
        try:
            return _VISITS[step.kind](self, step, place, memory)
        except Malformed as fault:
            self._blame(_row(step, place, memory), position, str(fault))
            return False

    def _blame(self, blank: Rehearsed, since: int, fault: str) -> None:
        """Write a fault into the last row of its step; one that has no row yet gets it now."""
        for number in range(len(self.steps) - 1, since - 1, -1):
            if self.steps[number].step_id == blank.step_id:
                self.steps[number] = replace(self.steps[number], fault=fault)
                return
        self.steps.append(replace(blank, fault=fault))

    def act(self, step: Step, place: Place, memory: Memory) -> bool:
        """Ask an action what it would do."""
        row = _row(step, place, memory)
        answer = Asking(self.session, self.house, self.now).ask(step, memory, row)
        self.steps.append(answer.row)
        if answer.row.fault:
            return False
        memory.keep(step, answer.outputs, answer.unknown)
        return True

    def part(self, step: Step, place: Place, memory: Memory) -> bool:
        """Walk the branches of a parallel step, one after the other."""
        self.steps.append(_row(step, place, memory))
        begun, ends, well = memory.after, [memory.after], True
        for number, target in enumerate(step.next_steps, 1):
            memory.after = begun
            branch = Words(f"分支 {number}", f"branch {number}")
            well &= self._scope(target, place.inside(branch), memory)
            ends.append(memory.after)
        memory.after = max(ends)
        return well

    def choose(self, step: Step, place: Place, memory: Memory) -> bool:
        """Walk the branch of an if that would be taken, both where nobody knows."""
        verdict = parse(step.condition).verdict(memory.variables(step), memory.unknown)
        self._judged(step, place, memory, condition=step.condition, verdict=_VERDICTS[verdict])
        so, otherwise = (step.on_true, _THEN), (step.on_false, _ELSE)
        if verdict is None:
            return self._either([so, otherwise], place, memory)
        target, branch = so if verdict else otherwise
        return self._scope(target, place.inside(branch), memory)

    def repeat(self, step: Step, place: Place, memory: Memory) -> bool:
        """Walk a loop as often as it would turn; once where nobody knows how often."""
        condition = parse(step.condition)
        for turn in range(1, step.turns + 2):
            verdict = condition.verdict(memory.variables(step), memory.unknown)
            self._judged(step, place, memory, condition=step.condition, verdict=_VERDICTS[verdict])
            branch = Words(f"第 {turn} 轮", f"turn {turn}")
            if verdict is False or (verdict is None and turn > 1):
                return True
            if turn > step.turns:
                raise Malformed(f"turns more than {step.turns} times", where=step.id)
            if verdict is None:
                return self._either([(step.on_true, branch), (None, _ELSE)], place, memory)
            if not self._scope(step.on_true, place.inside(branch), memory):
                return False
        return False

    def switch(self, step: Step, place: Place, memory: Memory) -> bool:
        """Walk the case that would be taken, all of them where nobody knows."""
        if step.switch in memory.unknown:
            self._judged(step, place, memory, condition=step.switch, verdict=UNKNOWN)
            ways: list[Way] = [(target, Words(name, name)) for name, target in step.cases.items()]
            rest: list[Way] = [] if DEFAULT in step.cases else [(None, _ELSE)]
            return self._either([*ways, *rest], place, memory)
        value = switched(step, memory.variables(step))
        case = value if value in step.cases else DEFAULT
        verdict = case if case in step.cases else NOT_TAKEN
        self._judged(step, place, memory, condition=step.switch, verdict=verdict)
        return self._scope(step.cases.get(case), place.inside(Words(case, case)), memory)

    def call(self, step: Step, place: Place, memory: Memory) -> bool:
        """Walk the playbook that a step calls, with what it is given."""
        version = published(self.session, step.playbook_id)
        self.steps.append(replace(_row(step, place, memory), hangs_on=memory.hangs_on(step)))
        if version is None:
            raise Malformed("no version of it is published", where=step.playbook_id)
        if place.playbooks >= _MOST_PLAYBOOKS:
            raise Malformed(f"calls {_MOST_PLAYBOOKS} playbooks deep", where=version.key)
        below = self.house.playbook(version)
        child = self._child(below, step, memory)
        well = self.walk(place.below(below), child)
        memory.after = child.after
        if well:
            outputs: JsonObject = {name: one.value for name, one in child.variables().items()}
            memory.keep(step, outputs, child.unknown)
        return well

    def _child(self, below: Playbook, step: Step, memory: Memory) -> Memory:
        known = memory.variables(step)
        strange = [name for name in step.in_args if name not in known]
        if strange:
            raise Malformed("there is no such variable", where=", ".join(strange))
        told = {name: known[name].value for name in step.in_args if name not in memory.unknown}
        given = {name: value for name, value in told.items() if value is not None}
        child = self.memory_of(below, given, self._facts_for(below))
        child.unknown = frozenset(step.in_args) & memory.unknown
        child.after = memory.after
        return child

    def _facts_for(self, below: Playbook) -> Mapping[str, str]:
        # The engine asks anew: what a playbook inside is about may be other alerts.
        incident_id = self.cause.incident_id
        incident = self.session.get(Incident, incident_id) if incident_id else None
        if incident is None:
            return {}
        return cause_of_incident(self.session, self.house.plan, incident, about(below)).facts

    def _either(self, ways: Sequence[Way], place: Place, memory: Memory) -> bool:
        """Walk every way that may be taken; then holds what holds after all of them."""
        states, well = list[Memory](), False
        for target, branch in ways:
            state = memory.fork()
            well |= self._scope(target, place.inside(branch, certain=False), state)
            states.append(state)
        memory.join(states)
        return well

    def _judged(
        self, step: Step, place: Place, memory: Memory, *, condition: str, verdict: str
    ) -> None:
        row = _row(step, place, memory)
        self.steps.append(replace(row, condition=condition, verdict=verdict))


def _row(step: Step, place: Place, memory: Memory) -> Rehearsed:
    return Rehearsed(
        step_id=step.id,
        kind=step.kind,
        name=step.name,
        note=step.note,
        clause=step.clause,
        playbook=place.playbook.key,
        depth=place.depth,
        branch=place.branch,
        is_certain=place.is_certain,
        after=memory.after,
    )


_VISITS: Mapping[StepKind, Callable[[DryWalk, Step, Place, Memory], bool]] = {
    StepKind.ACTION: DryWalk.act,
    StepKind.PLAYBOOK: DryWalk.call,
    StepKind.PARALLEL: DryWalk.part,
    StepKind.IF: DryWalk.choose,
    StepKind.WHILE: DryWalk.repeat,
    StepKind.SWITCH: DryWalk.switch,
}
"""What is done at each kind of step."""
