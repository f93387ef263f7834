"""Claiming: what is due, who may take it, and the run's row that whoever moves it holds."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.execution.machine import STEP
from situation.state.tables import PlaybookRun, StepRun

LEASE = dt.timedelta(seconds=30)
"""How long what is under way outside is its owner's, who renews it."""
RENEWED = LEASE / 2
"""A lease with less time left is renewed."""
BATCH = 200
"""Steps that are looked at together."""


class Place(NamedTuple):
    """A step to be looked at, and its run."""

    run_id: str
    step_run_id: str


def due(session: Session, owner: str, but: Collection[str], now: dt.datetime) -> Sequence[Place]:
    """Return what may be taken now, `but` some; a lease of the same owner may: it died there.

    What a run opened when it started comes first, then what is due longest: the first action of
    a new run does not wait until a hundred others are at their end.
    """
    is_later = sa.case((StepRun.opened_at == PlaybookRun.started_at, 0), else_=1)
    ready = sa.and_(StepRun.state == STEP.initial, StepRun.due_at <= now)
    wanted = (
        sa.select(StepRun.run_id, StepRun.id)
        .join(PlaybookRun, PlaybookRun.id == StepRun.run_id)
        .where(sa.or_(ready, _left(owner, now)), StepRun.id.not_in(but))
        .order_by(is_later, StepRun.due_at, StepRun.opened_at, StepRun.id)
        .limit(BATCH)
    )
    return [Place(*row) for row in session.execute(wanted)]


def is_takeable(row: StepRun, owner: str, now: dt.datetime) -> bool:
    """Say whether a step whose run is held may be taken: somebody may have been quicker."""
    if row.state == "running":
        return row.owner == owner or row.lease_until is None or row.lease_until < now
    return row.state == STEP.initial and row.due_at <= now


def _left(owner: str, now: dt.datetime) -> sa.ColumnElement[bool]:
    mine = sa.or_(StepRun.lease_until < now, StepRun.owner == owner)
    return sa.and_(StepRun.state == "running", mine)


def held_run(session: Session, run_id: str) -> PlaybookRun | None:
    """Return a run to move it, None while somebody else does."""
    wanted = sa.select(PlaybookRun).where(PlaybookRun.id == run_id)
    return session.scalar(wanted.with_for_update(skip_locked=True))


def renew(session: Session, owner: str, under_way: Collection[str], now: dt.datetime) -> None:
    """Lengthen the leases of what this owner is at, where they are near their end."""
    mine = sa.select(StepRun.id).where(
        StepRun.id.in_(under_way),
        StepRun.state == "running",
        StepRun.owner == owner,
        StepRun.lease_until < now + RENEWED,
    )
    session.execute(
        sa.update(StepRun)
        .where(StepRun.id.in_(mine))
        .values(lease_until=now + LEASE, version=StepRun.version + 1)
    )
