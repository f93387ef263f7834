"""Commands of other makers: which action of ours does what they ask, and with which parameters."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping

from playbooks.cacao.playbook import Call
from playbooks.cacao.workflow import Command
from situation.state.columns import JsonObject

_TITLE_LENGTH = 200
_TEXT_LENGTH = 2000
_WHAT = "按剧本人工操作"


def call_of(command: Command) -> Call:
    """Return the call of a foreign command; one that no action does keeps its type as its name."""
    text = _text(command)
    row = _ACTIONS.get(command.type)
    return Call(row[0], row[1](text)) if row else Call(command.type, {"command": text})


def _text(command: Command) -> str:
    given = command.model_extra or {}
    for name in ("content_b64", "command_b64"):
        coded = given.get(name)
        if isinstance(coded, str):
            return _decoded(coded)
    plain = given.get("command", "")
    return plain if isinstance(plain, str) else ""


def _decoded(coded: str) -> str:
    try:
        return base64.b64decode(coded).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return coded


def _task(text: str) -> JsonObject:
    lines = text.strip().splitlines() or [_WHAT]
    whole = "" if lines == [lines[0][:_TITLE_LENGTH]] else text.strip()[:_TEXT_LENGTH]
    return {"title_zh": lines[0][:_TITLE_LENGTH], "text": whole}


def _ssh(text: str) -> JsonObject:
    return {"command": text}


def _openc2(text: str) -> JsonObject:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {"command": text}
    for name in ("body", "openc2", "request"):
        said = said.get(name, said) if isinstance(said, dict) else said
    parts = {"action", "target", "args"} & said.keys() if isinstance(said, dict) else set()
    return {name: said[name] for name in sorted(parts)} or {"command": text}


_ACTIONS: Mapping[str, tuple[str, Callable[[str], JsonObject]]] = {
    "manual": ("manual_task", _task),
    "openc2": ("openc2", _openc2),
    "openc2-http": ("openc2", _openc2),
    "ssh": ("ssh_command", _ssh),
}
"""Action and parameters by the type of the command.

A foreign OpenC2 or SSH command names no counterpart of our settings: a person has to edit such a
step before it can be published, and readiness says so.
"""
