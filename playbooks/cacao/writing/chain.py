"""Steps of a form become the steps of a workflow: each goes on to the next, each scope ends."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence

from playbooks.cacao.condition import parse
from playbooks.cacao.extension import STEP_EXTENSION, StepExtension, id_of
from playbooks.cacao.variable import full_name, references
from playbooks.cacao.writing.command import agent_of, command_of
from playbooks.cacao.writing.entry import PlaybookEntry, StepEntry
from situation.state.columns import JsonObject

Path = tuple[str | int, ...]
"""Where in the form: names and positions, as in the error of a check."""

_TYPES: Mapping[str, str] = {
    "action": "action",
    "wait": "action",
    "if": "if-condition",
    "while": "while-condition",
    "switch": "switch-condition",
    "parallel": "parallel",
    "playbook": "playbook-action",
}
"""The step type of CACAO by the kind of step."""
_WAITING = "set_value"
"""The action of a step that only waits: it sets a value that nothing takes."""
_WHOLE = re.compile(r"\$([a-z][a-z0-9_]*)")
_INSIDE = re.compile(r"\$(?:(\$)|\{([a-z][a-z0-9_]*)\}|([a-z{]))")


class Chain:
    """The workflow of a form. `faults` are what was found wrong on the way, with their paths."""

    def __init__(self, entry: PlaybookEntry) -> None:
        self.workflow: dict[str, JsonObject] = {}
        self.faults: list[tuple[Path, str]] = []
        self._key = entry.key
        self._known = {full_name(name) for name in entry.variables}
        self._named: set[str] = set()

    def start(self, entries: Sequence[StepEntry]) -> str:
        """Add the steps of the playbook, from a start step on; return its id."""
        start = self._id("start", "start")
        self.workflow[start] = {"type": "start"}
        first = self.scope(entries, ("steps",), "")
        self.workflow[start]["on_completion"] = first
        return start

    def scope(self, entries: Sequence[StepEntry], path: Path, name: str) -> str:
        """Add the steps of a scope and its end; return the id of the first."""
        end = self._id("end", f"{name}/end")
        first = self._chained(entries, path, end)
        self.workflow[end] = {"type": "end"}
        return first

    def _chained(self, entries: Sequence[StepEntry], path: Path, after: str) -> str:
        """Add steps of which the last goes on to `after`; return the id of the first."""
        ids = [*(self._id(_TYPES[one.kind], one.step) for one in entries), after]
        for number, entry in enumerate(entries):
            self._add(entry, (*path, number), ids[number], ids[number + 1])
        return ids[0]

    def _add(self, entry: StepEntry, path: Path, step_id: str, after: str) -> None:
        if entry.step in self._named:
            self._fault((*path, "step"), f"step {entry.step!r} stands twice")
            return
        self._named.add(entry.step)
        step = self.workflow[step_id] = {"type": _TYPES[entry.kind]}
        step["name"] = f"{entry.name.zh} / {entry.name.en}" if entry.name else entry.step
        if entry.about:
            step["description"] = f"{entry.about.zh}\n{entry.about.en}"
        delay = entry.delay or entry.wait
        if delay:
            step["delay"] = int(delay / dt.timedelta(milliseconds=1))
        extension = _extension(entry)
        step |= self._onward(entry, path, after)
        step |= _PARTS[entry.kind](self, entry, path, extension)
        said = StepExtension.model_validate(extension).model_dump(exclude_defaults=True)
        if said:
            step["step_extensions"] = {STEP_EXTENSION: said}

    def _onward(self, entry: StepEntry, path: Path, after: str) -> JsonObject:
        if entry.if_it_fails.word:
            return {"on_completion": after}
        if entry.if_it_fails.steps:
            instead = self._chained(entry.if_it_fails.steps, (*path, "if_it_fails"), after)
            return {"on_success": after, "on_failure": instead}
        return {"on_success": after}

    def action(self, entry: StepEntry, path: Path, extension: JsonObject) -> JsonObject:
        """Return what an action has of its own."""
        parameters = {
            name: self._filled(value, (*path, "with", name))
            for name, value in entry.parameters.items()
        }
        outs = {out: self._variable(name, (*path, "out")) for out, name in entry.outs.items()}
        extension |= {"action": entry.action, "parameters": parameters, "outs": outs}
        title = entry.name.zh if entry.name else entry.step
        return {
            "commands": [command_of(entry.action, parameters, title)],
            "agent": agent_of(entry.action),
            **_arguments(sorted(references(parameters)), sorted(set(outs.values()))),
        }

    def waiting(self, entry: StepEntry, path: Path, extension: JsonObject) -> JsonObject:
        """Return what a step has that only waits."""
        extension |= {"action": _WAITING, "parameters": {"value": True}}
        title = entry.name.zh if entry.name else str(path[-1])
        return {"commands": [command_of(_WAITING, {}, title)], "agent": agent_of(_WAITING)}

    def branching(self, entry: StepEntry, path: Path, extension: JsonObject) -> JsonObject:
        """Return what an if has of its own."""
        del extension
        self._ask(entry.condition, (*path, "if"))
        return {
            "condition": entry.condition,
            "on_true": self.scope(entry.then, (*path, "then"), f"{entry.step}/then"),
            "on_false": self.scope(entry.otherwise, (*path, "else"), f"{entry.step}/else"),
        }

    def looping(self, entry: StepEntry, path: Path, extension: JsonObject) -> JsonObject:
        """Return what a while has of its own."""
        if entry.turns is not None:
            extension["turns"] = entry.turns
        self._ask(entry.loop, (*path, "while"))
        return {
            "condition": entry.loop,
            "on_true": self.scope(entry.do, (*path, "do"), f"{entry.step}/do"),
        }

    def switching(self, entry: StepEntry, path: Path, extension: JsonObject) -> JsonObject:
        """Return what a switch has of its own."""
        del extension
        cases = {
            case: self.scope(steps, (*path, "cases", case), f"{entry.step}/{case}")
            for case, steps in entry.cases.items()
        }
        name = self._variable(entry.switch, (*path, "switch"))
        return {"switch": f"{name}:value", "cases": cases}

    def parting(self, entry: StepEntry, path: Path, extension: JsonObject) -> JsonObject:
        """Return what a parallel step has of its own."""
        del extension
        return {
            "next_steps": [
                self.scope(steps, (*path, "parallel", number), f"{entry.step}/{number}")
                for number, steps in enumerate(entry.parallel)
            ]
        }

    def calling(self, entry: StepEntry, path: Path, extension: JsonObject) -> JsonObject:
        """Return what another playbook as a step has of its own."""
        del extension
        passed = [self._variable(name, (*path, "with")) for name in entry.passed]
        taken = [self._variable(name, (*path, "out")) for name in entry.taken]
        return {"playbook_id": id_of("playbook", entry.playbook), **_arguments(passed, taken)}

    def _id(self, kind: str, name: str) -> str:
        return id_of(kind, f"{self._key}/{name}")

    def _fault(self, path: Path, reason: str) -> None:
        self.faults.append((path, reason))

    def _variable(self, name: str, path: Path) -> str:
        if full_name(name) not in self._known:
            self._fault(path, f"there is no variable {name!r}")
        return full_name(name)

    def _ask(self, condition: str, path: Path) -> None:
        for name in sorted(parse(condition).names - self._known):
            self._fault(path, f"there is no variable {name!r}")

    def _filled(self, value: object, path: Path) -> object:
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, list):
            return [self._filled(part, (*path, number)) for number, part in enumerate(value)]
        if isinstance(value, dict):
            return {name: self._filled(part, (*path, name)) for name, part in value.items()}
        return value

    def _text(self, text: str, path: Path) -> str:
        whole = _WHOLE.fullmatch(text)
        if whole:
            return f"{self._variable(whole[1], path)}:value"

        def stand(found: re.Match[str]) -> str:
            if found[2]:
                return f"{self._variable(found[2], path)}:value"
            if found[3]:
                self._fault(path, "inside a text a variable is written ${name}, a dollar $$")
            return "$"

        return _INSIDE.sub(stand, text)


def _extension(entry: StepEntry) -> JsonObject:
    instrument, _, clause = entry.clause.partition(" ")
    said: JsonObject = {"instrument": instrument, "clause": clause.strip()}
    if entry.name:
        said |= {"zh": entry.name.zh, "en": entry.name.en}
    if entry.about:
        said |= {"about_zh": entry.about.zh, "about_en": entry.about.en}
    if entry.within:
        said["within_minutes"] = int(entry.within / dt.timedelta(minutes=1))
    return said | {
        "retries": entry.retries,
        "quorum": entry.quorum,
        "on_timeout": entry.on_timeout,
    }


def _arguments(given: Sequence[str], taken: Sequence[str]) -> JsonObject:
    named = {"in_args": list(given), "out_args": list(taken)}
    return {name: values for name, values in named.items() if values}


_PARTS: Mapping[str, Callable[[Chain, StepEntry, Path, JsonObject], JsonObject]] = {
    "action": Chain.action,
    "wait": Chain.waiting,
    "if": Chain.branching,
    "while": Chain.looping,
    "switch": Chain.switching,
    "parallel": Chain.parting,
    "playbook": Chain.calling,
}
"""What each kind of step has of its own; it may add to the extension, too."""
