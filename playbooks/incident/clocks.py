"""The clocks of an incident: rows that wait, run, pause, are met or missed, each with its history.

Nothing here keeps time by itself: a clock is due at the time that stands in its row, whoever
looks at it and however often the desk was started again.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.grading import ClockKey, GradeClock, clock_due, is_missed
from playbooks.incident.machine import CLOCK
from playbooks.incident.telling import tell_missed
from playbooks.machine import Refusal
from playbooks.person import SYSTEM, Person
from playbooks.plan import Plan
from playbooks.revision import found
from situation.state.store import audit
from situation.state.tables import Incident, Report, RunningClock

WITHDRAWN = "withdrawn"
"""State of a clock whose cause fell away; it stays visible."""

RUNNING = "running"
PAUSED = "paused"
OPEN = (RUNNING, PAUSED, "missed")
"""States of a clock that can be met."""

RECEIVED = "received"
"""State of a report whose addressee has said so."""

_PAST = {
    "start": "started",
    "pause": "paused",
    "resume": "resumed",
    "miss": "missed",
    "meet": "met",
    "withdraw": WITHDRAWN,
}


def clocks_of(session: Session, incident_id: str) -> Sequence[RunningClock]:
    """Return the clocks of an incident in every state but withdrawn, in the order of the plan."""
    return session.scalars(
        sa.select(RunningClock)
        .where(RunningClock.incident_id == incident_id, RunningClock.state != WITHDRAWN)
        .order_by(RunningClock.id)
    ).all()


def key_of(clock: RunningClock) -> ClockKey:
    """Return id and addressee, which name the clock within its incident."""
    return clock.clock, clock.addressee


def begin_clocks(
    session: Session,
    incident: Incident,
    clocks: Iterable[GradeClock],
    *,
    by: Person,
    now: dt.datetime,
) -> None:
    """Add the clocks that a grade calls for; what starts later waits as a row."""
    for clock in clocks:
        row = _row(incident, clock)
        session.add(row)
        started_at = _start_of(session, incident, clock, now)
        if started_at is None:
            _record(row, "waiting", by=by, at=now)
            _note(session, row, "clock.wait", by=by, now=now)
        else:
            _start(session, row, started_at, by=by, now=now)


def withdraw_clocks(
    session: Session,
    clocks: Iterable[RunningClock],
    *,
    by: Person,
    now: dt.datetime,
    reason: str = "",
) -> None:
    """Withdraw those clocks that are not over yet; they stay visible."""
    for clock in clocks:
        if "withdraw" in CLOCK.acts(clock.state):
            _change(session, clock, "withdraw", by=by, now=now, reason=reason)


def start_waiting(
    session: Session,
    incident: Incident,
    start: str,
    at: dt.datetime,
    *,
    by: Person,
    now: dt.datetime | None = None,
    keys: Collection[ClockKey] | None = None,
) -> list[RunningClock]:
    """Start the clocks that wait for `start` (receipt, response_end) as of `at`; return them.

    `keys` limits it to some of them; `now` is when that became known, if not at `at`.
    """
    waiting = [
        clock
        for clock in clocks_of(session, incident.id)
        if (clock.state, clock.start) == (CLOCK.initial, start)
        and (keys is None or key_of(clock) in keys)
    ]
    for clock in waiting:
        _start(session, clock, at, by=by, now=now or at)
    return waiting


def followers(plan: Plan, addressee: str) -> frozenset[ClockKey]:
    """Return the clocks that start when `addressee` has received its report."""
    return frozenset(
        (row.id, row.addressee_zh)
        for row in plan.clocks
        if row.start == "receipt" and row.follows in ("", addressee)
    )


def sweep_clocks(session: Session, now: dt.datetime) -> int:
    """Mark the running clocks whose time ran out as missed; return how many. Harmless to repeat."""
    late = session.scalars(
        sa.select(RunningClock)
        .where(RunningClock.state == RUNNING, RunningClock.due_at < now)
        .order_by(RunningClock.id)
        # Whoever meets a clock just now goes first; the next sweep sees what is left.
        .with_for_update(skip_locked=True)
    ).all()
    for clock in late:
        _miss(session, clock, now)
    return len(late)


def meet_clock(session: Session, clock_id: int, *, by: Person, now: dt.datetime) -> RunningClock:
    """Mark a clock as met; one that is late stays marked as missed, too.

    Raise `Refusal` if it waits, was met before or was withdrawn.
    """
    clock = found(session, RunningClock, clock_id)
    if clock.state == PAUSED:
        _resume(session, clock, by, now)
    if clock.state == RUNNING and clock.due_at is not None and is_missed(clock.due_at, now):
        _miss(session, clock, now)
    _change(session, clock, "meet", by=by, now=now)
    clock.met_at, clock.met_by = now, by.name
    return clock


def pause_clock(
    session: Session, plan: Plan, clock_id: int, *, reason: str, by: Person, now: dt.datetime
) -> RunningClock:
    """Stop a clock for one of the reasons (by key) that the plan allows for it.

    Raise `Refusal` with code `not_pausable` for any other reason, always so for a statutory
    clock, and with code `missed` once its time ran out.
    """
    clock = found(session, RunningClock, clock_id)
    if reason not in _pause_reasons(plan, clock):
        raise Refusal("not_pausable", "the plan has no such reason to pause it", where=clock.clock)
    if clock.due_at is not None and is_missed(clock.due_at, now):
        raise Refusal("missed", "its time has run out", where=clock.clock)
    _change(session, clock, "pause", by=by, now=now, reason=reason)
    clock.paused_at, clock.pause_reason = now, reason
    return clock


def resume_clock(session: Session, clock_id: int, *, by: Person, now: dt.datetime) -> RunningClock:
    """Let a paused clock go on; it is due later by the time that it stood still."""
    clock = found(session, RunningClock, clock_id)
    _resume(session, clock, by, now)
    return clock


def _row(incident: Incident, clock: GradeClock) -> RunningClock:
    return RunningClock(
        incident_id=incident.id,
        clock=clock.id,
        addressee=clock.addressee,
        addressee_en=clock.addressee_en,
        clause=f"{clock.instrument}{clock.clause}",
        limit_minutes=clock.limit_minutes,
        start=clock.start,
        state=CLOCK.initial,
        history=[],
    )


def _start_of(
    session: Session, incident: Incident, clock: GradeClock, now: dt.datetime
) -> dt.datetime | None:
    if clock.start == "response_end":
        return incident.response_ended_at
    if clock.start == "receipt":
        # The report was received before the level called for this clock: it counts from now on.
        return now if _was_received(session, incident, clock.follows) else None
    return clock.started_at


def _was_received(session: Session, incident: Incident, addressee: str) -> bool:
    wanted = sa.select(Report.id).where(Report.incident_id == incident.id, Report.state == RECEIVED)
    if addressee:
        wanted = wanted.where(Report.addressee == addressee)
    return session.scalars(wanted.limit(1)).first() is not None


def _start(
    session: Session, clock: RunningClock, at: dt.datetime, *, by: Person, now: dt.datetime
) -> None:
    clock.started_at, clock.due_at = at, clock_due(at, clock.limit_minutes)
    _change(session, clock, "start", by=by, now=now)


def _resume(session: Session, clock: RunningClock, by: Person, now: dt.datetime) -> None:
    if clock.due_at is not None and clock.paused_at is not None:
        clock.due_at += now - clock.paused_at
    _change(session, clock, "resume", by=by, now=now)
    clock.paused_at, clock.pause_reason = None, ""


def _miss(session: Session, clock: RunningClock, now: dt.datetime) -> None:
    clock.missed_at = clock.due_at
    _change(session, clock, "miss", by=SYSTEM, now=now)
    if clock.due_at is not None:
        incident = session.get_one(Incident, clock.incident_id)
        tell_missed(session, incident, clock.id, clock.due_at, now)


def _pause_reasons(plan: Plan, clock: RunningClock) -> frozenset[str]:
    return frozenset(
        reason.key
        for row in plan.clocks
        if (row.id, row.addressee_zh) == key_of(clock)
        for reason in row.pause_reasons
    )


def _change(
    session: Session,
    clock: RunningClock,
    act: str,
    *,
    by: Person,
    now: dt.datetime,
    reason: str = "",
) -> None:
    clock.state = CLOCK.after(clock.state, act, where=clock.clock)
    _record(clock, _PAST[act], by=by, at=now, reason=reason)
    _note(session, clock, f"clock.{act}", by=by, now=now, reason=reason)


def _record(
    clock: RunningClock, what: str, *, by: Person, at: dt.datetime, reason: str = ""
) -> None:
    entry = {
        "at": at.isoformat(),
        "what": what,
        "by": by.name,
        "reason": reason,
        "due": _due(clock),
    }
    clock.history = [*clock.history, entry]


def _note(
    session: Session,
    clock: RunningClock,
    action: str,
    *,
    by: Person,
    now: dt.datetime,
    reason: str = "",
) -> None:
    audit(
        session,
        now,
        by.name,
        action,
        kind="incident",
        object_id=clock.incident_id,
        clock=clock.clock,
        addressee=clock.addressee,
        due=_due(clock),
        reason=reason,
    )


def _due(clock: RunningClock) -> str | None:
    return clock.due_at.isoformat() if clock.due_at else None
