"""Following: what the audit says has happened starts the playbooks that wait for it, each once.

A durable cursor stands behind the last line of the audit that was looked at. Beside the audit,
clocks near their end and days of heightened duty are looked for, which begin by themselves.
"""

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.cacao.playbook import TriggerRow
from playbooks.execution.cause import Cause, cause_of, object_of
from playbooks.execution.house import House
from playbooks.execution.starting import start_run
from playbooks.execution.trigger import about, fits
from playbooks.execution.versions import PUBLISHED
from playbooks.execution.watch.candidate import (
    Candidate,
    candidates_of,
    hot_wakes,
    wakes_between,
)
from playbooks.execution.watch.listener import Listener, listeners_of
from playbooks.execution.watch.unstarted import (
    leave_to_people,
    leave_unreadable,
    left_to_people,
)
from playbooks.person import SYSTEM
from playbooks.plan import Plan
from situation.clock import Clock
from situation.faults import Conflict, Malformed
from situation.state.store import StateStore
from situation.state.tables import AuditHead, Cursor, PlaybookRun, PlaybookVersion

CURSOR = "playbooks"
"""Name of the cursor, which all engines share."""

LINES_AT_ONCE = 500
"""Lines of the audit that are looked at, and whose playbooks start, in one transaction."""


def start_due(state: StateStore, house: House, clock: Clock, *, since: int | None = None) -> int:
    """Start every playbook that is due to start; return how many runs were opened.

    One engine at a time holds the cursor, for the length of a transaction; another one leaves the
    work to it. A cause starts a playbook once, or a day starts it once where its trigger says so;
    the trigger key sees to that even if two should meet.

    The first look at a database begins at the end of its audit, or behind line `since`, so that
    years of it start nothing. What is still hot starts all the same: open incidents that are
    younger than a day (the platform may have been set up because of one), running clocks near
    their end, and a period of heightened duty that holds. An incident that was not graded yet, or
    is closed by now, starts nothing. A clock that ran out within the last day while nobody looked
    still starts what was published before it was due.

    What cannot start becomes a task, and the others start.
    """
    _lay_cursor(state)
    started = 0
    while True:
        with state.reading() as session:
            look = _look(session, house, clock.now(), since)
        if not look.is_due:
            return started
        with state.transaction() as session:
            is_ours = _advance(session, look)
            started += _start_all(session, house, look, clock.now()) if is_ours else 0
        if not (is_ours and look.has_more):
            return started


@dataclass(frozen=True, slots=True)
class _Start:
    """A playbook that is due to start."""

    listener: Listener
    row: TriggerRow
    key: str
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What one look found: from where to where in the audit, and what is due to start."""

    stored: str | None
    """The position as the cursor has it."""
    after: int
    has_more: bool
    has_wakes: bool
    starts: Sequence[_Start]
    unreadable: Sequence[int]
    """Versions that cannot be read by this release."""

    @property
    def is_due(self) -> bool:
        # Other lines than those that wake somebody are not worth a write of their own.
        behind = self.after - int(self.stored) if self.stored else LINES_AT_ONCE
        moves = self.has_wakes or self.has_more or behind >= LINES_AT_ONCE
        return moves or bool(self.starts)


def _lay_cursor(state: StateStore) -> None:
    with state.reading() as session:
        if session.get(Cursor, CURSOR) is not None:
            return
    with contextlib.suppress(Conflict), state.transaction() as session:
        session.add(Cursor(name=CURSOR, position=None))


def _advance(session: Session, look: _Look) -> bool:
    """Move the cursor on; False while another engine holds it, or where one has moved it."""
    cursor = session.get(Cursor, CURSOR, with_for_update={"skip_locked": True})
    if cursor is None or cursor.position != look.stored:
        return False
    cursor.position = str(look.after)
    return True


def _look(session: Session, house: House, now: dt.datetime, since: int | None) -> _Look:
    stored = session.get_one(Cursor, CURSOR).position
    position = int(stored) if stored is not None else since
    end = session.scalar(sa.select(AuditHead.number)) or 0
    after = end if position is None else min(end, position + LINES_AT_ONCE)
    listeners, unreadable = listeners_of(session, house)
    wakes = hot_wakes(session, now) if position is None else wakes_between(session, position, after)
    candidates = candidates_of(session, house.plan, wakes, listeners, now)
    return _Look(
        stored=stored,
        after=after,
        has_more=after < end,
        has_wakes=bool(wakes),
        starts=_starts(session, house.plan, listeners, candidates, now),
        unreadable=unreadable,
    )


def _starts(
    session: Session,
    plan: Plan,
    listeners: Sequence[Listener],
    candidates: Sequence[Candidate],
    now: dt.datetime,
) -> list[_Start]:
    wanted = [
        (one, row, each, each.event.key_for(one.playbook, row, now))
        for each in candidates
        for one in listeners
        if each.over_at is None or each.over_at > one.published_at
        if (row := fits(one.playbook, each.event)) is not None
    ]
    known = _known(session, {key: object_of(each.subject) for *_, each, key in wanted})
    starts = []
    for one, row, each, key in wanted:
        if key in known:
            continue
        # A second cause of the same day.
        known.add(key)
        cause = cause_of(session, plan, each.subject, about(one.playbook))
        starts.append(_Start(one, row, key, cause))
    return starts


def _known(session: Session, objects: Mapping[str, tuple[str, str]]) -> set[str]:
    """Return the keys that started a run, or were left to people; each with its object."""
    started = sa.select(PlaybookRun.trigger_key).where(PlaybookRun.trigger_key.in_(objects))
    return set(session.scalars(started)) | left_to_people(session, objects)


def _start_all(session: Session, house: House, look: _Look, now: dt.datetime) -> int:
    for version_id in look.unreadable:
        leave_unreadable(session, version_id, now)
    wanted = {one.listener.version_id for one in look.starts}
    # Those that were put out of use since the look start nothing.
    versions = {
        version.id: version
        for version in session.scalars(
            sa.select(PlaybookVersion).where(
                PlaybookVersion.id.in_(wanted), PlaybookVersion.state == PUBLISHED
            )
        )
    }
    return sum(
        _start(session, house, versions[one.listener.version_id], one, now)
        for one in look.starts
        if one.listener.version_id in versions
    )


def _start(
    session: Session, house: House, version: PlaybookVersion, start: _Start, now: dt.datetime
) -> bool:
    try:
        with session.begin_nested():
            run = start_run(
                session,
                house,
                version=version,
                trigger=start.row.on,
                trigger_key=start.key,
                cause=start.cause,
                variables={},
                by=SYSTEM,
                now=now,
            )
    except (Malformed, Conflict) as fault:
        leave_to_people(session, version, start.cause, start.key, fault=fault, now=now)
        return False
    return run is not None
