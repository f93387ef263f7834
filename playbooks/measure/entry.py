"""What a point has to hold: the targets of the measures that want it, each once."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Measure, MeasurePoint

HELD = ("wanted", "held")
"""States of a measure at a point in which the point has to hold it."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A target as a point holds it: since when, and until when the last that wants it ends."""

    kind: str
    target: str
    since: dt.datetime
    until: dt.datetime | None


def united(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the union: a target that several want is held until the last lets go."""
    found: dict[tuple[str, str], Entry] = {}
    for one in entries:
        key = one.kind, one.target
        found[key] = _joined(found[key], one) if key in found else one
    return tuple(found[key] for key in sorted(found))


def _joined(one: Entry, other: Entry) -> Entry:
    ends = (one.until, other.until)
    until = None if None in ends else max(end for end in ends if end is not None)
    return Entry(one.kind, one.target, min(one.since, other.since), until)


def entries_at(session: Session, point: str) -> tuple[Entry, ...]:
    """Return what a point has to hold now, each target once."""
    wanted = (
        sa.select(Measure.kind, Measure.target, Measure.wanted_at, Measure.until)
        .join(MeasurePoint, MeasurePoint.measure_id == Measure.id)
        .where(MeasurePoint.point == point, MeasurePoint.state.in_(HELD))
    )
    return united(Entry(*row) for row in session.execute(wanted))


def last_change(session: Session, point: str) -> dt.datetime | None:
    """Return when what a point has to hold changed last; None where it never held anything."""
    wanted = sa.select(sa.func.max(MeasurePoint.changed_at)).where(MeasurePoint.point == point)
    return session.scalar(wanted)
