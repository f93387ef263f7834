"""Who does something alone: a row with an owner and an end."""

import contextlib
import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.state.tables import Lease

CLOCK = "clock"
"""Lease of the one clock that lays slots."""

SECONDS = 2.0
"""How long a clock that died keeps the others from laying."""

_BELIEVED = dt.timedelta(minutes=1)
"""A lease that ends later than this from now was taken by a clock that stood wrong."""


def is_others(session: Session, owner: str, now: dt.datetime) -> bool:
    """Tell whether another clock holds the lease just now."""
    row = session.get(Lease, CLOCK)
    return row is not None and _holds(row, owner, now)


def take(session: Session, owner: str, now: dt.datetime) -> bool:
    """Take or prolong the lease of the clock; False where another holds it.

    It is taken with the slots that are laid, in their transaction: nothing is written while
    nothing is due.
    """
    row = session.get(Lease, CLOCK, with_for_update=True)
    if row is None:
        # Another clock may lay the row at the same time.
        with contextlib.suppress(sa.exc.IntegrityError), session.begin_nested():
            session.add(Lease(name=CLOCK, owner=owner, until=now))
        row = session.get_one(Lease, CLOCK, with_for_update=True, populate_existing=True)
    if _holds(row, owner, now):
        return False
    row.owner, row.until = owner, now + dt.timedelta(seconds=SECONDS)
    return True


def _holds(row: Lease, owner: str, now: dt.datetime) -> bool:
    return row.owner != owner and now < row.until < now + _BELIEVED
