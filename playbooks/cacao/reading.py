"""Reading: from the document of a playbook to its typed view.

What is not of ours is read as well as it goes: a foreign command becomes the action of ours that
does the same, and one that no action of ours does keeps its type as the action's name, which
readiness refuses. Whether the parts fit together is a question of readiness, not of reading.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError

from playbooks.cacao.document import Document
from playbooks.cacao.extension import PlaybookExtension, StepExtension
from playbooks.cacao.foreign import call_of
from playbooks.cacao.playbook import (
    TURNS,
    Call,
    Clause,
    Playbook,
    Step,
    StepKind,
    TriggerRow,
    Variable,
    Words,
)
from playbooks.cacao.shape import VariableShape
from playbooks.cacao.variable import REFERENCE, full_name, is_deeper
from playbooks.cacao.workflow import (
    ActionShape,
    IfShape,
    ParallelShape,
    PlaybookShape,
    StepShape,
    SwitchShape,
    WhileShape,
)
from situation.faults import Malformed
from situation.state.columns import JsonObject

LARGEST = 1_000_000
"""Bytes of a document as JSON in UTF-8."""
DEEPEST = 40
"""Levels of objects and lists inside one another."""
_MOST_FAULTS = 50
_LONGEST_WAIT = dt.timedelta(days=3650)
_MILLISECONDS = 1000


def read_playbook(document: JsonObject) -> Playbook:
    """Return the playbook of a document.

    Raise `Malformed` with every fault and its place, for example
    `workflow.action--….commands.0.type: Field required`. The verdict is that of the JSON schemas
    of CACAO 2.0; on top of it our own extensions are checked, and the document must be one that
    can be stored: not too large or deep, no NUL, no half of a surrogate pair.
    """
    _refuse_unfit(document)
    try:
        read = Document.model_validate(document)
    except ValidationError as error:
        raise Malformed("; ".join(_listed(error)), where="playbook") from error
    own = read.own
    return Playbook(
        id=read.id,
        key=own.key,
        name=Words(own.name_zh, own.name_en),
        about=Words(own.about_zh, own.about_en),
        steps={
            step_id: _step(step_id, shape)
            for step_id, shape in read.workflow.items()
            if isinstance(shape, StepShape)
        },
        start=read.workflow_start,
        exception=read.workflow_exception or None,
        variables={one.name: one for one in _variables(read.playbook_variables)},
        bindings={full_name(name): fact for name, fact in own.bindings.items()},
        triggers=_triggers(own),
        within=dt.timedelta(minutes=own.within_minutes),
        compensates=own.compensates,
        document=document,
    )


def parsed(text: str | bytes, where: str = "playbook") -> JsonObject:
    """Return the document of a JSON text; raise `Malformed` for what is none."""
    if len(text) > LARGEST:
        raise Malformed(f"is larger than {LARGEST} bytes", where=where)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"is no JSON: {error}", where=where) from error
    if not isinstance(document, dict):
        raise Malformed("is no JSON object", where=where)
    return document


def _refuse_unfit(document: JsonObject) -> None:
    if is_deeper(document, DEEPEST):
        raise Malformed(f"is deeper than {DEEPEST} levels", where="playbook")
    try:
        size = len(json.dumps(document, ensure_ascii=False, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        raise Malformed(f"cannot be stored: {error}", where="playbook") from error
    if size > LARGEST:
        raise Malformed(f"is larger than {LARGEST} bytes", where="playbook")
    if any("\0" in text for text in _texts(document)):
        raise Malformed("a text has a NUL", where="playbook")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _listed(error: ValidationError) -> Sequence[str]:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    told = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in faults[:_MOST_FAULTS]]
    more = len(faults) - _MOST_FAULTS
    return [*told, f"and {more} more"] if more > 0 else told


def _triggers(own: PlaybookExtension) -> tuple[TriggerRow, ...]:
    return tuple(
        TriggerRow(row.on, tuple(row.values), row.level, row.minutes, row.once)
        for row in own.triggers
    )


def _variables(shapes: Mapping[str, object]) -> Iterator[Variable]:
    for name, shape in shapes.items():
        if isinstance(shape, VariableShape):
            yield Variable(name, shape.type, shape.value, shape.constant, shape.external)


def _step(step_id: str, shape: StepShape) -> Step:
    own = shape.own
    return Step(
        id=step_id,
        kind=StepKind(shape.type),
        name=Words(own.zh or shape.name, own.en or shape.name),
        about=shape.description,
        note=Words(own.about_zh or shape.description, own.about_en or shape.description),
        clause=Clause(own.instrument, own.clause) if own.instrument else None,
        delay=_time(shape.delay),
        within=_within(shape, own),
        on_completion=shape.on_completion or None,
        on_success=shape.on_success or None,
        on_failure=shape.on_failure or None,
        variables=tuple(_variables(shape.step_variables)),
        call=_call(shape, own),
        retries=own.retries,
        quorum=own.quorum,
        on_timeout=own.on_timeout,
        condition=shape.condition if isinstance(shape, IfShape | WhileShape) else "",
        on_true=shape.on_true if isinstance(shape, IfShape | WhileShape) else None,
        on_false=(shape.on_false or None) if isinstance(shape, IfShape) else None,
        switch=_name(shape.switch) if isinstance(shape, SwitchShape) else "",
        cases=_cases(shape),
        next_steps=tuple(shape.next_steps) if isinstance(shape, ParallelShape) else (),
        playbook_id=shape.playbook_id if isinstance(shape, PlaybookShape) else "",
        in_args=_names(shape, "in_args"),
        out_args=_names(shape, "out_args"),
        turns=own.turns or TURNS,
    )


def _time(milliseconds: int) -> dt.timedelta:
    most = int(_LONGEST_WAIT.total_seconds()) * _MILLISECONDS
    return dt.timedelta(milliseconds=min(max(milliseconds, 0), most))


def _within(shape: StepShape, own: StepExtension) -> dt.timedelta | None:
    if own.within_minutes is not None:
        return dt.timedelta(minutes=own.within_minutes)
    return _time(shape.timeout) if shape.timeout > 0 else None


def _call(shape: StepShape, own: StepExtension) -> Call | None:
    if not isinstance(shape, ActionShape):
        return None
    if own.action:
        outs = {output: full_name(name) for output, name in own.outs.items()}
        return Call(own.action, own.parameters, outs)
    return call_of(shape.commands[0])


def _cases(shape: StepShape) -> Mapping[str, str]:
    if not isinstance(shape, SwitchShape):
        return {}
    return {case: str(step_id) for case, step_id in shape.cases.items()}


def _names(shape: StepShape, which: str) -> tuple[str, ...]:
    if not isinstance(shape, ActionShape | PlaybookShape):
        return ()
    return tuple(_name(text) for text in (shape.in_args if which == "in_args" else shape.out_args))


def _name(text: str) -> str:
    reference = REFERENCE.fullmatch(text)
    return full_name(reference[1] if reference else text)
