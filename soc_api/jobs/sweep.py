"""What runs out: clocks, deadlines of notices, reports of progress, and the duties of a period."""

from dataclasses import dataclass

from playbooks.incident.clocks import sweep_clocks
from playbooks.incident.duties import sweep_progress
from playbooks.incident.zero_report import open_zero_report
from playbooks.notice.escalation.sweep import sweep_notices
from playbooks.warning.duty import open_forced_duties
from soc_api.wiring import City


@dataclass(frozen=True, slots=True)
class Swept:
    """What one look found: clocks missed, notices newly overdue, steps of escalation taken."""

    clocks_missed: int
    overdue: int
    steps: int


def sweep(city: City) -> Swept:
    """Mark what ran out and take the steps that are due; harmless to repeat."""
    now = city.clock.now()
    with city.state.transaction() as session:
        missed = sweep_clocks(session, now)
        sweep_progress(session, city.plan, now)
    overdue = steps = 0
    more = True
    while more:
        with city.state.transaction() as session:
            swept = sweep_notices(session, city.plan, now)
        overdue, steps, more = overdue + swept.overdue, steps + swept.steps, swept.is_full
    return Swept(missed, overdue, steps)


def open_duties(city: City) -> int:
    """Open what a period of heightened duty asks for, each task once; return how many stand."""
    now = city.clock.now()
    with city.state.transaction() as session:
        report = open_zero_report(session, city.plan, now)
        forced = open_forced_duties(session, city.plan, now)
    return len(forced) + (report is not None)
