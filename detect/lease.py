"""The durable cursor of the detectors, and the lease that one worker at a time holds on it."""

import datetime as dt
import json

from situation.clock import Clock
from situation.faults import Conflict
from situation.state.store import StateStore
from situation.state.tables import Cursor

LEASE = dt.timedelta(minutes=1)
"""How long a worker that died keeps others out."""

Positions = dict[str, str]
"""Where the follower stands in each dataset."""


def take(state: StateStore, name: str, owner: str, clock: Clock) -> Positions:
    """Take the lease of the cursor `name`; raise `Conflict` while another holds it."""
    now = clock.now()
    with state.transaction() as session:
        cursor = session.get(Cursor, name, with_for_update=True)
        if cursor is None:
            cursor = Cursor(name=name, position=None)
            session.add(cursor)
        elif cursor.owner not in (None, owner) and cursor.lease_until and cursor.lease_until > now:
            raise Conflict(f"another worker detects until {cursor.lease_until}", where=name)
        cursor.owner, cursor.lease_until = owner, now + LEASE
        return dict(json.loads(cursor.position or "{}"))


def renew(state: StateStore, name: str, owner: str, clock: Clock) -> None:
    """Extend the lease; raise `Conflict` if it was lost meanwhile."""
    with state.transaction() as session:
        cursor = session.get_one(Cursor, name, with_for_update=True)
        if cursor.owner != owner:
            raise Conflict("the lease was lost", where=name)
        cursor.lease_until = clock.now() + LEASE


def store(state: StateStore, name: str, owner: str, positions: Positions) -> None:
    """Make the positions durable; raise `Conflict` if the lease was lost meanwhile."""
    with state.transaction() as session:
        cursor = session.get_one(Cursor, name, with_for_update=True)
        if cursor.owner != owner:
            raise Conflict("the lease was lost", where=name)
        cursor.position = json.dumps(positions, sort_keys=True)


def give_back(state: StateStore, name: str, owner: str) -> None:
    """End the lease, if it is still held."""
    with state.transaction() as session:
        cursor = session.get(Cursor, name, with_for_update=True)
        if cursor is not None and cursor.owner == owner:
            cursor.owner = cursor.lease_until = None
