"""What the desk may do with a notice now: the acts, who may, and why one is forbidden."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from playbooks.notice.guard import refusal_of
from playbooks.notice.machine import DRAFTS
from playbooks.person import Person
from situation.state.tables import Notice
from soc_api.permission import Permission

Field = Literal["reason", "level", "department", "incident"]
Weight = Literal["go", "plain", "bad"]

_HIDDEN = ("illegal", "terminal")
"""An act that the state does not have is not shown; one that a guard forbids is, with why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAct:
    """An act of the desk. `asks` are the fields that it needs; `key` is its key, empty for none."""

    name: str
    permission: Permission
    weight: Weight = "plain"
    key: str = ""
    asks: tuple[Field, ...] = ()


P = Permission
ACTS = (
    DeskAct(name="submit", permission=P.DRAFT_NOTICE, weight="go", key="v"),
    DeskAct(name="judge", permission=P.TRIAGE, weight="go", key="v", asks=("level",)),
    DeskAct(name="propose", permission=P.DRAFT_NOTICE, weight="go", key="v"),
    DeskAct(name="issue", permission=P.SIGN_OFF, weight="go", key="v"),
    DeskAct(name="recheck", permission=P.REVIEW),
    DeskAct(name="archive", permission=P.CLOSE, weight="go", key="v"),
    DeskAct(name="send_back", permission=P.TRIAGE, key="b", asks=("reason",)),
    DeskAct(name="remind", permission=P.DRAFT_NOTICE, key="r"),
    DeskAct(name="reassign", permission=P.SIGN_OFF, key="t", asks=("department", "reason")),
    DeskAct(name="supervise", permission=P.SUPERVISE, asks=("reason",)),
    DeskAct(name="escalate", permission=P.GRADE, asks=("incident", "reason")),
    DeskAct(name="dismiss", permission=P.TRIAGE, weight="bad", asks=("reason",)),
    DeskAct(name="revoke", permission=P.SIGN_OFF, weight="bad", asks=("reason",)),
)
"""The acts in the order of their buttons, the likely one first."""
ACT = {act.name: act for act in ACTS}


@dataclass(frozen=True, slots=True)
class Button:
    """An act that may be offered; `refused` is the code of the guard that forbids it."""

    act: DeskAct
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What one person may do with one notice: buttons, and whether he may edit or review it."""

    buttons: list[Button]
    edits: bool
    reviews: bool
    review_refused: str
    pass_refused: str
    decides: bool

    @property
    def solid(self) -> str:
        """Name of the one act with the solid button; empty if there is none."""
        likely = (each.act.name for each in self.buttons if each.act.weight == "go")
        return next(likely, "")


def hand_of(
    notice: Notice,
    by: Person,
    may: Callable[[str], bool],
    *,
    author: str | None,
    unfixed: bool,
) -> Hand:
    """Return what `by` may do now.

    `author` wrote the answer that is to be rechecked; `unfixed` tells that an item is still open.
    """
    refused = "same_person" if author == by.name else ""
    offered = ((act, _refused(notice, act.name, by)) for act in ACTS if may(act.permission))
    buttons = [Button(act, code) for act, code in offered if code not in _HIDDEN]
    at_recheck = notice.status in ("answered", "rechecking")
    return Hand(
        buttons=buttons,
        edits=notice.status in DRAFTS and may(P.DRAFT_NOTICE),
        reviews=at_recheck and may(P.REVIEW),
        review_refused=refused,
        pass_refused=refused or ("items_open" if unfixed else ""),
        decides=may(P.DECIDE_EXTENSION),
    )


def _refused(notice: Notice, act: str, by: Person) -> str:
    refusal = refusal_of(notice, act, by)
    return refusal.code if refusal else ""
