"""The escalation chain of a notice: which steps of the plan come next, and when."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from playbooks.notice.machine import AWAITING_FEEDBACK, AWAITING_RECEIPT
from playbooks.plan import Plan
from playbooks.plan.notice import ChainStep
from situation.state.tables import Notice

RAISED_FROM = 2
"""So many returns raise the chain by a level and ask for a decision on 督办 (soc.md 6.4)."""


_MOMENT = dt.timedelta(microseconds=1)
"""Time to the first moment that is too late, as the database counts."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A step that was not taken yet, and when it is to be taken."""

    step: ChainStep
    at: dt.datetime


def pending(plan: Plan, notice: Notice, taken: Collection[str]) -> list[Pending]:
    """Return the steps of the present round in the order of their time.

    `taken` are the keys of those that were taken in it. What a department is told at mild levels
    waits for the end of the quiet hours.
    """
    steps = (
        Pending(step, _at(plan, notice, step, span))
        for step in plan.chain(chain_level(notice))
        if step.key not in taken
        for span in _spans(notice, step.on)
    )
    return sorted(steps, key=lambda each: each.at)


def chain_level(notice: Notice) -> int:
    """Return whose chain holds: that of the level, raised by repeated returns."""
    return max(1, notice.level - 1) if notice.returns >= RAISED_FROM else notice.level


def due_of(notice: Notice) -> dt.datetime | None:
    """Return until when the department has to do its present step; None where it has none."""
    if notice.status in AWAITING_RECEIPT:
        return notice.receipt_due
    return notice.feedback_due if notice.status in AWAITING_FEEDBACK else None


def is_overdue(notice: Notice, now: dt.datetime) -> bool:
    """Say whether the present step is over its time; the last moment is still in time."""
    due_at = due_of(notice)
    return due_at is not None and now > due_at


def next_look(notice: Notice, steps: Collection[Pending], now: dt.datetime) -> dt.datetime | None:
    """Return when the sweep has to look again: at the next step, or when the time runs out."""
    due_at = due_of(notice)
    times = [each.at for each in steps if each.at > now]
    if due_at is not None and now <= due_at:
        times.append(due_at + _MOMENT)
    return min(times, default=None)


def _at(
    plan: Plan, notice: Notice, step: ChainStep, span: tuple[dt.datetime, dt.datetime]
) -> dt.datetime:
    at = step.due(*span)
    if at == span[1]:
        # The last moment is still in time.
        at += _MOMENT
    return plan.quiet_hours.released(notice.level, at) if step.roles else at


def _spans(notice: Notice, waited_for: str) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    if notice.issued_at is None:
        return
    if waited_for == "receipt" and notice.status in AWAITING_RECEIPT:
        yield notice.issued_at, notice.receipt_due
    if waited_for == "feedback" and notice.status in AWAITING_FEEDBACK:
        yield notice.round_at or notice.issued_at, notice.feedback_due
