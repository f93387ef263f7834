"""How an action of ours is told to other readers: as a command of CACAO and the agent for it.

What the engine does stands in our extension of the step; the command says the same in the words
of CACAO 2.0, section 5, as far as it has any.
"""

import base64
import json
from collections.abc import Callable, Mapping

from playbooks.cacao.extension import PLATFORM, id_of
from situation.state.columns import JsonObject

PEOPLE = id_of("individual", "desk")
"""The agent that does what people do."""


def command_of(action: str, parameters: JsonObject, title: str) -> JsonObject:
    """Return the command of a step; `title` is its name."""
    known = _COMMANDS.get(action)
    if known is None:
        return {"type": "citywatch", "command": action}
    return known(parameters, title)


def agent_of(action: str) -> str:
    """Return the id of the agent that does it."""
    return PEOPLE if action == "manual_task" else PLATFORM


def agents() -> JsonObject:
    """Return the definitions of both agents."""
    return {
        PLATFORM: {"type": "organization", "name": "Citywatch"},
        PEOPLE: {"type": "individual", "name": "值班人员 / people of the desk"},
    }


def _manual(parameters: JsonObject, title: str) -> JsonObject:
    told = [parameters.get(name) for name in ("title_zh", "title_en", "text")]
    text = "\n".join(part for part in told if isinstance(part, str) and part)
    return {"type": "manual", "command": text or title}


def _openc2(parameters: JsonObject, title: str) -> JsonObject:
    content = json.dumps(parameters, ensure_ascii=False, sort_keys=True).encode()
    return {
        "type": "openc2-http",
        "description": title,
        "command": "POST /.well-known/openc2 HTTP/1.1",
        "content_b64": base64.b64encode(content).decode(),
    }


def _ssh(parameters: JsonObject, title: str) -> JsonObject:
    named = parameters.get("command")
    return {"type": "ssh", "command": named if isinstance(named, str) else title}


_COMMANDS: Mapping[str, Callable[[JsonObject, str], JsonObject]] = {
    "manual_task": _manual,
    "openc2": _openc2,
    "ssh_command": _ssh,
}
"""The actions for which CACAO has a type of command."""
