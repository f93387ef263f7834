"""What our playbooks say beyond CACAO 2.0, as extensions of its own kind (section 9).

The documents stay valid for every other reader, which ignores what it does not know.
"""

import uuid
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from situation.state.columns import JsonObject

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:citywatch:playbook")
"""All ids that we give are uuid5 of it, so that the same form has the same ids."""


def id_of(kind: str, name: str) -> str:
    """Return the id of a thing of ours: the same name has the same id."""
    return f"{kind}--{uuid.uuid5(NAMESPACE, f'{kind}/{name}')}"


PLAYBOOK_EXTENSION = id_of("extension-definition", "playbook")
STEP_EXTENSION = id_of("extension-definition", "step")
CREATOR = id_of("identity", "citywatch")
"""Who made the playbooks that were compiled from a form, and these extensions."""
PLATFORM = id_of("organization", "citywatch")
"""The agent that does what no person does."""

_VERSION = "1.0.0"
_SCHEMA = "urn:citywatch:playbook:{name}:1"

TAKEN = ("new", "runs")
"""Short names that no playbook has: the console has pages of its own there."""


def _free(key: str) -> str:
    if key in TAKEN:
        reason = f"{key} is a page of the console, no name of a playbook"
        raise ValueError(reason)
    return key


Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$"), AfterValidator(_free)]
"""A short name that people type."""
Minutes = Annotated[int, Field(ge=1, le=525_600)]


class _Extension(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Trigger(_Extension):
    """What starts a playbook by itself, as `playbooks.cacao.playbook.TriggerRow`."""

    on: Literal["grade", "category", "detector", "warning", "clock", "period"]
    values: list[str] = []
    level: Annotated[int, Field(ge=1, le=4)] = 4
    minutes: Annotated[int, Field(ge=0, le=525_600)] = 0
    once: Literal["", "day"] = ""


class PlaybookExtension(_Extension):
    """What stands under `playbook_extensions`."""

    key: Key
    name_zh: str
    name_en: str
    about_zh: str = ""
    about_en: str = ""
    triggers: list[Trigger] = []
    bindings: dict[str, str] = {}
    within_minutes: Minutes = 7 * 24 * 60
    compensates: bool = False


class StepExtension(_Extension):
    """What stands under `step_extensions`. `action` is empty for a control step."""

    zh: str = ""
    en: str = ""
    about_zh: str = ""
    about_en: str = ""
    instrument: str = ""
    clause: str = ""
    action: str = ""
    parameters: JsonObject = {}
    outs: dict[str, str] = {}
    within_minutes: Minutes | None = None
    retries: Annotated[int, Field(ge=0, le=20)] | None = None
    quorum: Annotated[int, Field(ge=1, le=9)] | None = None
    on_timeout: Literal["", "fail", "skip", "escalate"] = ""
    turns: Annotated[int, Field(ge=1, le=10_000)] | None = None


def extension_definitions() -> JsonObject:
    """Return the definitions of both extensions as a playbook carries them."""
    return {
        PLAYBOOK_EXTENSION: _definition("playbook", "triggers, bindings and names of a playbook"),
        STEP_EXTENSION: _definition("step", "action, clause of the plan and names of a step"),
    }


def _definition(name: str, description: str) -> JsonObject:
    return {
        "type": "extension-definition",
        "name": f"citywatch {name}",
        "description": description,
        "created_by": CREATOR,
        "schema": _SCHEMA.format(name=name),
        "version": _VERSION,
    }
