"""Until when a finding is to be put right: working days by its severity, in the plan's calendar."""

import datetime as dt
from collections.abc import Mapping

from playbooks.plan import Plan
from playbooks.plan.calendar import Limit

_LONGEST = 60
"""Working days of a severity that the settings do not name."""


def due_at(plan: Plan, due_days: Mapping[str, int], severity: int, now: dt.datetime) -> dt.datetime:
    """Return the end of the last working day for a finding of that severity."""
    days = max(1, due_days.get(f"P{severity}", _LONGEST))
    return plan.calendar.due(now, Limit(working_days=days))
