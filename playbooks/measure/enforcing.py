"""Enforcing: one pass that brings every point into line with the rows, and writes what it found.

A pass may be repeated as often as one likes, and be cut off anywhere: what a point has to hold
follows from the rows alone. A point that is away is tried again with the next pass.
"""

import contextlib
import datetime as dt
import fcntl
import pathlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.measure.entry import entries_at
from playbooks.measure.ledger import enter_force, let_go, points_of
from playbooks.measure.machine import POINT
from playbooks.measure.point.opening import FOLDER, Site, open_point
from playbooks.measure.point.point import Task
from playbooks.revision import held
from situation.clock import Clock
from situation.faults import Misconfigured, Unavailable
from situation.settings import PointSettings
from situation.state.store import StateStore
from situation.state.tables import Measure, MeasurePoint

_WAITING = ("wanted", "lifting")
"""States of a measure at a point in which the point has still to be brought into line."""
_LONGEST_ERROR = 200
_AT_ONCE = 100
"""Measures that are written in one transaction."""
_SETTLED = {("wanted", "held"): enter_force, ("lifting", "gone"): let_go}
"""What follows when all points of a measure in this state are in that state."""


@dataclass(frozen=True, slots=True)
class Enforced:
    """What one pass did.

    `put_right`: names of the points where something was changed; `in_force`, `lifted`: measures
    that came into force or were let go by all their points; `away`: why a point could not be
    brought into line, by its name. `is_busy`: another pass was running, nothing was done.
    """

    put_right: tuple[str, ...] = ()
    in_force: int = 0
    lifted: int = 0
    away: Mapping[str, str] = field(default_factory=dict)
    is_busy: bool = False

    @property
    def changed(self) -> int:
        """Return at how many points something was changed."""
        return len(self.put_right)

    def counts(self) -> dict[str, int]:
        """Return it as figures."""
        return {
            "changed": self.changed,
            "in_force": self.in_force,
            "lifted": self.lifted,
            "away": len(self.away),
        }


def enforce(
    state: StateStore, points: Mapping[str, PointSettings], folder: pathlib.Path, clock: Clock
) -> Enforced:
    """Bring each point into line and mark what it holds; `folder` is that of the store.

    Raise `Unavailable` where the state store or the folder cannot be used.
    """
    site = Site(folder, state)
    with _turn(folder) as is_mine:
        if not is_mine:
            return Enforced(is_busy=True)
        looks = [_look(name, one, site, clock.now()) for name, one in sorted(points.items())]
        looks += _unknown(state, points)
        settled = _write(state, looks, clock.now())
    return Enforced(
        put_right=tuple(look.point for look in looks if look.is_changed),
        in_force=settled.count("in_force"),
        lifted=settled.count("lifted"),
        away={look.point: look.error for look in looks if look.error},
    )


def pulse(state: StateStore) -> Hashable | None:
    """Return what stays the same while nothing that a point has to hold changes.

    It costs a look at the rows and no list. None while a point has still to be brought into line.
    """
    known = (
        sa.select(MeasurePoint.state, sa.func.count(), sa.func.max(MeasurePoint.changed_at))
        .group_by(MeasurePoint.state)
        .order_by(MeasurePoint.state)
    )
    with state.reading() as session:
        rows = [tuple(row) for row in session.execute(known)]
    return None if any(row[0] in _WAITING for row in rows) else tuple(rows)


@contextlib.contextmanager
def _turn(folder: pathlib.Path) -> Iterator[bool]:
    # Of two passes at once one could write what it read before the other. The lock ends with
    # its process.
    path = folder / FOLDER / ".turn"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("wb")
    except OSError as error:
        raise Unavailable(error.strerror or str(error), where=str(path)) from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@dataclass(frozen=True, slots=True)
class _Look:
    """What came of one point. `waiting` are the measures that it was to hold or let go."""

    point: str
    waiting: Mapping[str, str]
    is_changed: bool = False
    error: str = ""


def _look(name: str, settings: PointSettings, site: Site, now: dt.datetime) -> _Look:
    with site.state.reading() as session:
        waiting = _waiting_at(session, name)
        entries = entries_at(session, name)
    return _brought(name, settings, site, Task(entries, bool(waiting), now), waiting)


def _brought(
    name: str, settings: PointSettings, site: Site, task: Task, waiting: Mapping[str, str]
) -> _Look:
    try:
        is_changed = open_point(name, settings, site).hold(task)
    except (Unavailable, Misconfigured) as fault:
        return _Look(name, waiting, error=str(fault)[:_LONGEST_ERROR])
    return _Look(name, waiting, is_changed)


def _waiting_at(session: Session, point: str) -> dict[str, str]:
    wanted = sa.select(MeasurePoint.measure_id, MeasurePoint.state)
    rows = session.execute(
        wanted.where(MeasurePoint.point == point, MeasurePoint.state.in_(_WAITING))
    )
    return {row.measure_id: row.state for row in rows}


def _unknown(state: StateStore, points: Mapping[str, PointSettings]) -> list[_Look]:
    # Nobody can tell what a point holds that the settings do not name any more.
    with state.reading() as session:
        wanted = sa.select(MeasurePoint.point).where(MeasurePoint.state.in_(_WAITING)).distinct()
        names = sorted(set(session.scalars(wanted)) - set(points))
        reason = "the settings name no such point"
        return [_Look(name, _waiting_at(session, name), error=reason) for name in names]


def _write(state: StateStore, looks: Sequence[_Look], now: dt.datetime) -> list[str]:
    """Write what the points said; return the states that measures came to by it."""
    waiting = sorted({key for look in looks for key in look.waiting})
    settled: list[str] = []
    for first in range(0, len(waiting), _AT_ONCE):
        # Others want to write as well.
        with state.transaction() as session:
            keys = waiting[first : first + _AT_ONCE]
            settled += [_settle(session, looks, key, now) for key in keys]
    return settled


def _settle(session: Session, looks: Sequence[_Look], measure_id: str, now: dt.datetime) -> str:
    """Write what the points said to one measure; return the state that it came to, if it did."""
    # Everybody takes a measure before its points, so that none waits for the other.
    measure = held(session, Measure, measure_id)
    rows = {row.point: row for row in points_of(session, measure_id)}
    for look in looks:
        if measure_id in look.waiting:
            _mark(rows[look.point], look, look.waiting[measure_id], now)
    states = {row.state for row in rows.values()}
    follow = _SETTLED.get((measure.state, states.pop())) if len(states) == 1 else None
    if follow is None:
        return ""
    follow(session, measure, now=now)
    return measure.state


def _mark(row: MeasurePoint, look: _Look, state: str, now: dt.datetime) -> None:
    # What changed since it was read is for the next pass.
    if row.state != state:
        return
    if look.error != row.error:
        row.error = look.error
    if not look.error:
        row.state = POINT.after(state, "hold" if state == "wanted" else "let_go")
        row.changed_at = now
