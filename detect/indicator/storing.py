"""The table of indicators: brought into line with a feed, and what has expired removed."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from detect.indicator.indicator import Known
from situation.state.store import StateStore
from situation.state.tables import Indicator

AT_ONCE = 2_000
"""Rows of one transaction: a large feed keeps nobody from writing."""

_R = TypeVar("_R")

_SAID = ("label", "confidence", "valid_from", "valid_until", "detail")

Values = dict[str, object]
"""Columns of a row by name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to be done so that the table says what the feed says."""

    new: Sequence[Values]
    changed: Sequence[Values]
    removed: Sequence[int]
    same: int


def bring_in(
    state: StateStore, source: str, indicators: Sequence[Known], now: dt.datetime
) -> Mapping[str, int]:
    """Make the rows of a feed what the feed says now, and return the counts by what was done.

    What the feed says no more is removed: it took it back. A repeat writes nothing; one that was
    cut off is finished by the next.
    """
    with state.reading() as session:
        found = difference(session, source, indicators, now)
    for rows in _parts(found.new):
        with state.transaction() as session:
            session.execute(sa.insert(Indicator), rows)
    for rows in _parts(found.changed):
        with state.transaction() as session:
            session.execute(sa.update(Indicator), rows)
    for ids in _parts(found.removed):
        with state.transaction() as session:
            session.execute(sa.delete(Indicator).where(Indicator.id.in_(ids)))
    return {
        "new": len(found.new),
        "changed": len(found.changed),
        "same": found.same,
        "removed": len(found.removed),
    }


def difference(
    session: Session, source: str, indicators: Sequence[Known], now: dt.datetime
) -> Difference:
    """Return how the rows of a feed differ from what it says now."""
    columns = (getattr(Indicator, name) for name in ("id", "kind", "value", *_SAID))
    rows = session.execute(sa.select(*columns).where(Indicator.source == source))
    there = {(kind, value): (key, said) for key, kind, value, *said in rows}
    new: list[Values] = []
    changed: list[Values] = []
    same = 0
    for one in indicators:
        key, said = there.pop((one.kind, one.value), (None, []))
        says = _said(one)
        if key is None:
            named = {"source": source, "kind": one.kind, "value": one.value}
            new.append({**named, **says, "read_at": now})
        elif said != list(says.values()):
            changed.append({"id": key, **says, "read_at": now})
        else:
            same += 1
    return Difference(new, changed, [key for key, _ in there.values()], same)


def drop_expired(session: Session, sources: Collection[str], now: dt.datetime) -> int:
    """Remove what is believed no longer, and all of feeds that are no more; return how many."""
    old = sa.delete(Indicator).where(
        sa.or_(Indicator.valid_until <= now, Indicator.source.not_in(list(sources)))
    )
    gone = session.execute(old)
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _said(one: Known) -> Values:
    return {name: getattr(one, name) for name in _SAID} | {"detail": dict(one.detail)}


def _parts(rows: Sequence[_R]) -> Iterator[Sequence[_R]]:
    for place in range(0, len(rows), AT_ONCE):
        yield rows[place : place + AT_ONCE]
