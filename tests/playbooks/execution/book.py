"""Playbooks for the tests of the engine, written as nested parts."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from playbooks.cacao.playbook import Call, Playbook, Step, StepKind, Variable, Words
from situation.state.columns import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step before it is laid. `fields` are those of `Step` that need no laying."""

    kind: StepKind = StepKind.ACTION
    name: str = ""
    call: Call | None = None
    ways: Mapping[str, "Parts"] = field(default_factory=dict)
    """What is done there, by the field of `Step` that names its first step."""
    branches: Sequence["Parts"] = ()
    cases: Mapping[str, "Parts"] = field(default_factory=dict)
    goes_on: bool = False
    """Whether it goes on behind it after a failure, too."""
    fields: Mapping[str, object] = field(default_factory=dict)


Part = Node | str
"""A step, or the name of its action."""
Parts = Sequence[Part]


def part(
    action: str,
    name: str = "",
    *,
    outs: Mapping[str, str] | None = None,
    on_failure: Parts | None = None,
    goes_on: bool = False,
    delay: dt.timedelta = dt.timedelta(),
    on_timeout: str = "",
    **given: object,
) -> Node:
    """Return a step that acts; what is `given` are its parameters."""
    return Node(
        name=name,
        call=Call(action, {"name": name, **given}, outs or {}),
        ways=_handled(on_failure),
        goes_on=goes_on,
        fields={"delay": delay, "on_timeout": on_timeout},
    )


def parallel(*branches: Parts, on_failure: Parts | None = None) -> Node:
    """Return a step whose branches go side by side."""
    return Node(kind=StepKind.PARALLEL, branches=branches, ways=_handled(on_failure))


def choice(
    condition: str, then: Parts, otherwise: Parts = (), on_failure: Parts | None = None
) -> Node:
    """Return a step that goes one of two ways."""
    ways = {"on_true": then, "on_false": otherwise, **_handled(on_failure)}
    return Node(kind=StepKind.IF, ways=ways, fields={"condition": condition})


def loop(condition: str, body: Parts, turns: int = 100) -> Node:
    """Return a step that repeats."""
    fields = {"condition": condition, "turns": turns}
    return Node(kind=StepKind.WHILE, ways={"on_true": body}, fields=fields)


def switch(name: str, cases: Mapping[str, Parts]) -> Node:
    """Return a step that goes by the value of a variable."""
    return Node(kind=StepKind.SWITCH, cases=cases, fields={"switch": name})


def sub(key: str, **more: tuple[str, ...]) -> Node:
    """Return a step that is a playbook; `in_args` and `out_args` are names."""
    return Node(kind=StepKind.PLAYBOOK, fields={"playbook_id": key, **more})


def _handled(on_failure: Parts | None) -> Mapping[str, Parts]:
    return {} if on_failure is None else {"on_failure": on_failure}


@dataclass(slots=True)
class _Writer:
    """Lays parts as steps that name one another."""

    steps: dict[str, Step] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def lay(self, parts: Parts) -> str:
        """Lay a sequence with an end of its own; return its first step."""
        following = self._add("end", StepKind.END)
        for one in reversed(parts):
            node = one if isinstance(one, Node) else part(one)
            following = self._lay(node, following)
        return following

    def _lay(self, node: Node, following: str) -> str:
        laid: dict[str, object] = {
            way: self.lay(body) for way, body in node.ways.items() if body or way == "on_failure"
        }
        laid["on_completion" if node.goes_on else "on_success"] = following
        return self._add(
            node.name or node.kind.value,
            node.kind,
            call=node.call,
            next_steps=tuple(self.lay(body) for body in node.branches),
            cases={case: self.lay(body) for case, body in node.cases.items()},
            **laid,
            **node.fields,
        )

    def _add(self, name: str, kind: StepKind, **fields: object) -> str:
        step_id = f"{name}--{next(self.numbers)}"
        named = Words(name, name)
        self.steps[step_id] = Step(id=step_id, kind=kind, name=named, **fields)  # type: ignore[arg-type]
        return step_id


def book(
    *parts: Part,
    key: str = "test",
    variables: Mapping[str, tuple[str, str | None]] | None = None,
    exception: Parts | None = None,
    **more: object,
) -> Playbook:
    """Return a playbook of parts; `variables` give type and value by name."""
    writer = _Writer()
    first = writer.lay(parts)
    start = Step(id="start--0", kind=StepKind.START, name=Words("", ""), on_completion=first)
    writer.steps[start.id] = start
    known = {f"__{name}__": said for name, said in (variables or {}).items()}
    document: JsonObject = {"key": key, "steps": repr(writer.steps), "more": repr(sorted(more))}
    return Playbook(
        id=f"playbook--{key}",
        key=key,
        name=Words(f"剧本{key}", f"Playbook {key}"),
        about=Words("", ""),
        steps=writer.steps,
        start=start.id,
        exception=writer.lay(exception) if exception is not None else None,
        variables={name: Variable(name, *said) for name, said in known.items()},
        document={**document, "variables": repr(known)},
        **more,  # type: ignore[arg-type]
    )


def minutes(number: float) -> dt.timedelta:
    """Return so many minutes."""
    return dt.timedelta(minutes=number)
