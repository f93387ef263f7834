"""The receipt loop of a notice: which steps it went through, who took them, how long each took."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from situation.state.tables import AuditLine, Delivery, Feedback, Notice, RectificationItem
from soc_api.web.query.due import Due

Place = Literal["past", "current", "ahead"]

DRAFTING = ("drafted", "judged", "issued", "signed", "feedback", "recheck", "closed")
ISSUED = ("issued", "delivered", "signed", "handled", "feedback", "recheck", "closed")
_REACHED = {
    "draft": "drafted", "triage": "judged", "graded": "issued", "sign_off": "issued",
    "issued": "signed", "signed": "handled", "handling": "feedback", "answered": "recheck",
    "rechecking": "recheck", "passed": "closed",
}  # fmt: skip
"""The step that a notice stands at, by its state; a closed one stands beyond the last."""
WHOLE = "archived"
"""The state in which every step was taken."""
_ISSUE = "issue"
_JUDGED = "notice.judge"
_DONE = ("fixed",)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopStep:
    """A step: when it was taken and by whom; what is due at it if it is the present one.

    `took` is the seconds from the issue to the receipt; `count` and `total` count rounds of
    feedback or items that are rectified; `channels` are those that delivered the notice.
    """

    name: str
    place: Place = "ahead"
    at: dt.datetime | None = None
    who: str = ""
    took: float | None = None
    count: int = 0
    total: int = 0
    channels: tuple[str, ...] = ()
    due: Due | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What belongs to a notice and is told at its steps."""

    feedbacks: Sequence[Feedback]
    items: Sequence[RectificationItem]
    deliveries: Sequence[Delivery]
    course: Sequence[AuditLine]


def loop_of(row: Notice, next_due: Due | None, parts: Parts) -> list[LoopStep]:
    """Return the steps of a notice: those of its making while it is a draft, then its way."""
    names = ISSUED if row.issued_at else DRAFTING
    told = _told(row, parts)
    steps = [told[name] for name in names]
    reached = _REACHED.get(row.status)
    if reached not in names and row.status != WHOLE:
        # It ended before its way was done: what was never reached stays empty.
        return [replace(step, place="past" if step.at else "ahead") for step in steps]
    here = names.index(reached) if reached in names else len(names)
    return [
        replace(step, place=_place(rank, here), due=next_due if rank == here else None)
        for rank, step in enumerate(steps)
    ]


def _place(rank: int, here: int) -> Place:
    return "past" if rank < here else "current" if rank == here else "ahead"


def _told(row: Notice, parts: Parts) -> dict[str, LoopStep]:
    last = max(parts.feedbacks, key=lambda each: each.round, default=None)
    signed_after = (
        (row.signed_at - row.issued_at).total_seconds() if row.signed_at and row.issued_at else None
    )
    steps = (
        LoopStep(name="drafted", at=row.created_at, who=row.drafted_by),
        _judged(parts.course),
        LoopStep(name="issued", at=row.issued_at, who=row.issued_by or ""),
        _delivered(row, parts.deliveries),
        LoopStep(name="signed", at=row.signed_at, who=row.signed_by or "", took=signed_after),
        LoopStep(
            name="handled",
            count=sum(item.state in _DONE for item in parts.items),
            total=len(parts.items),
            who=row.assignee,
        ),
        LoopStep(
            name="feedback",
            at=last.submitted_at if last else None,
            count=last.round if last else 0,
        ),
        LoopStep(
            name="recheck",
            at=last.reviewed_at if last else None,
            who=(last.reviewed_by or "") if last else "",
        ),
        LoopStep(name="closed", at=row.closed_at),
    )
    return {step.name: step for step in steps}


def _judged(course: Sequence[AuditLine]) -> LoopStep:
    lines = [line for line in course if line.action == _JUDGED]
    last = max(lines, key=lambda line: line.number, default=None)
    return LoopStep(name="judged", at=last.at if last else None, who=last.actor if last else "")


def _delivered(row: Notice, deliveries: Sequence[Delivery]) -> LoopStep:
    arrived = [
        each
        for each in deliveries
        if each.delivered_at
        and each.occasion.partition(":")[0] == _ISSUE
        and each.recipient.startswith(row.department)
    ]
    return LoopStep(
        name="delivered",
        at=min((each.delivered_at for each in arrived if each.delivered_at), default=None),
        channels=tuple(sorted({each.channel for each in arrived})),
    )
