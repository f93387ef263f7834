"""What people may do with a finding now: the acts, in the order of their buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from soc_api.permission import Permission
from soc_api.web.query.data.queue import FindingLine

Field = Literal["reason", "owner", "findings"]
Weight = Literal["go", "plain", "bad"]

_MOVING = ("open", "returned", "notified", "answered")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingAct:
    """An act on a finding. `states` are where it is offered, `asks` the fields that it needs."""

    name: str
    states: tuple[str, ...]
    weight: Weight = "plain"
    key: str = ""
    asks: tuple[Field, ...] = ()
    permission: Permission = Permission.MANAGE_SCANS


ACTS = (
    FindingAct(
        name="rectify", states=("open", "returned"), weight="go", key="n", asks=("findings",)
    ),
    FindingAct(name="important", states=_MOVING, asks=("reason",)),
    FindingAct(name="ordinary", states=_MOVING, asks=("reason",)),
    FindingAct(name="rescan", states=_MOVING, key="r"),
    FindingAct(name="owner", states=_MOVING, asks=("owner",)),
    FindingAct(name="false_alarm", states=_MOVING, weight="bad", asks=("reason",)),
    FindingAct(name="accept", states=_MOVING, weight="bad", asks=("reason",)),
    FindingAct(name="reopen", states=("false_alarm", "accepted", "closed"), asks=("reason",)),
)
ACT = {act.name: act for act in ACTS}
_OF_CONFIRMATION = ("important", "ordinary")
"""Acts for a place that may be important data: a person has to say."""


def acts_of(line: FindingLine, may: Callable[[str], bool]) -> list[FindingAct]:
    """Return what somebody with these rights may do with a finding."""
    left_out = () if line.needs_confirm else _OF_CONFIRMATION
    if line.is_sent:
        left_out = (*left_out, "rectify")
    return [
        act
        for act in ACTS
        if line.row.state in act.states and may(act.permission) and act.name not in left_out
    ]
