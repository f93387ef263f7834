"""Until when a notice is signed for and answered: the plan's limits in its calendar."""

import datetime as dt
from dataclasses import dataclass

from playbooks.plan import Plan
from playbooks.plan.calendar import Limit
from situation.state.tables import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The deadlines of a notice that starts at some time; `urgency` is the key of the row."""

    urgency: str
    receipt_due: dt.datetime
    feedback_due: dt.datetime


def deadlines(plan: Plan, level: int, hazard_level: str | None, start: dt.datetime) -> Deadlines:
    """Return the deadlines of a notice that is issued at `start`.

    In a period of heightened duty (重保) the limits are shortened by its factor. Raise
    `Malformed` if the plan has no row for these levels.
    """
    row = plan.notice_deadline(level, hazard_level)
    return Deadlines(
        urgency=row.key,
        receipt_due=plan.calendar.due(start, _limit(plan, row.receipt, start)),
        feedback_due=plan.calendar.due(start, _limit(plan, row.feedback, start)),
    )


def restart(plan: Plan, notice: Notice, start: dt.datetime) -> None:
    """Let the deadlines of a notice count from `start`, after its levels."""
    times = deadlines(plan, notice.level, notice.hazard_level, start)
    notice.urgency = times.urgency
    notice.receipt_due, notice.feedback_due = times.receipt_due, times.feedback_due


def begin_round(notice: Notice, due_at: dt.datetime, now: dt.datetime) -> None:
    """Begin a new round of the feedback with its own deadline."""
    notice.feedback_due, notice.overdue_at = due_at, None
    notice.round, notice.round_at = notice.round + 1, now


def _limit(plan: Plan, limit: Limit, start: dt.datetime) -> Limit:
    period = plan.heightened_at(start)
    return limit.shortened(period.sla_factor) if period else limit
