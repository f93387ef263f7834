"""The YAML form of a playbook becomes a CACAO 2.0 document that validates.

The same form gives the same document: ids are made of names, times of its date and version.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError

from playbooks.cacao.extension import (
    CREATOR,
    PLAYBOOK_EXTENSION,
    PlaybookExtension,
    extension_definitions,
    id_of,
)
from playbooks.cacao.playbook import StepKind
from playbooks.cacao.variable import full_name, text_of
from playbooks.cacao.writing.chain import Chain
from playbooks.cacao.writing.command import agents
from playbooks.cacao.writing.entry import PlaybookEntry, VariableEntry
from playbooks.cacao.writing.yaml_text import Read, read_yaml
from situation.faults import Malformed
from situation.state.columns import JsonObject

_MOST_FAULTS = 50


def compile_form(text: str, where: str = "form") -> JsonObject:
    """Return the document of a form; raise `Malformed` with the line and the reason of each fault.

    `where` is what the faults call the form, for example the name of its file.
    """
    read = read_yaml(text, where)
    try:
        entry = PlaybookEntry.model_validate(read.value)
    except ValidationError as error:
        raise _malformed(list(_listed(error)), read, where) from error
    chain, faults = Chain(entry), list[Fault]()
    document = _document(entry, chain, _variables(entry, faults))
    if chain.faults or faults:
        raise _malformed([*faults, *chain.faults], read, where)
    return document


Fault = tuple[tuple[str | int, ...], str]


def _malformed(faults: Sequence[Fault], read: Read, where: str) -> Malformed:
    placed = sorted((read.line(path), reason) for path, reason in faults)
    told = [f"line {line}: {reason}" for line, reason in placed[:_MOST_FAULTS]]
    if len(placed) > _MOST_FAULTS:
        told.append(f"and {len(placed) - _MOST_FAULTS} more")
    return Malformed("; ".join(told), where=where)


def _listed(error: ValidationError) -> Iterator[Fault]:
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        place = fault["loc"][-1] if fault["loc"] else "form"
        yield fault["loc"], f"{place}: {fault['msg'].removeprefix('Value error, ')}"


def _document(entry: PlaybookEntry, chain: Chain, variables: JsonObject) -> JsonObject:
    created = dt.datetime.combine(entry.dated, dt.time(), dt.UTC)
    start = chain.start(entry.steps)
    document: JsonObject = {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": id_of("playbook", entry.key),
        "name": f"{entry.name.zh} / {entry.name.en}",
        "description": f"{entry.about.zh}\n{entry.about.en}",
        "playbook_types": list(entry.types),
        "created_by": CREATOR,
        "created": _time(created),
        "modified": _time(created + dt.timedelta(seconds=entry.version)),
        "workflow_start": start,
    }
    if entry.if_it_fails.steps:
        path = ("if_it_fails",)
        document["workflow_exception"] = chain.scope(entry.if_it_fails.steps, path, "exception")
    return (
        document
        | _told(entry)
        | {
            "playbook_processing_summary": _summary(chain),
            **({"playbook_variables": variables} if variables else {}),
            "workflow": chain.workflow,
            "playbook_extensions": {PLAYBOOK_EXTENSION: _extension(entry)},
            "agent_definitions": agents(),
            "extension_definitions": extension_definitions(),
        }
    )


def _told(entry: PlaybookEntry) -> JsonObject:
    named = {
        "playbook_activities": list(entry.activities),
        "labels": list(entry.labels),
        "severity": entry.severity,
        "priority": entry.priority,
        "impact": entry.impact,
    }
    return {name: value for name, value in named.items() if value not in (None, [])}


def _summary(chain: Chain) -> JsonObject:
    used = {str(step["type"]) for step in chain.workflow.values()}
    logic: JsonObject = {name: True for name, kind in _LOGIC.items() if kind in used}
    return logic | {"extensions": True}


_LOGIC: Mapping[str, StepKind] = {
    "external_playbooks": StepKind.PLAYBOOK,
    "parallel_processing": StepKind.PARALLEL,
    "if_logic": StepKind.IF,
    "while_logic": StepKind.WHILE,
    "switch_logic": StepKind.SWITCH,
}
"""What the summary of the playbook calls the control steps."""


def _extension(entry: PlaybookEntry) -> JsonObject:
    said = PlaybookExtension.model_validate(
        {
            "key": entry.key,
            "name_zh": entry.name.zh,
            "name_en": entry.name.en,
            "about_zh": entry.about.zh,
            "about_en": entry.about.en,
            "triggers": [
                {
                    "on": row.on,
                    "values": list(row.values),
                    "level": row.level,
                    "minutes": row.minutes,
                    "once": "day" if row.once == "day" else "",
                }
                for row in entry.triggers
            ],
            "bindings": {
                full_name(name): variable.fact
                for name, variable in entry.variables.items()
                if variable.fact
            },
            "within_minutes": int(entry.within / dt.timedelta(minutes=1)),
            "compensates": entry.if_it_fails.word == "compensate",
        }
    )
    return said.model_dump(exclude_defaults=True)


def _variables(entry: PlaybookEntry, faults: list[Fault]) -> JsonObject:
    found: JsonObject = {}
    for name, variable in entry.variables.items():
        try:
            found[full_name(name)] = _variable(variable)
        except Malformed as fault:
            faults.append((("variables", name, "value"), f"variable {name}: {fault.reason}"))
    return found


def _variable(variable: VariableEntry) -> JsonObject:
    said: JsonObject = {"type": variable.type}
    if variable.about:
        said["description"] = f"{variable.about.zh}\n{variable.about.en}"
    if variable.value is not None:
        said["value"] = text_of(variable.type, variable.value)
    return said | {"constant": variable.constant, "external": variable.external}


def _time(at: dt.datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
