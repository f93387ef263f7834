"""Claiming: a worker takes what is due under a lease, as much as the channels' pace allows."""

import contextlib
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.outbox.channel import Channels, Route, Way
from playbooks.outbox.pace import Pace
from playbooks.outbox.parcel import Parcel, packed
from situation.state.tables import ChannelPace, Delivery

LEASE = dt.timedelta(seconds=120)
"""Longer than what is held at once may take, so that nobody else takes what is under way."""
HELD = 32
"""Parcels that a worker holds at once: two for each of its threads."""
BATCH = 500
"""Deliveries that are looked at together, so that what belongs together is seen."""

NO_CHANNEL = "no channel of this name"
NO_DRILL = "no drill leaves by this channel"
"""Why a delivery is skipped."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a worker holds now, how many were skipped, and how many wait for their channel.

    `ways` has route and address by the id of the carrier.
    """

    parcels: tuple[Parcel, ...]
    ways: Mapping[str, Way]
    skipped: int
    waiting: int


def claim(session: Session, channels: Channels, owner: str, now: dt.datetime) -> Claimed:
    """Take what is due. A lease of the same owner is taken over: it died and came back.

    `owner` names one worker; two that run at once must have two names.
    """
    due = _parcels(session, _due(session, owner, now))
    ways = {one.carrier.id: way for one in due if (way := channels.way(one.carrier)) is not None}
    for one in due:
        if one.carrier.id not in ways:
            _skip(one)
    groups = _by_bucket([one for one in due if one.carrier.id in ways], ways)
    # In one order for all workers, so that none waits for another one in a circle.
    buckets = {key: _bucket(session, key, groups[key].route, now) for key in sorted(groups)}
    parcels: list[Parcel] = []
    waiting = 0
    # A share for each, so that a server that is slow does not keep the others waiting.
    share = max(HELD // max(len(groups), 1), 1)
    for key, group in groups.items():
        most = min(share, HELD - len(parcels))
        ready, put_off = _paced(buckets[key], group.route.pace, group.parcels, most, now)
        _hold(ready, owner, now)
        parcels += ready
        waiting += put_off
    return Claimed(tuple(parcels), ways, len(due) - len(ways), waiting)


def is_due(session: Session, now: dt.datetime) -> bool:
    """Tell whether a worker would find anything to do."""
    due = sa.or_(Delivery.next_try_at <= now, Delivery.give_up_at <= now)
    found = sa.select(Delivery.id).where(
        Delivery.state == "pending", Delivery.digest_id.is_(None), due
    )
    return session.scalar(found.limit(1)) is not None


def is_free(owner: str, now: dt.datetime) -> "sa.ColumnElement[bool]":
    """Return the condition for deliveries that this worker may take."""
    return sa.or_(
        Delivery.lease_until.is_(None), Delivery.lease_until < now, Delivery.owner == owner
    )


def _due(session: Session, owner: str, now: dt.datetime) -> Sequence[Delivery]:
    due = (
        sa.select(Delivery)
        .where(
            Delivery.state == "pending",
            Delivery.digest_id.is_(None),
            Delivery.next_try_at <= now,
            is_free(owner, now),
        )
        .order_by(Delivery.urgent.desc(), Delivery.next_try_at, Delivery.created_at, Delivery.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(due).all()


def _skip(parcel: Parcel) -> None:
    for one in (parcel.carrier, *parcel.others):
        one.state = "skipped"
        one.last_error = NO_CHANNEL if one.drill_id is None else NO_DRILL


def _parcels(session: Session, carriers: Sequence[Delivery]) -> list[Parcel]:
    inside: dict[str, list[Delivery]] = {}
    ids = [one.id for one in carriers]
    travelling = sa.select(Delivery).where(Delivery.digest_id.in_(ids), Delivery.state == "pending")
    for one in session.scalars(travelling.order_by(Delivery.created_at, Delivery.id)):
        inside.setdefault(one.digest_id or "", []).append(one)
    return [Parcel(one, tuple(inside.get(one.id, ()))) for one in carriers]


@dataclass(slots=True)
class _Group:
    """Parcels that draw from one bucket."""

    route: Route
    parcels: list[Parcel] = field(default_factory=list)


def _by_bucket(parcels: Iterable[Parcel], ways: Mapping[str, Way]) -> dict[str, _Group]:
    groups: dict[str, _Group] = {}
    for one in parcels:
        route, address = ways[one.carrier.id]
        groups.setdefault(route.bucket(address), _Group(route)).parcels.append(one)
    return groups


def _paced(
    bucket: ChannelPace, pace: Pace, group: Sequence[Parcel], most: int, now: dt.datetime
) -> tuple[list[Parcel], int]:
    """Return what leaves now, at most so many parcels, and how many were put off."""
    if bucket.blocked_until is not None and bucket.blocked_until > now:
        _put_off(group, bucket.blocked_until)
        return [], len(group)
    tokens = pace.level(bucket.tokens, bucket.counted_at, now)
    ready, rest = packed(group, int(tokens))
    leaving = ready[:most]
    bucket.tokens, bucket.counted_at = tokens - len(leaving), now
    _put_off(rest, now + pace.wait(tokens - len(ready), len(rest)))
    return leaving, len(rest)


def _bucket(session: Session, key: str, route: Route, now: dt.datetime) -> ChannelPace:
    row = session.get(ChannelPace, key, with_for_update=True)
    if row is None:
        full = ChannelPace(channel=key, tokens=float(route.pace.burst), counted_at=now)
        # Another worker may lay it at the same time.
        with contextlib.suppress(sa.exc.IntegrityError), session.begin_nested():
            session.add(full)
        row = session.get_one(ChannelPace, key, with_for_update=True)
    return row


def _hold(parcels: Iterable[Parcel], owner: str, now: dt.datetime) -> None:
    for parcel in parcels:
        # Written before it is sent: after a crash the same parcel leaves under the same id.
        for one in parcel.others:
            one.digest_id = parcel.carrier.id
        carrier = parcel.carrier
        carrier.owner, carrier.lease_until = owner, now + LEASE
        carrier.give_up_at = max(one.give_up_at for one in (carrier, *parcel.others))


def _put_off(parcels: Iterable[Parcel], until: dt.datetime) -> None:
    for parcel in parcels:
        for one in (parcel.carrier, *parcel.others):
            one.next_try_at = until
