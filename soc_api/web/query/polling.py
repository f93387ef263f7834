"""The lists that firewalls poll from the console: who fetched which one when."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.settings import PointSettings
from situation.state.tables import PointPoll

POLLED = "http"
"""Type of the points whose list a firewall fetches by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledList:
    """The list of one point. `polled_at` is None and `address` empty before the first fetching."""

    point: str
    polled_at: dt.datetime | None
    address: str


def polled_lists(session: Session, points: Mapping[str, PointSettings]) -> list[PolledList]:
    """Return the lists of the settings, those that nobody ever fetched first."""
    names = [name for name, settings in points.items() if settings.type == POLLED]
    rows = session.scalars(sa.select(PointPoll).where(PointPoll.point.in_(names)))
    polls = {row.point: row for row in rows}
    lists = [_list(name, polls.get(name)) for name in sorted(names)]
    return sorted(lists, key=lambda one: one.polled_at is not None)


def _list(name: str, poll: PointPoll | None) -> PolledList:
    if poll is None:
        return PolledList(point=name, polled_at=None, address="")
    return PolledList(point=name, polled_at=poll.polled_at, address=poll.address)
