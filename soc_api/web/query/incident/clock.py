"""The clocks of one incident as its page shows them, whatever their state."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.plan.document import Plan
from situation.state.tables import Incident, RunningClock
from soc_api.web.query.due import UNMET, Due, Tone, due_of_clock
from soc_api.web.term import CLOCKS, named
from soc_api.web.text import Text

_DISCOVERY = "discovery"
_ORDER = {"missed": 0, "running": 0, "paused": 1, "waiting": 2, "met": 3, "withdrawn": 4}
"""What somebody has to answer for comes first, what is over last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCard:
    """A clock of an incident. `due` is None until it starts."""

    row: RunningClock
    due: Due | None

    @property
    def what(self) -> Text:
        """What has to be done."""
        return named(CLOCKS, self.row.clock)

    @property
    def addressee(self) -> Text:
        """Who is told."""
        return Text(self.row.addressee, self.row.addressee_en)

    @property
    def tone(self) -> Tone:
        """How it is coloured; what waits, stands still or is over has no colour."""
        if self.due is None or self.row.state in ("waiting", "paused"):
            return ""
        return self.due.tone

    @property
    def begun(self) -> bool:
        """Whether it has started and was not withdrawn."""
        return self.due is not None and self.row.state != "withdrawn"

    @property
    def open(self) -> bool:
        """Whether somebody still has to meet it."""
        return self.row.met_at is None and self.row.state in ("running", "missed", "paused")

    @property
    def margin(self) -> float | None:
        """Seconds that were left when it was met, negative where it was late; None if open."""
        if self.row.met_at is None or self.row.due_at is None:
            return None
        return (self.row.due_at - self.row.met_at).total_seconds()

    @property
    def rest(self) -> float | None:
        """Seconds that were left when it was paused; None if it is not."""
        if self.row.state != "paused" or self.row.paused_at is None or self.row.due_at is None:
            return None
        return (self.row.due_at - self.row.paused_at).total_seconds()

    @property
    def since_discovery(self) -> bool:
        """Whether it counts from when the incident became known: a first report meets it."""
        return self.row.start == _DISCOVERY


def clock_cards(session: Session, incident: Incident, now: dt.datetime) -> list[ClockCard]:
    """Return all clocks of an incident: what is due first on top, what is over at the end."""
    rows = session.scalars(
        sa.select(RunningClock).where(RunningClock.incident_id == incident.id)
    ).all()
    return sorted(
        (ClockCard(row=row, due=due_of_clock(row, incident.level, now)) for row in rows),
        key=lambda card: (_ORDER.get(card.row.state, 0), _place(card.row)),
    )


def next_dues(session: Session, rows: Sequence[Incident], now: dt.datetime) -> dict[str, Due]:
    """Return what is due next of each incident by its id; one without an open clock is left out."""
    levels = {row.id: row.level for row in rows}
    clocks = session.scalars(
        sa.select(RunningClock)
        .where(
            RunningClock.incident_id.in_(levels),
            RunningClock.state.in_(UNMET),
            RunningClock.met_at.is_(None),
            RunningClock.due_at.is_not(None),
        )
        .order_by(RunningClock.due_at.desc(), RunningClock.id)
    )
    found: dict[str, Due] = {}
    for clock in clocks:
        due = due_of_clock(clock, levels[clock.incident_id], now)
        if due is not None:
            found[clock.incident_id] = due
    return found


def pauses_of(plan: Plan, cards: Sequence[ClockCard]) -> dict[str, Text]:
    """Return the reasons by key for which the plan lets one of these open clocks pause."""
    there = {(card.row.clock, card.row.addressee) for card in cards if card.open}
    return {
        reason.key: Text(reason.zh, reason.en)
        for row in plan.clocks
        if (row.id, row.addressee_zh) in there
        for reason in row.pause_reasons
    }


def _place(row: RunningClock) -> tuple[float, int]:
    return (row.due_at.timestamp() if row.due_at else float("inf"), row.id)
